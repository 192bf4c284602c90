"""The log of changes, and the functions that the triggers of a tracked table call.

Row triggers made a load of 300,000 people 3.5 times slower; these see the rows of a statement as a set. The columns
are read from the catalogue of the database, so that a new column is tracked from its first day. A statement is planned
when it runs: a plan kept from a statement of one row would take hours for a million. Arguments of every trigger: kind,
columns that do not count, column of the whole, column of the other whole ("" for none).
"""

import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

ACTING = """
  acting text[] := string_to_array(current_setting('rapport.acting', true), '|');
  acting_user bigint := nullif(acting[1], '')::bigint;
  acting_through text := coalesce(acting[2], '');
  acting_what text := coalesce(acting[3], '');
"""
COLUMNS = "kind, record_id, label, by_id, through, what, whole_id, other_id"
# A row that an import creates is told of by the import: its number stands in the row.
CREATED = f"""
CREATE FUNCTION history_note_created() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {ACTING}
BEGIN
  IF acting_through = 'import' AND acting_what LIKE 'import %' THEN
    RETURN NULL;
  ELSIF TG_ARGV[2] = '' THEN
    INSERT INTO history_entry ({COLUMNS})
    SELECT TG_ARGV[0], n.id, 'created', acting_user, acting_through, acting_what, NULL, NULL FROM new_values n;
  ELSE
    INSERT INTO history_entry ({COLUMNS})
    SELECT TG_ARGV[0], n.id, 'created', acting_user, acting_through, acting_what,
           (to_jsonb(n) ->> TG_ARGV[2])::bigint, (to_jsonb(n) ->> TG_ARGV[3])::bigint FROM new_values n;
  END IF;
  RETURN NULL;
END $$;
"""
REMOVED = f"""
CREATE FUNCTION history_note_removed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {ACTING}
BEGIN
  INSERT INTO history_entry ({COLUMNS}, before)
  SELECT TG_ARGV[0], (gone_row ->> 'id')::bigint, 'removed', acting_user, acting_through, acting_what,
         (gone_row ->> TG_ARGV[2])::bigint, (gone_row ->> TG_ARGV[3])::bigint,
         jsonb_strip_nulls(gone_row - TG_ARGV[1]::text[])
  FROM (SELECT to_jsonb(o) AS gone_row FROM old_values o) gone;
  RETURN NULL;
END $$;
"""
# A few rows go by a plan that is kept; many by one that is made for them, which costs half a millisecond. Both leave out
# what is the same before and after, and what was or became NULL.
CHANGED = f"""
CREATE FUNCTION history_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {ACTING}
  old_row text; new_row text; befores text; afters text; wholes text;
BEGIN
  IF (SELECT count(*) FROM (SELECT FROM old_values LIMIT 21) first_rows) <= 20 THEN
    INSERT INTO history_entry ({COLUMNS}, before, after)
    SELECT TG_ARGV[0], id, 'changed', acting_user, acting_through, acting_what,
           (became ->> TG_ARGV[2])::bigint, (became ->> TG_ARGV[3])::bigint,
           coalesce(said.before, '{{}}'), coalesce(said.after, '{{}}')
    FROM (SELECT n.id, to_jsonb(o) - TG_ARGV[1]::text[] AS was, to_jsonb(n) - TG_ARGV[1]::text[] AS became
          FROM old_values o JOIN new_values n ON n.id = o.id) pair,
      LATERAL (SELECT count(*) AS number, jsonb_object_agg(key, value) FILTER (WHERE value <> 'null') AS before,
                 jsonb_object_agg(key, became -> key) FILTER (WHERE became -> key <> 'null') AS after
               FROM jsonb_each(was) WHERE value <> became -> key) said
    WHERE said.number > 0;
    RETURN NULL;
  END IF;
  SELECT string_agg(format('o.%1$I', attname), ', '), string_agg(format('n.%1$I', attname), ', '),
    string_agg(format('CASE WHEN o.%1$I IS DISTINCT FROM n.%1$I THEN %2$L || to_json(o.%1$I) END', attname, name), ', '),
    string_agg(format('CASE WHEN o.%1$I IS DISTINCT FROM n.%1$I THEN %2$L || to_json(n.%1$I) END', attname, name), ', ')
  INTO old_row, new_row, befores, afters
  FROM pg_attribute, LATERAL (SELECT to_json(attname) || ':' AS name) quoted
  WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> ALL (TG_ARGV[1]::text[]);
  wholes := CASE WHEN TG_ARGV[2] = '' THEN 'NULL' ELSE format('n.%I', TG_ARGV[2]) END || ', '
    || CASE WHEN TG_ARGV[3] = '' THEN 'NULL' ELSE format('n.%I', TG_ARGV[3]) END;
  EXECUTE format(
    'INSERT INTO history_entry ({COLUMNS}, before, after)
     SELECT $1, n.id, ''changed'', $2, $3, $4, %s,
            (''{{'' || concat_ws('','', %s) || ''}}'')::jsonb, (''{{'' || concat_ws('','', %s) || ''}}'')::jsonb
     FROM old_values o JOIN new_values n ON n.id = o.id WHERE (%s) IS DISTINCT FROM (%s)',
    wholes, befores, afters, old_row, new_row) USING TG_ARGV[0], acting_user, acting_through, acting_what;
  RETURN NULL;
END $$;
"""
DROP = "".join(f"DROP FUNCTION history_note_{name}();" for name in ("created", "removed", "changed"))


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                (
                    "label",
                    models.CharField(
                        choices=[("created", "Created"), ("changed", "Changed"), ("removed", "Removed")], max_length=7
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by_id", models.BigIntegerField(null=True)),
                (
                    "through",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("page", "Page"),
                            ("api", "API"),
                            ("import", "Import"),
                            ("job", "Background job"),
                            ("terminal", "Terminal"),
                        ],
                        max_length=8,
                    ),
                ),
                ("what", models.CharField(blank=True, max_length=100)),
                ("whole_id", models.BigIntegerField(null=True)),
                ("other_id", models.BigIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "record_id", "id"], name="history_of_record"),
                    models.Index(fields=["kind", "id"], name="history_of_kind"),
                    models.Index(
                        condition=models.Q(("by_id__isnull", False)), fields=["by_id", "id"], name="history_by_whom"
                    ),
                    models.Index(
                        condition=models.Q(("whole_id__isnull", False)),
                        fields=["kind", "whole_id", "id"],
                        name="history_of_part",
                    ),
                    models.Index(
                        condition=models.Q(("other_id__isnull", False)),
                        fields=["kind", "other_id", "id"],
                        name="history_of_other_part",
                    ),
                    models.Index(fields=["at"], name="history_by_time"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8eeefea297276fa3ab6187ac96b3adc2e55fc4dd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_988c8",
                    table="history_entry",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(CREATED + REMOVED + CHANGED, DROP),
    ]
