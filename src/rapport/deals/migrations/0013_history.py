"""Every change of deals, what hangs on them, and the process is noted."""

from django.db import migrations

from rapport.history.tracking import track


class Migration(migrations.Migration):
    dependencies = [("deals", "0012_custom"), ("history", "0001_initial")]
    operations = [
        track("deals_pipeline", kind="deals.pipeline"),
        track("deals_stage", kind="deals.stage", whole="pipeline_id"),
        track("deals_deal", kind="deals.deal", ignoring=("stage_since",)),
        track("deals_dealinteraction", kind="deals.dealinteraction", whole="deal_id"),
        track("deals_participant", kind="deals.participant", whole="deal_id", other="person_id"),
        track("deals_influence", kind="deals.influence", whole="deal_id"),
        track("deals_dismissal", kind="deals.dismissal", whole="deal_id"),
        track("deals_committeesettings", kind="deals.committeesettings"),
        track("deals_stagerequirement", kind="deals.stagerequirement", whole="stage_id"),
        track("deals_lossreason", kind="deals.lossreason"),
        track("deals_dealdocument", kind="deals.dealdocument", whole="deal_id"),
        track("deals_criterion", kind="deals.criterion", whole="deal_id"),
        track("deals_rival", kind="deals.rival", whole="deal_id"),
        track("deals_criterionscore", kind="deals.criterionscore", whole="criterion_id"),
        track("deals_tender", kind="deals.tender", whole="deal_id"),
        track("deals_tenderdocument", kind="deals.tenderdocument", whole="deal_id"),
        track("deals_advicerule", kind="deals.advicerule"),
        track("deals_advicesnooze", kind="deals.advicesnooze", whole="deal_id"),
        track("deals_taxrate", kind="deals.taxrate"),
        track("deals_quoteprofile", kind="deals.quoteprofile"),
        track("deals_quote", kind="deals.quote", whole="deal_id"),
        track("deals_quoteline", kind="deals.quoteline", whole="quote_id"),
        track("deals_approvalrule", kind="deals.approvalrule"),
        track("deals_approval", kind="deals.approval", whole="quote_id"),
        track("deals_delegation", kind="deals.delegation"),
        track("deals_requirement", kind="deals.requirement", whole="deal_id"),
    ]
