"""The win probability of open deals: stage and model beside each other, how far the model was off, what it looks at."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.web.insight import pictures
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Linked, Table
from rapport.web.insight.wording import between, count, day, nothing_yet, percent, short_amount
from rapport.web.sales.chance import feature_name, points

METRIC = "win-probability"
Answer = dict[str, Any] | None


def figures(answer: Answer) -> list[Figure]:
    """What the open deals come to either way, what the model learnt from, and how far it was off."""
    if not answer or nothing_yet(answer):
        return []
    found, learnt, currency = answer["open"], answer["learnt_from"], answer["currency"]
    made = [
        Figure(
            label=_("Open deals"), metric=METRIC, value=count(found["deals"]),
            note=_("%(value)s unweighted") % {"value": short_amount(found["money"], currency)},
        ),
        Figure(label=_("Weighted by the stages"), metric=METRIC, value=short_amount(found["by_stage"], currency)),
        Figure(label=_("Weighted by the model"), metric=METRIC, value=short_amount(found["by_model"], currency)),
        Figure(
            label=_("Learnt from"), metric=METRIC, value=count(learnt["won"] + learnt["lost"]),
            note=_("decided deals: %(won)s won, %(lost)s lost") % {
                "won": count(learnt["won"]), "lost": count(learnt["lost"]),
            },
        ),
    ]  # fmt: skip
    held = answer["hold_out"]
    if held:
        note = _("stages %(stage)s, one share for all %(share)s; lower is better") % {
            "stage": count(held["brier_of_stage"], 3), "share": count(held["brier_of_share"], 3),
        }  # fmt: skip
        made.append(
            Figure(label=_("Brier score of the model"), metric=METRIC, value=count(held["brier"], 3), note=note)
        )
    return made


def calibration(answer: Answer) -> Picture:
    """Of later deals: what the model said, and how many of them were won."""
    title = _("Tried on later deals")
    found = (answer or {}).get("hold_out")
    if reason := nothing_yet(answer) or (
        "" if found else _("There are too few later deals to try the model on: 20 that were decided after it.")
    ):
        return Picture(name="calibration", title=title, metric=METRIC, too_few=reason, wide=True)
    assert found is not None
    rows = found["bins"]
    series = [
        Series(
            name=_("Really won, with its interval"), hue="plain", values=[each["won"] for each in rows],
            band=[(each["low"], each["high"]) for each in rows],
        ),
        Series(name=_("Forecast by the model"), hue="company", values=[each["forecast"] for each in rows], dashed=True),
    ]  # fmt: skip
    return Picture(
        name="calibration",
        title=title,
        metric=METRIC,
        note=_told(found),
        drawing=pictures.lines(
            categories=[percent(each["forecast"]) for each in rows], series=series, unit=pictures.share(),
            name=_("Forecast of the group"),
        ),
        keys=pictures.keys(series, of_lines=True),
        table=Table(
            columns=[
                Column(_("Forecast by the model"), "share", 1), Column(_("Really won"), "share", 1),
                Column(_("Interval, 95%")), Column(_("Snapshots"), "number"),
            ],
            rows=[
                (each["forecast"], each["won"], between(percent(each["low"]), percent(each["high"])),
                 each["snapshots"])
                for each in rows
            ],
        ),
        tall=15,
        wide=True,
    )  # fmt: skip


def _told(found: dict[str, Any]) -> str:
    values = {
        "until": day(found["until"]), "before": count(found["learnt_from"]), "deals": count(found["deals"]),
        "snapshots": count(found["snapshots"]), "model": count(found["brier"], 3),
        "stage": count(found["brier_of_stage"], 3),
    }  # fmt: skip
    told = _(
        "Learnt from %(before)s deals decided by %(until)s, tried on %(snapshots)s snapshots of %(deals)s later ones."
    )
    if found["brier"] < found["brier_of_stage"]:
        verdict = _("The model was nearer the truth than the stages' own probabilities (%(model)s against %(stage)s).")
    else:
        verdict = _("The stages' own probabilities were nearer the truth than the model (%(stage)s against %(model)s).")
    return f"{told} {verdict}" % values


def effects(answer: Answer) -> Picture:
    """What the model looks at, and which way each thing moves it."""
    title = _("What the model looks at")
    if reason := nothing_yet(answer):
        return Picture(name="effects", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    rows = sorted(answer["model"]["features"], key=lambda each: -abs(each["coefficient"]))
    series = [Series(name=_("Log-odds by a usual step"), hue="company", values=[each["coefficient"] for each in rows])]
    left = ", ".join(feature_name(each) for each in answer["left_out"])
    note = _("Right of zero speaks for winning, left against it; a usual step is one standard deviation.")
    if left:
        note += " " + _("Left out, since too little is known of it: %(features)s.") % {"features": left}
    return Picture(
        name="effects",
        title=title,
        metric=METRIC,
        note=note,
        drawing=pictures.bars(
            categories=[feature_name(each["feature"]) for each in rows], series=series, unit=pictures.number(2),
            lying=True,
        ),
        table=Table(
            columns=[
                Column(_("Feature")), Column(_("Log-odds by a usual step"), "number", 3), Column(_("Known"), "share"),
            ],
            rows=[(feature_name(each["feature"]), each["coefficient"], each["known"]) for each in rows],
        ),
        tall=max(1.9 * len(rows) + 3, 10),
        wide=True,
    )  # fmt: skip


def open_deals(answer: Answer, user: User) -> Picture:
    """The largest open deals with both probabilities and the strongest reasons."""
    title = _("Open deals, the largest first")
    if reason := nothing_yet(answer):
        return Picture(name="deals", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    seen = (
        Deal.objects.visible_to(user)
        .live()
        .select_related("stage")
        .in_bulk([each["deal_id"] for each in answer["deals"]])
    )
    rows = [
        (Linked(seen[each["deal_id"]].name, reverse("deals:page", args=[each["deal_id"]])),
         seen[each["deal_id"]].stage.name, each["money"], each["by_stage"], each["by_model"], _reasons(each))
        for each in answer["deals"]
        if each["deal_id"] in seen
    ]  # fmt: skip
    if not rows:
        return Picture(name="deals", title=title, metric=METRIC, too_few=_("No deal is open."), wide=True)
    return Picture(
        name="deals",
        title=title,
        metric=METRIC,
        table=Table(
            columns=[
                Column(_("Deal")), Column(pgettext("deal", "Stage")), Column(_("Amount"), "money"),
                Column(_("By the stage"), "share"), Column(_("By the model"), "share"), Column(_("Why")),
            ],
            rows=rows,
            currency=answer["currency"],
            shown=50,
        ),
        wide=True,
    )  # fmt: skip


def _reasons(each: dict[str, Any]) -> str:
    return "; ".join(f"{feature_name(one['feature'])} {points(one['points'])}" for one in each["reasons"])
