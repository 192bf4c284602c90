"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking("deals.pipeline", _("Pipeline")),
    Tracking("deals.stage", pgettext_lazy("deal", "Stage"), whole="pipeline"),
    Tracking("deals.deal", _("Deal"), ignoring=frozenset({"stage_since"})),
    Tracking("deals.dealinteraction", _("Interaction of a deal"), whole="deal", titles=("interaction",), loose=True),
    Tracking("deals.participant", _("Committee member"), whole="deal", other="person", titles=("deal", "person")),
    Tracking("deals.influence", _("Influence"), whole="deal", titles=("from_person", "to_person")),
    Tracking("deals.dismissal", _("Dismissed hint"), whole="deal", titles=("topic", "person")),
    Tracking("deals.committeesettings", _("Settings of buying committees")),
    Tracking("deals.stagerequirement", _("What a stage asks for"), whole="stage", titles=("stage", "kind")),
    Tracking("deals.lossreason", _("Reason for loss")),
    Tracking("deals.dealdocument", _("Document"), whole="deal"),
    Tracking("deals.criterion", _("Criterion"), whole="deal"),
    Tracking("deals.rival", _("Competitor"), whole="deal"),
    Tracking("deals.criterionscore", _("Score"), whole="criterion", titles=("criterion", "rival")),
    Tracking("deals.tender", _("Tender"), whole="deal", titles=("reference",)),
    Tracking("deals.tenderdocument", _("Tender document"), whole="deal"),
    Tracking("deals.advicerule", _("Rule of advice"), titles=("code",)),
    Tracking("deals.advicesnooze", _("Postponed advice"), whole="deal", titles=("code",)),
    Tracking("deals.taxrate", _("Tax rate")),
    Tracking("deals.quoteprofile", _("Settings of quotes")),
    Tracking("deals.quote", _("Quote"), whole="deal", titles=("number", "edition")),
    Tracking("deals.quoteline", _("Quote line"), whole="quote", titles=("product", "description")),
    Tracking("deals.approvalrule", _("Rule of approval"), titles=("level",)),
    Tracking("deals.approval", _("Approval"), whole="quote", titles=("quote", "level")),
    Tracking("deals.delegation", _("Stand-in for approvals"), titles=("giver", "taker")),
    Tracking("deals.requirement", _("Requirement"), whole="deal", titles=("number",)),
)
UNTRACKED: dict[str, str] = {
    "deals.probabilitychange": "A log that only grows: each row says who and when.",
    "deals.stagechange": "A log that only grows: each row says who and when.",
    "deals.stagecheck": "A log that only grows: each row says who and when.",
    "deals.dealchange": "A log that only grows: each row says who and when.",
    "deals.requirementversion": "A log that only grows: each row says who and when.",
    "deals.requirementacceptance": "A log that only grows: each row says who and when.",
    "deals.quoteseries": "Counts the numbers of quotes; nobody edits it.",
}
