"""The rows of a list and its pages, within the reach of the user.

A page is found in one of two ways. Where filters leave few, those are gathered through the indexes of the filters and
put in order; else the list is walked in its order, and filters are looked at row by row, until a page is full. The
planner cannot choose between them by itself: it takes filters to be independent of each other, and of the order. So
its estimate only says which way is tried first, and a walk that does not find enough soon is broken off.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.core.paging import PAGE_SIZE
from rapport.identity import access
from rapport.identity.models import User
from rapport.identity.rights import OFFERED, Action, Kind
from rapport.lists import keys
from rapport.lists.asked import Asked, shown_columns
from rapport.lists.catalogue import of
from rapport.lists.keys import KEY, Place
from rapport.lists.shape import Catalogue, Column, ListRow, SortKey

FEW = 1_000
MANY = 1_500
MOST_SORTED = 50_000
PATIENCE, QUICK = 5_000, 150
QUERY_CANCELED = "57014"


class TooWide(RapportError):
    """More rows fit than can be put in this order, or looked through, while somebody waits."""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of a list. `count` is how many rows fit in all, exactly or, where `is_more`, at least; 0 where that is
    not known. `problem` says why there are no rows to show although there may be some."""

    columns: list[Column]
    rows: list[ListRow] = field(default_factory=list)
    next_cursor: str = ""
    count: int = 0
    is_more: bool = False
    problem: str = ""


@dataclass(frozen=True)
class _Found:
    """What a list is looked for in: rows, and the numbers of all of them where they are few."""

    rows: "QuerySet[Any, Any]"
    few: list[int] | None


@dataclass(frozen=True)
class _Wanted:
    """Which page: ordered by a column in one direction, behind a place."""

    column: Column
    descending: bool
    after: Place | None
    size: int


def rows(*, user: User, kind: Kind, asked: Asked, now: datetime, action: Action = Action.SEE) -> "QuerySet[Any, Any]":
    """The records that are asked for, among those with which the user may do this, in no order.

    Filters that the user may not know of are not in `asked`; see its `problems`.
    """
    return rows_of(of(kind, user=user, now=now), user=user, asked=asked, action=action)


def rows_of(catalogue: Catalogue, *, user: User, asked: Asked, action: Action = Action.SEE) -> "QuerySet[Any, Any]":
    """The same, for a catalogue that is at hand."""
    right = action if (catalogue.kind, action) in OFFERED else Action.SEE
    found: QuerySet[Any, Any] = catalogue.model._default_manager.filter(access.within(user, catalogue.kind, right))
    if "archived" in catalogue.filters and asked.of("archived") is None:
        found = found.filter(archived_at__isnull=True)
    for each in asked.filters:
        chosen = catalogue.filters[each.code]
        found = found.filter(chosen.condition(each.operator, chosen.read(each.operator, each.values)))
    return found


def page(*, user: User, kind: Kind, asked: Asked, now: datetime, cursor: str = "") -> ListPage:
    """One page of the records that are asked for; see `page_of`."""
    return page_of(of(kind, user=user, now=now), user=user, asked=asked, cursor=cursor)


def page_of(catalogue: Catalogue, *, user: User, asked: Asked, cursor: str = "", size: int = PAGE_SIZE) -> ListPage:
    """One page for a catalogue that is at hand: three queries, one for each column that lies elsewhere.

    A cursor that cannot be read gives the first page.
    """
    columns = shown_columns(catalogue, asked)
    column, descending = sort_of(catalogue, asked)
    try:
        with patience():
            rows = rows_of(catalogue, user=user, asked=asked)
            wanted = _Wanted(column, descending, keys.decode(cursor) if cursor else None, size)
            places, count = _looked_for(rows, wanted, is_narrow=asked.is_narrow)
            records = fetched(catalogue, columns, [place.pk for place in places[:size]])
            filled = fill(columns, records)
    except TooWide as wide:
        return ListPage(columns=columns, problem=str(wide), is_more=True)
    following = keys.encode(places[size - 1]) if len(places) > size else ""
    return ListPage(
        columns=columns,
        rows=filled,
        next_cursor=following,
        count=min(count, FEW),
        is_more=count > FEW or (not count and bool(following)),
    )


def sort_of(catalogue: Catalogue, asked: Asked) -> tuple[Column, bool]:
    """The column by which the list is ordered, and whether downwards."""
    found = catalogue.sort(asked.sort or catalogue.sort_at_first)
    assert found is not None, asked.sort
    return found


def fetched(catalogue: Catalogue, columns: Sequence[Column], numbers: Sequence[int]) -> list[Any]:
    """The records of these numbers, in their order, with what the columns follow; one query."""
    joins = {join for column in columns for join in column.joins}
    found = catalogue.model._default_manager.filter(pk__in=numbers).select_related(*sorted(joins))
    by_number = {record.pk: record for record in (found if joins else found.select_related(None))}
    return [by_number[number] for number in numbers if number in by_number]


