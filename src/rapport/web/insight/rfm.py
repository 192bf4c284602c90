"""The RFM grid and segments: an answer turned into pictures."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.web.insight import pictures
from rapport.web.insight.pictures import Cell, Picture, Series
from rapport.web.insight.tables import Column, Linked, Table
from rapport.web.insight.wording import amount, count, nothing_yet, people, percent, segment_name

METRIC = "rfm"
SCORES = (1, 2, 3, 4, 5)


def grid(answer: dict[str, Any] | None) -> Picture:
    """How many people have each pair of scores: recency across, frequency up."""
    title = _("Recency and frequency")
    if reason := nothing_yet(answer):
        return Picture(name="grid", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    currency, cells = answer["currency"], answer["grid"]
    most = max((cell["people"] for cell in cells), default=0) or 1
    drawn = [
        Cell(
            x=cell["r"] - 1,
            y=5 - cell["f"],
            strength=(cell["people"] / most) ** 0.6,
            text=count(cell["people"]),
            title=_("Recency %(r)s, frequency %(f)s") % {"r": cell["r"], "f": cell["f"]}
            + f"\n{people(cell['people'])}\n{amount(cell['money'], currency)}",
        )
        for cell in cells
    ]
    return Picture(
        name="grid",
        title=title,
        metric=METRIC,
        note=_(
            "Each field holds the people with these two scores; 5 is best. The stronger the colour, the more people."
        ),
        drawing=pictures.heat(
            columns=[str(score) for score in SCORES],
            rows=[str(score) for score in reversed(SCORES)],
            cells=drawn,
            column_name=_("Recency score: 5 bought last"),
            row_name=_("Frequency score"),
        ),
        table=Table(
            columns=[
                Column(_("Recency score"), "number"), Column(_("Frequency score"), "number"),
                Column(_("People"), "number"), Column(_("Money"), "money"),
            ],
            rows=[(cell["r"], cell["f"], cell["people"], cell["money"]) for cell in cells],
            currency=currency,
        ),
        tall=20,
    )  # fmt: skip


def segments(answer: dict[str, Any] | None, *, beside_two: bool = False) -> Picture:
    """The published segments with their people and money, as bars and as a table."""
    title = _("RFM segments")
    if reason := nothing_yet(answer):
        return Picture(name="segments", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    found = answer["segments"]
    total = sum(each["money"] for each in found)
    shares = [
        Series(name=_("Share of people"), hue="person", values=[each["share"] for each in found]),
        Series(
            name=_("Share of money"),
            hue="muted",
            values=[round(each["money"] / total, 4) if total > 0 else None for each in found],
        ),
    ]
    return Picture(
        name="segments",
        title=title,
        metric=METRIC,
        drawing=pictures.bars(
            categories=[segment_name(each["segment"]) for each in found],
            series=shares,
            unit=pictures.share(),
            lying=True,
        ),
        keys=pictures.keys(shares),
        table=Table(
            columns=_segment_columns(), rows=[_segment_row(each) for each in found], currency=answer["currency"]
        ),
        tall=max(2.4 * len(found) + 2, 8),
        beside_two=beside_two,
    )


def _segment_columns() -> list[Column]:
    return [
        Column(_("Segment")), Column(_("People"), "number"), Column(_("Share"), "share", 1),
        Column(_("Money"), "money"), Column(_("Median days since the last purchase"), "number"),
    ]  # fmt: skip


def _segment_row(each: dict[str, Any]) -> tuple[Any, ...]:
    label = Linked(
        segment_name(each["segment"]), f"{reverse('people:list')}?view=purchases&rfm_segment={each['segment']}"
    )
    return (label, each["people"], each["share"], each["money"], each.get("recency_median"))


def cut_points(answer: dict[str, Any] | None) -> Picture:
    """The values that part the scores."""
    title = _("Where the scores are cut")
    if reason := nothing_yet(answer):
        return Picture(name="cut-points", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    cuts = answer["cut_points"]
    labels = (
        (_("Recency: days since the last purchase"), cuts["recency"]),
        (_("Frequency: purchase days"), cuts["frequency"]),
        (_("Money, in %(currency)s") % {"currency": answer["currency"]}, cuts["money"]),
    )
    return Picture(
        name="cut-points",
        title=title,
        metric=METRIC,
        note=_(
            "The values below which one, two, three and four fifths of the customers lie. Who has the same value gets"
            " the same score, so the groups are not all of one size."
        ),
        table=Table(
            columns=[Column(_("Value")), *(Column(f"{percent(at / 5)}", "number", 2) for at in SCORES[:4])],
            rows=[(label, *values) for label, values in labels],
        ),
    )
