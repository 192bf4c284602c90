"""What is due: products that are bought again and again, and how many people are due for them now."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.insight.models import PersonTraits
from rapport.web.insight import pictures
from rapport.web.insight.cross_sell import product
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import nothing_yet

METRIC = "due"
DRAWN = 12


def by_product(answer: dict[str, Any] | None, *, name: str = "products", most: int = DRAWN) -> Picture:
    """Each product with the days between two purchases of it, and how many are due now, most first."""
    title = _("Due now, by product")
    if reason := nothing_yet(answer) or _none(answer):
        return Picture(name=name, title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    found = sorted(answer["intervals"], key=lambda each: (-each["due_now"], -each["people"]))
    drawn = [each for each in found[:most] if each["due_now"]]
    series = [Series(name=_("People due now"), hue="person", values=[each["due_now"] for each in drawn])]
    return Picture(
        name=name,
        title=title,
        metric=METRIC,
        drawing=pictures.bars(
            categories=[each["product"] for each in drawn], series=series, unit=pictures.number(), lying=True
        )
        if drawn
        else None,
        table=Table(
            columns=[
                Column(_("Product")), Column(_("People due now"), "number"),
                Column(_("People who bought it again"), "number"), Column(_("Median days between"), "number"),
                Column(_("A quarter within"), "number"), Column(_("Three quarters within"), "number"),
            ],
            rows=[
                (
                    product(each["product_id"], each["product"]), each["due_now"], each["people"],
                    each["median_days"], each["p25"], each["p75"],
                )
                for each in found
            ],
            shown=50,
        ),
        tall=max(1.9 * len(drawn) + 2, 7),
        wide=True,
    )  # fmt: skip


def _none(answer: dict[str, Any] | None) -> str:
    return "" if answer and answer.get("intervals") else _("No product has been bought again often enough yet.")


def people_columns() -> list[Column]:
    """What is told of people who are due: with what one needs to reach them."""
    return [
        Column(_("Name")), Column(_("External id")), Column(_("Phone")), Column(_("E-mail")),
        Column(_("Due on"), "day"), Column(_("Product")), Column(_("Last purchase"), "day"),
        Column(_("Purchases"), "number"),
        Column(_("Expected value"), "money"),
    ]  # fmt: skip


def people_rows(found: Iterable[PersonTraits], names: Mapping[int, str]) -> Iterator[tuple[Any, ...]]:
    """Their rows one by one; `names` are those of the products."""
    for each in found:
        yield (
            each.person.full_name, each.person.external_id, each.person.phone, each.person.email, each.due_on,
            names.get(each.due_product_id or 0, ""), each.last_on, each.purchases, each.expected_value,
        )  # fmt: skip
