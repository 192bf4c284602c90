"""Whoever is deleted from people is forgotten at once by the traits, however the deleting is done.

No foreign key does it: the traits' table is replaced as a whole by a refresh, and dropping a table with a foreign key
would lock people against everyone.
"""

from django.db import migrations

FORGET = """
CREATE FUNCTION insight_forget_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM insight_persontraits WHERE person_id IN (SELECT id FROM gone);
  RETURN NULL;
END $$;
CREATE TRIGGER insight_forget_people AFTER DELETE ON people_person
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION insight_forget_people();
CREATE FUNCTION insight_forget_everybody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM insight_persontraits;
  RETURN NULL;
END $$;
CREATE TRIGGER insight_forget_everybody AFTER TRUNCATE ON people_person
FOR EACH STATEMENT EXECUTE FUNCTION insight_forget_everybody();
"""
REMEMBER = """
DROP TRIGGER insight_forget_people ON people_person;
DROP FUNCTION insight_forget_people();
DROP TRIGGER insight_forget_everybody ON people_person;
DROP FUNCTION insight_forget_everybody();
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial"), ("people", "0001_initial")]
    operations = [migrations.RunSQL(FORGET, REMEMBER)]
