"""The small form with which one filter is added or changed, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from rapport.commerce.models import Order, Product
from rapport.core.errors import RapportError
from rapport.core.numbers import NotANumber
from rapport.deals.models import Deal
from rapport.identity.rights import Kind
from rapport.lists import asked
from rapport.lists.asked import Asked, Wanted
from rapport.lists.operators import SPAN, Operator, Shape, ValueKind, WrongValue, number
from rapport.lists.shape import Filter
from rapport.people.models import Company, Person
from rapport.web.lists import saying
from rapport.web.lists.screen import Screen
from rapport.web.numbers import number_from, typed
from rapport.web.search.fields import RecordField

LOOKED_UP: dict[Kind, Any] = {
    Kind.PERSON: Person, Kind.COMPANY: Company, Kind.PRODUCT: Product, Kind.DEAL: Deal, Kind.ORDER: Order,
}  # fmt: skip
MOST_OPTIONS = 300


@dataclass(frozen=True)
class Option:
    """A value to tick."""

    value: str
    label: str
    is_ticked: bool


@dataclass(kw_only=True)
class FilterForm:
    """The form of one filter: its operators, and what is given with the one that is chosen.

    `typed` are the texts in the fields of values, `instead` names the filter that it takes the place of.
    """

    screen: Screen
    chosen: Filter
    operator: Operator
    instead: str = ""
    options: list[Option] = field(default_factory=list)
    typed: Sequence[str] = ()
    called: str = ""
    problem: str = ""

    @property
    def operators(self) -> list[Operator]:
        """The ways of asking."""
        return list(self.chosen.operators.values())

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the list is asked for otherwise."""
        return self.screen.hidden(self.screen.asked)

    @property
    def address(self) -> str:
        """Where the same form is for another operator."""
        return self.screen.address(self.screen.asked, adding=self.chosen.code, instead=self.instead)

    @property
    def close(self) -> str:
        """Where the list is without the form."""
        return self.screen.here

    @property
    def shape(self) -> str:
        """What is given with the operator."""
        return self.operator.shape.value

    @property
    def is_day(self) -> bool:
        """Whether days are given."""
        return self.chosen.kind in (ValueKind.DAY, ValueKind.INSTANT)

    @property
    def is_looked_up(self) -> bool:
        """Whether records are named by what they are called."""
        return self.chosen.record is not None

    @property
    def looked_up(self) -> str:
        """The kind of record of which names are offered as one types; empty where none are."""
        return self.chosen.record.value if self.chosen.record else ""

    @property
    def takes_text(self) -> bool:
        """Whether values can be written that are not among the options."""
        kind = self.chosen.kind
        return self.is_looked_up or (kind in (ValueKind.TEXT, ValueKind.TAGS) and self.chosen.choices is None)

    @property
    def first(self) -> str:
        """The text of the first field."""
        return self.typed[0] if self.typed else ""

    @property
    def second(self) -> str:
        """The text of the second field."""
        return self.typed[1] if len(self.typed) > 1 else ""


def form(screen: Screen, given: QueryDict) -> FilterForm | None:
    """The form that `adding` names, of a filter or of one at work by `code.operator`; None for neither."""
    name = given.get("adding", "")
    at_work = next((each for each in screen.asked.filters if name == each.name), None)
    chosen = screen.catalogue.filters.get(at_work.code if at_work else name)
    if chosen is None:
        return None
    instead = at_work.name if at_work else given.get("instead", "")
    before = at_work or next((each for each in screen.asked.filters if each.name == instead), None)
    wanted = given.get("op") or (before.operator if before else "")
    operator = chosen.operators.get(wanted) or next(iter(chosen.operators.values()))
    values = before.values if before and before.operator == operator.name else ()
    if before and operator.shape is Shape.MANY:
        values = before.values
    return _filled(screen, chosen, operator, values, instead=instead)


