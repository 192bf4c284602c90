"""How a page of a list is found: which records, in which order.

A page is found in one of two ways. Where filters leave few, those are gathered through the indexes of the filters and
put in order; else the list is walked in its order, and filters are looked at row by row, until a page is full. The
planner cannot choose between them by itself: it takes filters to be independent of each other, and of the order, and
knows little of the records that point at one (of three million orders it believed that a third of the people had made
them; nearly all had). So what is asked of other records is tried on some records here and there. That says which way
is gone first, and a walk that does not find enough soon is broken off.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Window
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.lists import keys
from rapport.lists.keys import KEY, Place
from rapport.lists.shape import Column, SortKey

FEW = 1_000
MANY = 1_500
MOST_SORTED = 50_000
SOON_GATHERED = 5_000
SAMPLE, ENOUGH = 200, 20
PATIENCE, QUICK = 5_000, 150
QUERY_CANCELED = "57014"


class TooWide(RapportError):
    """More rows fit than can be put in this order, or looked through, while somebody waits."""


@dataclass(frozen=True)
class Wanted:
    """Which page: ordered by a column in one direction, behind a place."""

    column: Column
    descending: bool
    after: Place | None
    size: int

    @property
    def sort(self) -> SortKey:
        """What it is ordered by."""
        assert self.column.sort is not None
        return self.column.sort


@dataclass(frozen=True)
class Question:
    """What is asked of a list: the rows that fit, and those that one half of the filters leave.

    `of_itself` are what is asked of the record's own columns, `elsewhere` what is asked of other records. Where one
    half asks nothing, the other is the whole; `all` are the rows of which nothing is asked.
    """

    rows: "QuerySet[Any, Any]"
    of_itself: "QuerySet[Any, Any]"
    elsewhere: "QuerySet[Any, Any]"
    all: "QuerySet[Any, Any]"
    is_narrow: bool
    asks_elsewhere: bool


@dataclass(frozen=True)
class _Found:
    """What a list is looked for in: rows, and the numbers of all of them where they are few."""

    rows: "QuerySet[Any, Any]"
    few: list[int] | None


def estimate(found: "QuerySet[Any, Any]") -> int:
    """How many rows the planner expects; none where the question itself says that there are none."""
    plan = found.order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def count_up_to(found: "QuerySet[Any, Any]", most: int) -> int:
    """How many rows there are, or `most` where there are more."""
    return found.order_by().values("pk")[:most].count()


@contextmanager
def patience(milliseconds: int = PATIENCE) -> Iterator[None]:
    """No statement within goes on for longer. Raises TooWide for one that would.

    Nor does one keep several cores busy: starting them takes as long as a page, and others want theirs.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            limited = """SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true),
                                set_config('max_parallel_workers_per_gather', '0', true)"""
            cursor.execute(limited, [str(milliseconds)])
            usual = cursor.fetchone()[0]
            yield
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != QUERY_CANCELED:
            raise
        raise TooWide(
            _("This takes too long to look through. Narrow the list with a filter more, or sort it another way.")
        ) from error


def asks_elsewhere(condition: Q) -> bool:
    """Whether a condition asks rows of other records, so that the planner can only guess how many meet it."""

    def leads_away(part: Any) -> bool:
        if isinstance(part, Q):
            return asks_elsewhere(part)
        if isinstance(part, tuple):
            return isinstance(part[1], QuerySet)
        return any(isinstance(each, Subquery) for each in part.flatten())

    return any(leads_away(part) for part in condition.children)


def look_for(asked: Question, wanted: Wanted) -> tuple[list[Place], int]:
    """The places of a page, and how many rows fit in all: one more than `FEW` for more, 0 where that is not known.

    Raises TooWide.
    """
    if not wanted.sort.walks:
        return _from_few(asked.rows, wanted)
    if not asked.is_narrow:
        return _walked(asked.rows, wanted)
    to_gather = estimate(asked.of_itself)
    if to_gather > SOON_GATHERED and _fitting(asked, among=to_gather) > MANY:
        with suppress(TooWide), patience(QUICK):
            return _walked(asked.rows, wanted)
    if to_gather > MOST_SORTED or wanted.sort.through is not None:
        return _from_few(asked.rows, wanted)
    return _gathered(asked.rows, wanted)


def _fitting(asked: Question, *, among: int) -> int:
    """About how many rows fit of those that their own columns leave."""
    if not asked.asks_elsewhere:
        return among
    guessed = estimate(asked.rows)
    if guessed <= MANY:
        return guessed
    last = asked.all.order_by("-pk").values_list("pk", flat=True).first() or 0
    tried = range(last % SAMPLE + 1, last + 1, max(last // SAMPLE, 1))
    there = asked.all.order_by().filter(pk__in=tried).count()
    if there < ENOUGH:
        return guessed
    return among * asked.elsewhere.order_by().filter(pk__in=tried).count() // there


def _walked(rows: "QuerySet[Any, Any]", wanted: Wanted) -> tuple[list[Place], int]:
    """In the order of the list; the number is known where one page holds all."""
    places = _places(_Found(rows, None), wanted)
    return places, len(places) if wanted.after is None and len(places) <= wanted.size else 0


def _from_few(rows: "QuerySet[Any, Any]", wanted: Wanted) -> tuple[list[Place], int]:
    """Among the numbers of all that fit, where they are few."""
    few = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return _places(_Found(rows, few if len(few) <= FEW else None), wanted), len(few)


def _gathered(rows: "QuerySet[Any, Any]", wanted: Wanted) -> tuple[list[Place], int]:
    """All that fit, put in order by one statement; they are counted on the first page."""
    order = "-{}" if wanted.descending else "{}"
    # An order that no index gives: the planner may not walk here.
    keyed = rows.order_by().annotate(**{KEY: Func(F(wanted.sort.path), template="NULLIF(%(expressions)s, NULL)")})
    if wanted.after is None:
        ordered = keyed.annotate(fitting=Window(Count("*"))).order_by(order.format(KEY), order.format("pk"))
        found = list(ordered.values_list(KEY, "pk", "fitting")[: wanted.size + 1])
        return [Place(value, pk) for value, pk, _fitting in found], min(found[0][2], FEW + 1) if found else 0
    behind = keys.behind(wanted.after, descending=wanted.descending, key=wanted.sort.path)
    ordered = keyed.filter(behind).order_by(order.format(KEY), order.format("pk"))
    return [Place(value, pk) for value, pk in ordered.values_list(KEY, "pk")[: wanted.size + 1]], 0


def _places(found: _Found, wanted: Wanted) -> list[Place]:
    """The places of one page and of the row that tells whether there is another."""
    sort, after = wanted.sort, wanted.after
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


def _through(found: _Found, sort: SortKey, wanted: Wanted) -> list[Place]:
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
