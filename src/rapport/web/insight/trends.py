"""Up-sell steps and trends: where people go next in a category, and what rises or falls beyond noise."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.web.insight import pictures
from rapport.web.insight.cross_sell import product
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Linked, Table
from rapport.web.insight.wording import between, month_ticks, nothing_yet, percent, segment_name

UP_SELL, TRENDS = "up-sell", "trends"
WIDEST = 10
KINDS = {
    "category": gettext_lazy("Category"),
    "product": gettext_lazy("Product"),
    "segment": gettext_lazy("RFM segment"),
}


def steps(answer: dict[str, Any] | None) -> Picture:
    """The next step up in the same category that similar customers took."""
    title = _("The next step up")
    if reason := nothing_yet(answer) or _no_step(answer):
        return Picture(name="steps", title=title, metric=UP_SELL, too_few=reason, wide=True)
    assert answer is not None
    rows = [
        (
            product(each["from_id"], each["from"]), product(each["to_id"], each["to"]), each["category"],
            each["people"], each["share"], _interval(each.get("interval")), each["median_days"],
        )
        for each in answer["steps"]
    ]  # fmt: skip
    return Picture(
        name="steps",
        title=title,
        metric=UP_SELL,
        note=_("What people who bought the first product went on to: dearer, and of the same category."),
        table=Table(
            columns=[
                Column(_("From")), Column(_("To")), Column(_("Category")), Column(_("People"), "number"),
                Column(_("Share of its buyers"), "share", 1), Column(_("Interval, 95%")),
                Column(_("Median days until then"), "number"),
            ],
            rows=rows,
            shown=50,
        ),
        wide=True,
    )  # fmt: skip


def _no_step(answer: dict[str, Any] | None) -> str:
    if answer and answer.get("steps"):
        return ""
    return _("No step up has been taken often enough yet. Products need a category and a price.")


def key_of(series: dict[str, Any]) -> str:
    """A series' word in addresses: `category:Coffee`."""
    return f"{series['kind']}:{series['id'] if series.get('id') is not None else series['name']}"


def name_of(series: dict[str, Any]) -> str:
    """What people call the series."""
    return segment_name(series["id"]) if series["kind"] == "segment" else str(series["name"])


def chosen(answer: dict[str, Any] | None, key: str) -> dict[str, Any] | None:
    """The series of that key; else a category that changed beyond noise, else a product, else the largest."""
    found: list[dict[str, Any]] = (answer or {}).get("series") or []
    by_key = {key_of(each): each for each in found}
    if key in by_key:
        return by_key[key]
    return min(
        found, key=lambda each: (not each["flagged"], list(KINDS).index(each["kind"]), -each["level"]), default=None
    )


def line(series: dict[str, Any]) -> Picture:
    """One series month by month."""
    points = series["points"]
    months = [each["month"] for each in points]
    drawn = [Series(name=name_of(series), hue="person", values=[each["value"] for each in points])]
    return Picture(
        name="trend",
        title=name_of(series),
        metric=TRENDS,
        note=in_words(series),
        drawing=pictures.lines(categories=month_ticks(months), series=drawn, unit=pictures.number()),
        table=Table(
            columns=[Column(_("Month"), "month"), Column(_("Orders"), "number")],
            rows=[(each["month"][:7], each["value"]) for each in points],
        ),
        tall=15,
        wide=True,
    )


def in_words(series: dict[str, Any]) -> str:
    """Whether it moves, in a sentence."""
    if series["change"] is None:
        return _("Nothing was bought in the three months before the last three, so there is no change to tell.")
    change = percent(series["change"], 1)
    values = {
        "change": change if series["change"] < 0 else f"+{change}",
        "interval": _interval(series.get("change_interval")) or "–",
    }
    if not series["flagged"]:
        return (
            _(
                "No change beyond noise: %(change)s in the last three months against the three before"
                " (95%% interval %(interval)s)."
            )
            % values
        )
    if series["change"] > 0:
        return (
            _("Rises: %(change)s in the last three months against the three before (95%% interval %(interval)s).")
            % values
        )
    return (
        _("Falls: %(change)s in the last three months against the three before (95%% interval %(interval)s).") % values
    )


def table(answer: dict[str, Any] | None) -> Picture:
    """All series; those that moved beyond noise first."""
    title = _("Trends")
    if reason := nothing_yet(answer):
        return Picture(name="trends", title=title, metric=TRENDS, too_few=reason, wide=True)
    assert answer is not None
    found = sorted(answer["series"], key=lambda each: (not each["flagged"], -each["level"]))
    return Picture(
        name="trends",
        title=title,
        metric=TRENDS,
        note=_(
            "Marked are those that rise or fall beyond noise, allowing for how many are looked at. Choose one to see it"
            " month by month."
        ),
        table=Table(
            columns=[
                Column(_("Name")), Column(_("Kind")), Column(_("Orders a month"), "number", 1),
                Column(_("Change"), "share", 1), Column(_("Interval, 95%")), Column(_("Beyond noise")),
            ],
            rows=[_row(each) for each in found],
            shown=50,
        ),
        wide=True,
    )  # fmt: skip


def _row(each: dict[str, Any]) -> tuple[Any, ...]:
    interval = _interval(each.get("change_interval"))
    marked = (_("rises") if each["change"] > 0 else _("falls")) if each["flagged"] else ""
    address = f"{reverse('insight:trends')}?{urlencode({'series': key_of(each)})}#trend"
    return (
        Linked(name_of(each), address), str(KINDS.get(each["kind"], each["kind"])), each["level"], each["change"],
        interval, marked,
    )  # fmt: skip


def _interval(ends: list[float] | None) -> str | None:
    """An interval of shares; what is more than tenfold is too vague to be told."""
    if not ends:
        return None
    low, high = ends
    if high > WIDEST:
        return _("from %(low)s, no upper end") % {"low": percent(low, 1)}
    return between(percent(low, 1), percent(high, 1))
