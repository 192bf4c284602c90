"""What probability a stage had, and until when; changes made before are fetched from the record of who did what."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FETCH = """
INSERT INTO deals_probabilitychange (stage_id, before, after, at, by_id)
SELECT s.id, (a.data #>> '{probability,0}')::smallint, (a.data #>> '{probability,1}')::smallint, a.at, u.id
FROM core_auditentry a JOIN deals_stage s ON s.id = a.target_id LEFT JOIN identity_user u ON u.id = a.by_id
WHERE a.code = 'deals.stage_changed' AND a.target_kind = 'deals.stage'
  AND jsonb_typeof(a.data #> '{probability,0}') = 'number' AND jsonb_typeof(a.data #> '{probability,1}') = 'number'
  AND a.data #> '{probability,0}' <> a.data #> '{probability,1}'
ORDER BY a.at, a.id
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("core", "0001_initial"),
        ("deals", "0008_since_in_stage"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProbabilityChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.PositiveSmallIntegerField()),
                ("after", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deals.stage"),
                ),
            ],
            options={
                "db_table": "deals_probabilitychange",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("after__lte", 100), ("before__lte", 100)),
                        name="probability_change_of_shares",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="probability_change_changes",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FETCH, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="probabilitychange",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7f233bf5282664d9136d60a6e6df3d4a6c6da9cf",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_e6c2f",
                    table="deals_probabilitychange",
                    when="BEFORE",
                ),
            ),
        ),
    ]
