"""Since when a deal stands in its stage, beside the stage; the database itself keeps it to the log (ADR 0048)."""

from datetime import date

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.db.models.functions import Coalesce

FILL = """
UPDATE deals_deal d SET stage_since = coalesce(
  (SELECT max(c.at) FROM deals_stagechange c WHERE c.deal_id = d.id), d.created_at, d.recorded_at)
"""
SINCE_OF_THE_LOG = """
    NEW.stage_since := coalesce((SELECT max(at) FROM deals_stagechange WHERE deal_id = NEW.id),
                                NEW.created_at, NEW.recorded_at);
    RETURN NEW;
"""
TELL_THE_DEALS = """
    UPDATE deals_deal d SET stage_since = last.at
    FROM (SELECT c.deal_id, max(c.at) AS at FROM deals_stagechange c
          WHERE c.deal_id IN (SELECT deal_id FROM touched_changes) GROUP BY c.deal_id) last
    WHERE d.id = last.deal_id AND d.stage_since IS DISTINCT FROM last.at;
    RETURN NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0007_board")]

    operations = [
        migrations.AddField("deal", "stage_since", models.DateTimeField(editable=False, null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("deal", "stage_since", models.DateTimeField(editable=False)),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                models.F("stage"),
                Coalesce("expected_close_on", models.Value(date(9999, 12, 31))),
                models.F("id"),
                condition=models.Q(("archived_at__isnull", True)),
                name="deal_by_stage_and_close",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deal",
            trigger=pgtrigger.compiler.Trigger(
                name="stage_since_is_known",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.stage_since IS NULL)",
                    func=SINCE_OF_THE_LOG,
                    hash="b1de97de79121e6857eb9d4e1b5e6e1edc03ac6b",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stage_since_is_known_ad731",
                    table="deals_deal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stagechange",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_stage_since",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=TELL_THE_DEALS,
                    hash="02096ecf1ff7ee57b12476395e82cdf5a651d80a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_tells_stage_since_7b311",
                    referencing="REFERENCING NEW TABLE AS touched_changes ",
                    table="deals_stagechange",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stagechange",
            trigger=pgtrigger.compiler.Trigger(
                name="unsays_stage_since",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=TELL_THE_DEALS,
                    hash="59a5e90d0614d233e53bc6ca8f9040be123449dd",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_unsays_stage_since_7323d",
                    referencing="REFERENCING OLD TABLE AS touched_changes ",
                    table="deals_stagechange",
                    when="AFTER",
                ),
            ),
        ),
    ]
