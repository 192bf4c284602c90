"""What a field of a rule is: how it is asked, how it is found, and who may have changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Aggregate, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core.comparing import fits
from rapport.segments.operators import OPERATORS, SPANS, Kind, Operator, compared
from rapport.segments.windows import Days, Window, window

PERSON, PURCHASES, TALKS, DEALS, TRAITS, GROUPS = (
    _("Person"), _("Purchases"), _("Interactions"), _("Deals"), _("What the metrics say"), _("Segments"),
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: a field, an operator, its value, and what narrows the field further."""

    field: str
    operator: str
    value: Any = None
    options: tuple[tuple[str, Any], ...] = ()

    def option(self, name: str) -> Any:
        """The value of one narrowing; None where it is not given."""
        return dict(self.options).get(name)

    def window(self) -> Window:
        """The span of days within which events count: the option `window`, never beyond today."""
        given = self.option("window")
        return (window(*given) if given else Window()).so_far()


@dataclass(frozen=True)
class Scope:
    """As of which day a rule is asked, and about whom: the table of asked people, or everyone."""

    today: date
    asked: str = ""

    def narrowed(self, rows: "QuerySet[Any, Any]", person: str) -> "QuerySet[Any, Any]":
        """The rows of the people who are asked about; `person` is the path to the person."""
        if not self.asked:
            return rows
        return rows.filter(**{f"{person}__in": RawSQL(f"SELECT person_id FROM {self.asked}", ())})  # noqa: S611


@dataclass(frozen=True)
class InSet:
    """People whose ids are among the rows; or, where not `inside`, everyone else."""

    rows: "QuerySet[Any, Any]"
    inside: bool = True


Found = Q | InSet


@dataclass(frozen=True)
class Source:
    """Where changes come from: tables, and SQL that gives the people of rows that are new there.

    In `changed` the name of an alias in braces stands for "this row is new", as in
    `SELECT o.person_id FROM commerce_order o WHERE {o}`. `gone` are the names in `Gone` that concern it. `stamp` is
    SQL of a text that differs whenever rows may have gone without a note: then everyone is asked.
    """

    name: str
    tables: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...] = ()
    stamp: str = ""


@dataclass(frozen=True)
class Option:
    """What narrows a field further: a window, or a list of texts or records, or a currency, or a number.

    `allowed` are the only texts that make sense; without them any text does.
    """

    name: str
    label: str | Promise
    kind: str
    choices: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that can be asked about a person.

    `choices` names where the builder finds values to offer. A `column` field is found on the person's own row;
    any other gives a set. `moved` gives the people for whom an event passed an edge of a window between two days.
    `seen_by` are the roles that may ask it, and see what asks it; empty is everybody.
    """

    name: str
    label: str | Promise
    group: str | Promise
    kind: Kind
    source: Source
    find: Callable[[Condition, Scope], Found]
    moved: "Callable[[Condition, date, date], list[QuerySet[Any, Any]]] | None" = None
    choices: str = ""
    options: tuple[Option, ...] = ()
    column: bool = False
    without: frozenset[str] = field(default_factory=frozenset)
    seen_by: frozenset[str] = field(default_factory=frozenset)

    @property
    def operators(self) -> dict[str, Operator]:
        """The ways in which this field can be asked."""
        return {name: found for name, found in OPERATORS[self.kind].items() if name not in self.without}


WINDOW = Option("window", _("when"), "window")
WINDOW_OPERATORS = SPANS


def counted(rows: "QuerySet[Any, Any]", person: str, amount: Aggregate, condition: Condition) -> InSet:
    """People for whom the sum or number of their rows fits; for who has none it is zero."""
    grouped = rows.order_by().values(person).annotate(amount=amount)
    fitting = compared("amount", condition.operator, condition.value)
    if fits(0, condition.operator, condition.value):
        return InSet(grouped.filter(~fitting).values(person), inside=False)
    return InSet(grouped.filter(fitting).values(person))


def within_any(column: str, spans: Iterable[Days], on: Callable[[str, Days], Q]) -> Q | None:
    """Rows whose day lies in one of the spans; None where there is no span."""
    found: Q | None = None
    for span in spans:
        found = on(column, span) if found is None else found | on(column, span)
    return found
