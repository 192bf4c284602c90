"""Triggers on the tables of other apps that note who lost something; they never fire while rows are added.

A row that is new can be found by asking the table; one that was removed, or given to another person, cannot. So
each statement that removes notes whose rows it removed, and each row that changes hands notes whom it leaves.
Loading a file pays nothing for this: nothing is noted on INSERT, and an UPDATE is looked at only where it names the
column that says whose the row is.
"""

from django.db import migrations

INSTALL = """
CREATE FUNCTION segments_forget_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM segments_member m USING removed r WHERE m.person_id = r.id;
  RETURN NULL;
END $$;
CREATE TRIGGER segments_forget_people AFTER DELETE ON people_person
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION segments_forget_people();

CREATE FUNCTION segments_orders_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'orders', gone.person_id FROM (SELECT person_id FROM removed r WHERE person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_orders_removed AFTER DELETE ON commerce_order
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION segments_orders_removed();
CREATE FUNCTION segments_orders_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'orders', gone.person_id FROM (SELECT person_id FROM (SELECT OLD.person_id) r WHERE person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_orders_moved AFTER UPDATE OF person_id ON commerce_order FOR EACH ROW
  WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION segments_orders_moved();

CREATE FUNCTION segments_lines_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'lines', gone.person_id FROM (SELECT o.person_id FROM removed r JOIN commerce_order o ON o.id = r.order_id WHERE o.person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_lines_removed AFTER DELETE ON commerce_orderline
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION segments_lines_removed();
CREATE FUNCTION segments_lines_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'lines', gone.person_id FROM (SELECT o.person_id FROM (SELECT OLD.order_id) r JOIN commerce_order o ON o.id = r.order_id WHERE o.person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_lines_moved AFTER UPDATE OF order_id ON commerce_orderline FOR EACH ROW
  WHEN (OLD.order_id IS DISTINCT FROM NEW.order_id) EXECUTE FUNCTION segments_lines_moved();

CREATE FUNCTION segments_interactions_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'interactions', gone.person_id FROM (SELECT person_id FROM removed r) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_interactions_removed AFTER DELETE ON timeline_interactionperson
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION segments_interactions_removed();
CREATE FUNCTION segments_interactions_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'interactions', gone.person_id FROM (SELECT person_id FROM (SELECT OLD.person_id) r) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_interactions_moved AFTER UPDATE OF person_id ON timeline_interactionperson FOR EACH ROW
  WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION segments_interactions_moved();

CREATE FUNCTION segments_deals_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'deals', gone.person_id FROM (SELECT person_id FROM removed r WHERE person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_deals_removed AFTER DELETE ON deals_deal
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION segments_deals_removed();
CREATE FUNCTION segments_deals_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO segments_gone (source, person_id) SELECT DISTINCT 'deals', gone.person_id FROM (SELECT person_id FROM (SELECT OLD.person_id) r WHERE person_id IS NOT NULL) gone(person_id);
  RETURN NULL;
END $$;
CREATE TRIGGER segments_deals_moved AFTER UPDATE OF person_id ON deals_deal FOR EACH ROW
  WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION segments_deals_moved();
"""
REMOVE = """
DROP TRIGGER segments_forget_people ON people_person;
 DROP FUNCTION segments_forget_people();
DROP TRIGGER segments_orders_removed ON commerce_order;
 DROP FUNCTION segments_orders_removed();
DROP TRIGGER segments_orders_moved ON commerce_order;
 DROP FUNCTION segments_orders_moved();
DROP TRIGGER segments_lines_removed ON commerce_orderline;
 DROP FUNCTION segments_lines_removed();
DROP TRIGGER segments_lines_moved ON commerce_orderline;
 DROP FUNCTION segments_lines_moved();
DROP TRIGGER segments_interactions_removed ON timeline_interactionperson;
 DROP FUNCTION segments_interactions_removed();
DROP TRIGGER segments_interactions_moved ON timeline_interactionperson;
 DROP FUNCTION segments_interactions_moved();
DROP TRIGGER segments_deals_removed ON deals_deal;
 DROP FUNCTION segments_deals_removed();
DROP TRIGGER segments_deals_moved ON deals_deal;
 DROP FUNCTION segments_deals_moved();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0003_revenue_so_far"),
        ("deals", "0001_initial"),
        ("people", "0001_initial"),
        ("segments", "0001_segments"),
        ("timeline", "0001_initial"),
    ]

    operations = [migrations.RunSQL(sql=INSTALL, reverse_sql=REMOVE)]
