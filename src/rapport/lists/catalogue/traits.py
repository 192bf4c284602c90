"""What the metrics say of people, as columns and filters of their list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.insight import words
from rapport.insight.models import PersonTraits
from rapport.insight.queries import freshness
from rapport.lists import conditions
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Amount, Chosen, Column, Filter, Label, Reader, SortKey


class _Traits:
    """The traits of the records of a page, asked for once for all columns that tell of them."""

    def __init__(self) -> None:
        self._of: list[Any] | None = None
        self._traits: dict[int, PersonTraits] = {}
        self._currency: str | None = None

    def read(self, name: str) -> Any:
        """Loads one trait."""
        return lambda people: {pk: value for pk, each in self.of(people).items() if (value := getattr(each, name))}

    def money(self, name: str) -> Any:
        """Loads one amount, in the currency in which the metrics counted."""

        def load(people: list[Any]) -> dict[int, Amount]:
            if self._currency is None:
                fresh = freshness()
                self._currency = fresh.currency if fresh else ""
            found = {pk: getattr(each, name) for pk, each in self.of(people).items()}
            return {
                pk: Amount(shared.rounded(value), self._currency) for pk, value in found.items() if value is not None
            }

        return load

    def segments(self, people: list[Any]) -> dict[int, Chosen]:
        """Loads the RFM segment."""
        found = {pk: each.rfm_segment for pk, each in self.of(people).items() if each.rfm_segment}
        return {pk: Chosen(code, words.segment(code)) for pk, code in found.items()}

    def of(self, people: list[Any]) -> dict[int, PersonTraits]:
        """The traits by person."""
        if self._of is not people:
            rows = PersonTraits.objects.defer("offers")
            self._of, self._traits = people, rows.in_bulk([person.pk for person in people])
        return self._traits


def _by(path: str) -> SortKey:
    return SortKey(
        path=path, link="person", walks=True,
        through=lambda: PersonTraits.objects.filter(**{f"{path}__isnull": False}),
    )  # fmt: skip


def columns() -> list[Column]:
    """What the metrics say of each person."""
    known = _Traits()
    return [
        _column("rfm_segment", _("RFM segment"), ValueKind.CHOICE, known.segments),
        _column("expected_value", _("Expected value"), ValueKind.MONEY, known.money("expected_value"),
                sort="expected_value"),
        _column("bought_for", _("Bought for"), ValueKind.MONEY, known.money("money")),
        _column("purchases", _("Purchase days"), ValueKind.NUMBER, known.read("purchases")),
        _column("first_purchase", _("First purchase"), ValueKind.DAY, known.read("first_on")),
        _column("last_purchase", _("Last purchase"), ValueKind.DAY, known.read("last_on"), sort="last_on"),
        _column("due_on", _("Due"), ValueKind.DAY, known.read("due_on"), sort="due_on", look="due"),
    ]  # fmt: skip


def _column(code: str, label: Label, kind: ValueKind, load: Any, *, sort: str = "", look: str = "") -> Column:
    return Column(
        code=code, label=label, kind=kind, group=shared.METRICS, load=load, look=look, sort=_by(sort) if sort else None
    )  # fmt: skip


def filters(reader: Reader) -> list[Filter]:
    """What can be asked of what the metrics say."""

    def wrap(find: conditions.Find) -> conditions.Find:
        return conditions.related(PersonTraits.objects.all, "person", find)

    def segments() -> list[tuple[str, Any]]:
        return [(code, words.segment(code)) for code in words.SEGMENT_NAMES]

    def due(operator: str, _value: Any) -> Any:
        return conditions.day("due_on", today=reader.today)("until", reader.today)

    asked = (
        ("expected_value", _("Expected value"), ValueKind.NUMBER, conditions.number("expected_value")),
        ("bought_for", _("Bought for"), ValueKind.NUMBER, conditions.number("money")),
        ("purchases", _("Purchase days"), ValueKind.NUMBER, conditions.number("purchases")),
        ("first_purchase", _("First purchase"), ValueKind.DAY, conditions.day("first_on", today=reader.today)),
        ("last_purchase", _("Last purchase"), ValueKind.DAY, conditions.day("last_on", today=reader.today)),
        ("due_on", _("Due"), ValueKind.DAY, conditions.day("due_on", today=reader.today)),
    )
    return [
        Filter(
            code="rfm_segment", label=_("RFM segment"), kind=ValueKind.CHOICE, group=shared.METRICS, choices=segments,
            named=shared.named_by(segments), find=wrap(conditions.text("rfm_segment")), is_first=True, is_closed=True,
        ),
        Filter(
            code="due", label=_("Due now"), kind=ValueKind.YES_NO, group=shared.METRICS,
            find=lambda operator, value: wrap(due)("yes", value) if operator == "yes" else ~wrap(due)("yes", value),
        ),
        *(Filter(code=code, label=label, kind=kind, group=shared.METRICS, find=wrap(find))
          for code, label, kind, find in asked),
    ]  # fmt: skip
