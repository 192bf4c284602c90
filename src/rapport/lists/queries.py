"""The rows of a list and its pages, within the reach of the user; `places` finds which rows a page holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import compress
from typing import Any

from django.db.models import Q, QuerySet

from rapport.core.paging import PAGE_SIZE
from rapport.identity import access
from rapport.identity.models import User
from rapport.identity.rights import OFFERED, Action, Kind
from rapport.lists import keys
from rapport.lists.asked import Asked, shown_columns
from rapport.lists.catalogue import of
from rapport.lists.places import FEW, Question, TooWide, Wanted, asks_elsewhere, look_for, patience
from rapport.lists.shape import Catalogue, Column, ListRow


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


def rows(*, user: User, kind: Kind, asked: Asked, now: datetime, action: Action = Action.SEE) -> "QuerySet[Any, Any]":
    """The records that are asked for, among those with which the user may do this, in no order.

    Filters that the user may not know of are not in `asked`; see its `problems`.
    """
    return rows_of(of(kind, user=user, now=now), user=user, asked=asked, action=action)


def rows_of(catalogue: Catalogue, *, user: User, asked: Asked, action: Action = Action.SEE) -> "QuerySet[Any, Any]":
    """The same, for a catalogue that is at hand."""
    return _left(_all_of(catalogue, user=user, asked=asked, action=action), _conditions(catalogue, asked))


def _all_of(catalogue: Catalogue, *, user: User, asked: Asked, action: Action = Action.SEE) -> "QuerySet[Any, Any]":
    """What the filters are held against: what is within reach, without what is put away unless that is asked for."""
    right = action if (catalogue.kind, action) in OFFERED else Action.SEE
    found: QuerySet[Any, Any] = catalogue.model._default_manager.filter(access.within(user, catalogue.kind, right))
    if "archived" in catalogue.filters and asked.of("archived") is None:
        found = found.filter(archived_at__isnull=True)
    return found


def _left(rows: "QuerySet[Any, Any]", conditions: Iterable[Q]) -> "QuerySet[Any, Any]":
    """The rows that meet every condition, each by itself: two on related rows need not be met by one of them."""
    return reduce(lambda left, condition: left.filter(condition), conditions, rows)


def _conditions(catalogue: Catalogue, asked: Asked) -> list[Q]:
    """What each filter leaves."""
    chosen = ((catalogue.filters[each.code], each) for each in asked.filters)
    return [known.condition(each.operator, known.read(each.operator, each.values)) for known, each in chosen]


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
            wanted = Wanted(column, descending, keys.decode(cursor) if cursor else None, size)
            places, count = look_for(_question(catalogue, user=user, asked=asked), wanted)
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


def _question(catalogue: Catalogue, *, user: User, asked: Asked) -> Question:
    """What is asked, and its two halves."""
    every, conditions = _all_of(catalogue, user=user, asked=asked), _conditions(catalogue, asked)
    elsewhere = [asks_elsewhere(each) for each in conditions]
    return Question(
        rows=_left(every, conditions),
        of_itself=_left(
            every, (each for each, leads_away in zip(conditions, elsewhere, strict=True) if not leads_away)
        ),
        elsewhere=_left(every, compress(conditions, elsewhere)),
        all=every,
        is_narrow=asked.is_narrow,
        asks_elsewhere=any(elsewhere),
    )
