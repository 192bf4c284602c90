"""The probability of one deal in words: the stage's, the model's, and what makes the difference."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.analytics.win_probability.explain import Contribution
from rapport.insight.win_probability import DealChance
from rapport.web.insight.wording import count, days, percent, short_amount

REASONS = 3
SMALLEST_POINTS = 0.005


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What one thing does to the probability: `points` such as `+6 points`."""

    text: str
    points: str
    icon: str
    hue: str


@dataclass(frozen=True, kw_only=True)
class Chance:
    """Both probabilities as written; without a model `why_not` says so."""

    by_stage: str
    by_model: str
    why_not: str
    reasons: list[Reason]
    caution: str


def told(found: DealChance | None, *, currency: str = "") -> Chance | None:
    """The chances of a deal as its page shows them; None for a closed one."""
    if found is None:
        return None
    if found.by_model is None:
        return Chance(by_stage=percent(found.by_stage), by_model="", why_not=_why_not(found), reasons=[], caution="")
    values = found.values or {}
    strong = [each for each in found.reasons[:REASONS] if abs(each.points) >= SMALLEST_POINTS]
    caution = ""
    if found.is_better is None:
        caution = _("There are too few later deals to try the model on.")
    elif not found.is_better:
        caution = _("On later deals the stages were nearer the truth than the model: rather trust the stage.")
    return Chance(
        by_stage=percent(found.by_stage),
        by_model=percent(found.by_model),
        why_not="",
        reasons=[_reason(each, values.get(each.feature), currency) for each in strong],
        caution=caution,
    )


def _why_not(found: DealChance) -> str:
    if not found.too_few:
        return _("Not counted yet.")
    values = {"have": count(found.too_few["have"]), "need": count(found.too_few["need"])}
    return _("Too few deals: %(have)s, %(need)s needed.") % values


def _reason(each: Contribution, value: float | None, currency: str) -> Reason:
    is_good = each.points > 0
    return Reason(
        text=feature_of_deal(each.feature, value, currency=currency),
        points=points(each.points),
        icon="trending-up" if is_good else "trending-down",
        hue="good" if is_good else "bad",
    )


def points(value: float) -> str:
    """A difference of probabilities: `+6 points`."""
    sign = "+" if value > 0 else "−"
    return _("%(sign)s%(points)s points") % {"sign": sign, "points": count(abs(value) * 100)}


def feature_of_deal(feature: str, value: float | None, *, currency: str) -> str:
    """A feature with the value of one deal: `Silent for 21 days`."""
    if feature == "stage":
        return _("Deals in this stage before")
    if feature == "silence" and value is None:
        return _("No contact so far")
    if value is None:
        return feature_name(feature)
    sentences = {
        "age": _("%(value)s old") % {"value": days(value)},
        "days_in_stage": _("%(value)s in its stage") % {"value": days(value)},
        "silence": _("Last contact %(value)s ago") % {"value": days(value)},
        "contacts": _("Contacts so far: %(value)s") % {"value": count(value)},
        "people": _("People in contact: %(value)s") % {"value": count(value)},
        "amount": _("Amount: %(value)s") % {"value": short_amount(value, currency) if currency else count(value)},
    }
    return sentences[feature]


def feature_name(feature: str) -> str:
    """What a feature of the model is called."""
    names = {
        "stage": pgettext("deal", "Stage"),
        "age": _("Age of the deal"),
        "days_in_stage": _("Days in the stage"),
        "amount": _("Amount"),
        "contacts": _("Contacts so far"),
        "silence": _("Days since the last contact"),
        "people": pgettext("committee", "People in contact"),
    }
    return names.get(feature, feature)
