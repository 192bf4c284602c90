"""What a catalogue is made of: columns, filters, ways to sort, and the rows that columns read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.operators import OPERATORS, Operator, ValueKind, WrongValue, read

Label = str | Promise
Choices = Callable[[], Sequence[tuple[str, Label]]]


@dataclass(frozen=True)
class Reader:
    """Who asks, and at which instant."""

    user: User
    now: datetime

    @property
    def today(self) -> date:
        """The day where the company is."""
        return timezone.localdate(self.now)


@dataclass(frozen=True)
class Amount:
    """An amount of money in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Linked:
    """Another record that a cell names: its kind, number and name; hidden ones have no name."""

    kind: Kind | None
    pk: int
    name: str
    is_visible: bool = True


@dataclass(frozen=True)
class Chosen:
    """A code and how it is said; `state` is good, warn, bad, info or plain where it tells how things stand."""

    code: str
    label: str
    state: str = ""


@dataclass
class ListRow:
    """A record of a list, and what was fetched from elsewhere for it, by the code of the column."""

    record: Any
    related: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SortKey:
    """What a list is ordered by. What has no value always comes last.

    `path` is a column of the record, or of `through` (rows of another model, tied by its field `link`); or
    `expression` computes it. `walks` says that an index gives this order, so that it serves lists of any length.
    """

    path: str = ""
    expression: Callable[[], Any] | None = None
    through: "Callable[[], QuerySet[Any, Any]] | None" = None
    link: str = ""
    nullable: bool = True
    walks: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: what it is called, what sort of value it holds, and where that comes from.

    `get` reads the record; `load` gives the values of many records at once, by their numbers, for what lies elsewhere.
    `joins` are the foreign keys that `get` follows. `look` names how a page shows it where its kind does not say
    enough: name, phone, email, due, stage.
    """

    code: str
    label: Label
    kind: ValueKind
    group: Label
    get: Callable[[Any], Any] | None = None
    load: Callable[[list[Any]], Mapping[int, Any]] | None = None
    joins: tuple[str, ...] = ()
    sort: SortKey | None = None
    look: str = ""

    @property
    def sortable(self) -> bool:
        """Whether a list can be ordered by it."""
        return self.sort is not None

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right."""
        return self.kind in (ValueKind.NUMBER, ValueKind.MONEY)

    def value(self, row: ListRow) -> Any:
        """The value in a row: a text, number, day, instant, yes or no, list of tags, `Amount`, `Linked`, `Chosen`,
        or None."""
        if self.get is None:
            return row.related.get(self.code)
        return self.get(row.record)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Something that can be asked of a record.

    `choices` are the values to choose from, `offered` values that are likely, `record` the kind of record that is
    looked up by name; `named` tells how given values are said where neither knows. `is_closed` lets nothing be asked
    that is not among the choices. Values come as `read` gives them.
    """

    code: str
    label: Label
    kind: ValueKind
    group: Label
    find: Callable[[str, Any], Q]
    choices: Choices | None = None
    offered: Callable[[], Sequence[str]] | None = None
    record: Kind | None = None
    named: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    only: frozenset[str] | None = None
    is_first: bool = False
    is_closed: bool = False

    @property
    def operators(self) -> dict[str, Operator]:
        """The ways in which it can be asked; the first is meant where none is named."""
        known = OPERATORS[self.kind]
        return known if self.only is None else {name: each for name, each in known.items() if name in self.only}

    def read(self, operator: str, given: Sequence[str]) -> Any:
        """The value that `condition` takes, from the texts of a query string. Raises WrongValue."""
        value = read(self.kind, self.operators[operator].shape, given)
        choices = self.choices() if self.is_closed and value and self.choices is not None else None
        if choices is not None and set(value) - {code for code, _label in choices}:
            raise WrongValue(_("this is none of the choices"))
        return value

    def condition(self, operator: str, value: Any) -> Q:
        """The records of which it holds; related ones count as far as the user may see them."""
        return self.find(operator, value)


@dataclass(frozen=True, kw_only=True)
class BuiltInView:
    """A view that every list of the kind begins with: (code, operator, values) of its filters."""

    code: str
    label: Label
    filters: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What one user can ask and be shown of the records of one kind.

    `columns_at_first` and `sort_at_first` are what a list begins with; `sorts_before` and `filters_before` are older
    names in addresses that people kept.
    """

    kind: Kind
    model: type[Model]
    columns: Mapping[str, Column]
    filters: Mapping[str, Filter]
    name_column: str
    columns_at_first: tuple[str, ...]
    sort_at_first: str
    views: tuple[BuiltInView, ...] = ()
    sorts_before: Mapping[str, str] = field(default_factory=dict)
    filters_before: Mapping[str, str] = field(default_factory=dict)

    def sort(self, name: str) -> tuple[Column, bool] | None:
        """The column and whether it runs downwards, for `code` or `-code`; None for what cannot be sorted by."""
        code = name.removeprefix("-")
        column = self.columns.get(self.sorts_before.get(code, code))
        return (column, name.startswith("-")) if column is not None and column.sortable else None
