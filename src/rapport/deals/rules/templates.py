"""Ready-made pipelines to begin with. Names are in the language of whoever makes one, and can be changed later."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.rules.requirements import Needed


@dataclass(frozen=True)
class StageTemplate:
    """A stage: its name, the chance to win from here in percent, the days it should take, what it asks for."""

    name: str | Promise
    probability: int
    expected_days: int | None = None
    status: str = "open"
    asks: tuple[Needed, ...] = ()


@dataclass(frozen=True)
class PipelineTemplate:
    """A pipeline: its name, when it fits, its stages in order."""

    key: str
    name: str | Promise
    fits: str | Promise
    stages: tuple[StageTemplate, ...]


WON = StageTemplate(pgettext_lazy("stage", "Won"), 100, status="won")
LOST = StageTemplate(pgettext_lazy("stage", "Lost"), 0, status="lost")
_SOFT_REASON = Needed("field", "loss_reason", is_hard=False)
_LOST_WITH_REASON = StageTemplate(LOST.name, 0, status="lost", asks=(_SOFT_REASON,))
_DECISION_MAKER = Needed("role", "decision_maker")


TEMPLATES: tuple[PipelineTemplate, ...] = (
    PipelineTemplate("direct", _("Direct sale"), _("We find the customer and lead them to a contract, step by step."), (
        StageTemplate(pgettext_lazy("stage", "Approach"), 10, 12),
        StageTemplate(pgettext_lazy("stage", "Demo"), 20, 14, asks=(Needed("field", "person", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Factory tour"), 30, 14),
        StageTemplate(pgettext_lazy("stage", "Capability survey"), 45, 21, asks=(
            Needed("role", "influencer", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Solution proposal"), 60, 30, asks=(
            Needed("field", "amount"), Needed("role", "decision_maker", is_hard=False))),
        StageTemplate(pgettext_lazy("stage", "Contract"), 80, 21, asks=(
            _DECISION_MAKER, Needed("document", "proposal"), Needed("approval", "approved", is_hard=False))),
        StageTemplate(WON.name, 100, status="won", asks=(
            Needed("field", "amount"), Needed("document", "contract", is_hard=False))),
        _LOST_WITH_REASON,
    )),
    PipelineTemplate("tender", _("Tender"), _("The customer asks several suppliers, with papers and a closing date."), (
        StageTemplate(pgettext_lazy("stage", "Tender found"), 5, 7),
        StageTemplate(pgettext_lazy("stage", "Decision to bid"), 10, 7, asks=(
            Needed("document", "request"), Needed("field", "expected_close_on"))),
        StageTemplate(pgettext_lazy("stage", "Capability survey"), 20, 14, asks=(
            Needed("document", "profile", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Solution proposal"), 30, 21, asks=(Needed("criterion"),)),
        StageTemplate(pgettext_lazy("stage", "Bid submitted"), 40, 30, asks=(
            Needed("document", "proposal"), Needed("approval", "approved"))),
        StageTemplate(pgettext_lazy("stage", "Negotiation"), 70, 14, asks=(
            Needed("role", "buyer", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Contract"), 90, 14, asks=(_DECISION_MAKER,)),
        StageTemplate(WON.name, 100, status="won", asks=(Needed("document", "contract"),)),
        _LOST_WITH_REASON,
    )),
    PipelineTemplate("renewal", _("Renewal"), _("A customer of ours decides whether to go on with us."), (
        StageTemplate(pgettext_lazy("stage", "Review of needs"), 50, 14),
        StageTemplate(pgettext_lazy("stage", "Solution proposal"), 65, 21, asks=(Needed("field", "amount"),)),
        StageTemplate(pgettext_lazy("stage", "Negotiation"), 75, 14, asks=(
            Needed("role", "decision_maker", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Contract"), 85, 14),
        WON,
        _LOST_WITH_REASON,
    )),
    PipelineTemplate(
        "framework", _("Framework contract"), _("One contract for a year or more, then many orders under it."), (
        StageTemplate(pgettext_lazy("stage", "Approach"), 10, 14),
        StageTemplate(pgettext_lazy("stage", "Demo"), 15, 14),
        StageTemplate(pgettext_lazy("stage", "Factory tour"), 25, 21, asks=(Needed("step", "meeting", is_hard=False),)),
        StageTemplate(pgettext_lazy("stage", "Capability survey"), 40, 30, asks=(
            Needed("step", "visit", is_hard=False), Needed("document", "profile"))),
        StageTemplate(pgettext_lazy("stage", "Sample order"), 55, 30),
        StageTemplate(pgettext_lazy("stage", "Solution proposal"), 65, 30, asks=(
            Needed("field", "amount"), Needed("criterion", is_hard=False))),
        StageTemplate(pgettext_lazy("stage", "Framework contract"), 80, 30, asks=(
            _DECISION_MAKER, Needed("approval", "approved"))),
        StageTemplate(WON.name, 100, status="won", asks=(Needed("document", "contract"),)),
        _LOST_WITH_REASON,
    )),
)  # fmt: skip
LOSS_REASONS: tuple[tuple[str, str | Promise], ...] = (
    ("price", _("Price higher than a rival's")),
    ("rival", _("Chose another supplier")),
    ("postponed", _("Project postponed")),
    ("capability", _("Capability not sufficient")),
    ("terms", _("Terms of payment")),
    ("delivery", _("Delivery takes too long")),
    ("silent", _("Cannot be reached any more")),
    ("budget", _("No budget")),
)


def template(key: str) -> PipelineTemplate | None:
    """The template of this key."""
    return next((each for each in TEMPLATES if each.key == key), None)