def fill(columns: Sequence[Column], records: list[Any]) -> list[ListRow]:
    """The rows of records, with what their columns need from elsewhere; one query or two for each such column."""
    related = {column.code: column.load(records) for column in columns if column.load is not None and records}
    return [ListRow(record, {code: values.get(record.pk) for code, values in related.items()}) for record in records]


def count_up_to(found: "QuerySet[Any, Any]", most: int) -> int:
    """How many rows there are, or `most` where there are more."""
    return found.order_by().values("pk")[:most].count()


def estimate(found: "QuerySet[Any, Any]") -> int:
    """How many rows the planner expects; none where the question itself says that there are none."""
    plan = found.order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


@contextmanager
def patience(milliseconds: int = PATIENCE) -> Iterator[None]:
    """No statement within goes on for longer. Raises TooWide for one that would."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            limited = "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)"
            cursor.execute(limited, [str(milliseconds)])
            usual, _set = cursor.fetchone()
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != QUERY_CANCELED:
            raise
        raise TooWide(
            _("This takes too long to look through. Narrow the list with a filter more, or sort it another way.")
        ) from error


def _looked_for(rows: "QuerySet[Any, Any]", wanted: _Wanted, *, is_narrow: bool) -> tuple[list[Place], int]:
    """The places of a page, and how many rows fit in all: one more than `FEW` for more, 0 where that is not known."""
    sort = wanted.column.sort
    assert sort is not None
    if sort.walks and not is_narrow:
        places = _places(_Found(rows, None), wanted)
        return places, len(places) if wanted.after is None and len(places) <= wanted.size else 0
    if sort.walks and estimate(rows) > MANY:
        with suppress(TooWide), patience(QUICK):
            places = _places(_Found(rows, None), wanted)
            is_whole = wanted.after is None and len(places) <= wanted.size
            return places, len(places) if is_whole else 0
    few = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return _places(_Found(rows, few if len(few) <= FEW else None), wanted), len(few)


def _places(found: _Found, wanted: _Wanted) -> list[Place]:
    """The places of one page and of the row that tells whether there is another."""
    sort, after = wanted.column.sort, wanted.after
    assert sort is not None
    if not sort.walks and found.few is None and count_up_to(found.rows, MOST_SORTED + 1) > MOST_SORTED:
        raise TooWide(
            _("More than %(most)s fit, too many to put in the order of “%(column)s” at once. Narrow the list, or "
              "sort it another way.") % {"most": f"{MOST_SORTED:,}", "column": wanted.column.label}
        )  # fmt: skip
    rows = found.rows
    if found.few is not None:
        rows = rows.model._default_manager.filter(pk__in=found.few)
    if sort.through is not None:
        return _through(_Found(rows, found.few), sort, wanted)
    expression = sort.expression() if sort.expression else F(sort.path)
    keyed = rows.order_by().annotate(**{KEY: expression})
    behind = keys.behind(after, descending=wanted.descending)
    if after is not None and after.value is not None and sort.nullable:
        behind |= Q(**{f"{KEY}__isnull": True})
    ordered = keys.ordered(keyed.filter(behind), descending=wanted.descending, nullable=sort.nullable)
    return [Place(value, pk) for value, pk in ordered.values_list(KEY, "pk")[: wanted.size + 1]]


def _through(found: _Found, sort: SortKey, wanted: _Wanted) -> list[Place]:
    """By the rows of another table that carry the order: those that have one, then the rest."""
    assert sort.through is not None
    places: list[Place] = []
    rows, after, descending, size = found.rows, wanted.after, wanted.descending, wanted.size
    if after is None or after.value is not None:
        asked = {f"{sort.link}__in": rows.values("pk") if found.few is None else found.few}
        behind = keys.behind(after, descending=descending, key=sort.path, pk=sort.link)
        carried = sort.through().filter(**asked).filter(behind)
        ordered = keys.ordered(carried, descending=descending, nullable=False, key=sort.path, pk=sort.link)
        places = [Place(value, pk) for value, pk in ordered.values_list(sort.path, sort.link)[: size + 1]]
    if len(places) > size:
        return places
    rest = rows.filter(~Exists(sort.through().filter(**{sort.link: OuterRef("pk")})))
    if after is not None and after.value is None:
        rest = rest.filter(**{"pk__lt" if descending else "pk__gt": after.pk})
    numbers = rest.order_by("-pk" if descending else "pk").values_list("pk", flat=True)
    return [*places, *(Place(None, pk) for pk in numbers[: size + 1 - len(places)])]
