"""When what was sold runs out, pipelines that renew, and lines of a committee over time."""

import datetime

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0009_probabilities_over_time")]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="runs_out_on",
            field=models.DateField(blank=True, null=True, verbose_name="Runs out"),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("runs_out_on__isnull", False)),
                fields=["company", "runs_out_on"],
                name="deal_by_running_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("runs_out_on__gte", models.F("created_at") - datetime.timedelta(days=1))),
                name="deal_runs_out_after_it_came_up",
            ),
        ),
        migrations.AddField(
            model_name="pipeline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("direct", "Direct sale"),
                    ("tender", "Tender"),
                    ("renewal", "Renewal"),
                    ("framework", "Framework contract"),
                ],
                db_default="direct",
                default="direct",
                max_length=9,
                verbose_name="Purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="pipeline",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["direct", "tender", "renewal", "framework"])),
                name="pipeline_kind_is_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="influence", name="influence_once"),
        migrations.RemoveConstraint(model_name="influence", name="reports_to_one"),
        migrations.RenameField(model_name="influence", old_name="at", new_name="since"),
        migrations.AddField(
            model_name="influence",
            name="until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("deal", "from_person", "to_person", "kind"),
                name="influence_present_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="influence_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="influence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reports_to"), ("until__isnull", True)),
                fields=("deal", "from_person"),
                name="reports_to_one_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="influence",
            trigger=pgtrigger.compiler.Trigger(
                name="line_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."deal_id" IS DISTINCT FROM (NEW."deal_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."since" IS DISTINCT FROM (NEW."since"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="199867168d6b1f774dd004f7f2a6352f296310bb",
                    operation="UPDATE",
                    pgid="pgtrigger_line_stays_6dd9c",
                    table="deals_influence",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="influence",
            trigger=pgtrigger.compiler.Trigger(
                name="lines_of_the_past_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5ab94af96a098d3ff9d9758444f38acccf286ede",
                    operation="DELETE",
                    pgid="pgtrigger_lines_of_the_past_stay_9040c",
                    table="deals_influence",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="influence",
            trigger=pgtrigger.compiler.Trigger(
                name="end_of_a_line_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."until" IS DISTINCT FROM (NEW."until") AND OLD."until" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3b60f89882c0b214a2a2f24823bc63140c2eded0",
                    operation="UPDATE",
                    pgid="pgtrigger_end_of_a_line_stays_51872",
                    table="deals_influence",
                    when="BEFORE",
                ),
            ),
        ),
    ]