def _filled(
    screen: Screen, chosen: Filter, operator: Operator, values: Sequence[str], *, instead: str = ""
) -> FilterForm:
    found = FilterForm(screen=screen, chosen=chosen, operator=operator, instead=instead)
    if operator.shape is Shape.MANY:
        found.options = _options(chosen, values)
    elif operator.shape is Shape.TWO:
        found.typed = [_typed(chosen, part) for each in values for part in each.split(SPAN)]
    else:
        found.typed = [_typed(chosen, each) for each in values]
    return found


def _typed(chosen: Filter, value: str) -> str:
    """A value as it is typed in the language of the page."""
    is_number = chosen.kind in (ValueKind.NUMBER, ValueKind.MONEY)
    return typed(number(value)) if is_number else value


def _options(chosen: Filter, values: Sequence[str]) -> list[Option]:
    """What there is to choose, and what is chosen beside that."""
    known = [(code, str(label)) for code, label in chosen.choices()] if chosen.choices else []
    if not known and chosen.offered:
        known = [(value, value) for value in chosen.offered()]
    codes = {code for code, _label in known}
    names = chosen.named(values) if chosen.named else {}
    beside = [(value, names.get(value) or saying.value(chosen, value)) for value in values if value not in codes]
    return [Option(code, label, code in values) for code, label in (*beside, *known[:MOST_OPTIONS])]


def added(screen: Screen, given: QueryDict) -> tuple[Asked | None, FilterForm | None]:
    """The list with the filter that was sent, or the form again with what is wrong; neither for no such filter."""
    chosen = screen.catalogue.filters.get(given.get("with", ""))
    if chosen is None:
        return None, None
    operator = chosen.operators.get(given.get("op", "")) or next(iter(chosen.operators.values()))
    values, called = given.getlist("given"), given.get("called", "")
    try:
        texts = [*_plain(chosen, operator, values), *_called(screen, chosen, operator, called)]
        wanted = _wanted(screen, chosen, operator, texts)
    except (RapportError, forms.ValidationError, NotANumber) as wrong:
        again = _filled(screen, chosen, operator, [] if operator.shape is not Shape.MANY else values)
        again.instead, again.called, again.problem = given.get("instead", ""), called, _said(wrong)
        if operator.shape is not Shape.MANY:
            again.typed = values
        return None, again
    return screen.asked.added(wanted, instead_of=given.get("instead", "")), None


def _wanted(screen: Screen, chosen: Filter, operator: Operator, texts: Sequence[str]) -> Wanted:
    if operator.shape is Shape.TWO:
        texts = [SPAN.join(texts)] if len(texts) == 2 else texts
    return asked.wanted(screen.catalogue, f"{chosen.code}.{operator.name}", texts)


def _plain(chosen: Filter, operator: Operator, values: Sequence[str]) -> list[str]:
    """Values as query strings have them, of what was typed. Raises NotANumber, WrongValue."""
    texts = [value.strip() for value in values if value.strip()]
    if operator.shape is Shape.TWO and len(texts) == 1 and len(values) == 2:
        raise WrongValue(_("two values are needed, from and to"))
    if operator.shape is Shape.DAYS or chosen.kind not in (ValueKind.NUMBER, ValueKind.MONEY):
        return texts
    return [f"{number_from(text):f}" for text in texts]


def _called(screen: Screen, chosen: Filter, operator: Operator, text: str) -> list[str]:
    """What is named beside the options: texts with semicolons between, or a record by its name."""
    if operator.shape is not Shape.MANY or not text.strip():
        return []
    if chosen.record is None:
        return [part.strip() for part in text.split(";") if part.strip()]
    lookup = RecordField(rows=LOOKED_UP[chosen.record].objects.all())
    lookup.user = screen.user
    return [str(lookup.to_python(text).pk)]


def _said(wrong: Exception) -> str:
    """What is wrong, as a sentence."""
    if isinstance(wrong, NotANumber):
        return _("This is not a number.")
    text = wrong.messages[0] if isinstance(wrong, forms.ValidationError) else str(wrong)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
