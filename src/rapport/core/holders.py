"""Who holds a person or a company: every foreign key to one, and what becomes of its rows at a merge or an erasure.

People know nothing of deals; so each app tells in its `holders.py` which of its columns point at a record that can be
merged, and `config/wiring.py` registers them. A merge calls `repoint` of every holder, an erasure `erase`, both inside
the caller's transaction; what a merge did to the rows is seen by `core/moving.py`. A test walks all foreign keys and
fails where one has no holder. What is kept of a person without a foreign key (the copies an import keeps) is a `Trace`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

Ids = list[int]


@dataclass(frozen=True)
class Same:
    """When two rows say one thing: they agree in these columns, among rows that meet `among`.

    The kept record's row stays, and takes over what it lacks in `fills`.
    """

    columns: tuple[str, ...]
    among: dict[str, Any] = field(default_factory=dict)
    fills: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A foreign key to a person or a company.

    `column` is `app.Model.field`; `same` says which of its rows may stand only once. `other_end` is the column of a
    row's other end of the same kind. With `forgotten` an erasure empties the column, else it removes the row; `yields`
    names the triggers (`app.Model:trigger`) that otherwise keep history from being deleted. `after` is told the ids of
    the rows that moved. `label` counts the rows for people; without one they are not worth a word. `through` names the
    column that leads to the record which tells what such a row is about, and says who may see it; empty: the row
    itself; with `only_named` an archive of somebody's data names that record and tells nothing else of it. `stays` says
    why a row stays when the person is erased. `parts` are the columns by which further rows belong to such a row
    (`commerce.OrderLine.order`) and are told in the archive with it.
    """

    column: str
    label: str | Promise = ""
    same: tuple[Same, ...] = ()
    other_end: str = ""
    forgotten: bool = False
    yields: tuple[str, ...] = ()
    after: Callable[[Ids], None] | None = None
    through: str = ""
    only_named: bool = False
    stays: str | Promise = ""
    parts: tuple[str, ...] = ()

    @property
    def model(self) -> type[Model]:
        """The model whose column it is."""
        app, name, _field = self.column.split(".")
        return apps.get_model(app, name)

    @property
    def name(self) -> str:
        """The field, without its model."""
        return self.column.rpartition(".")[2]

    @property
    def steps(self) -> tuple[str, ...]:
        """The foreign keys that `through` goes along, one by one."""
        return tuple(self.through.split("__")) if self.through else ()

    def about(self, row: Any) -> Any:
        """The record that tells what a row is about; None where the row names none."""
        for name in self.steps:
            row = getattr(row, name)
        return row

    def held(self, pk: int) -> QuerySet[Any]:
        """The rows that point at the record."""
        return self.model._base_manager.filter(**{self.name: pk})

    def held_by(self, ids: Iterable[int]) -> QuerySet[Any]:
        """The rows that point at any of the records; there is at least one."""
        return reduce(or_, (self.held(pk) for pk in ids))

    def repoint(self, *, kept: int, gone: int, at: datetime) -> None:
        """Give the rows of the gone record to the kept one, so that nothing points at the gone one any more."""
        self.remove(self._between(kept, gone))
        for same in self.same:
            self.remove(self._said_twice(same, kept, gone))
        rows = self.held(gone)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(**{self.name: kept})
        if ids and self.after:
            self.after(ids)

    def erase(self, pk: int) -> int:
        """Let go of a record that is erased, and say how many rows that touched."""
        with self._yielding():
            if self.forgotten:
                return self.held(pk).update(**{self.name: None})
            return self.held(pk).delete()[0]

    def remove(self, ids: set[int]) -> None:
        """Take rows away."""
        if ids:
            with self._yielding():
                self.model._base_manager.filter(pk__in=ids).delete()

    def _yielding(self) -> AbstractContextManager[None]:
        """History may be deleted meanwhile."""
        return pgtrigger.ignore(*self.yields) if self.yields else nullcontext()

    def _between(self, kept: int, gone: int) -> set[int]:
        """Rows that tie the two records to each other."""
        if not self.other_end:
            return set()
        rows = self.model._base_manager
        one = rows.filter(**{self.name: gone, self.other_end: kept})
        other = rows.filter(**{self.name: kept, self.other_end: gone})
        return {*one.values_list("pk", flat=True), *other.values_list("pk", flat=True)}

    def _said_twice(self, same: Same, kept: int, gone: int) -> set[int]:
        """Rows of the gone record that the kept one has alike."""
        names = [str(getattr(self.model._meta.get_field(name), "attname", name)) for name in same.columns]
        known = {_values(row, names): row for row in self.held(kept).filter(**same.among)}
        found: set[int] = set()
        for row in self.held(gone).filter(**same.among) if known else ():
            twin = known.get(_values(row, names))
            if twin is not None:
                _take_over(twin, row, same.fills)
                found.add(row.pk)
        return found


def _values(row: Model, names: list[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _take_over(twin: Model, row: Model, names: tuple[str, ...]) -> None:
    """Fill what the kept row does not say with what the other one does."""
    lacking = [name for name in names if not getattr(twin, name) and getattr(row, name)]
    for name in lacking:
        setattr(twin, name, getattr(row, name))
    if lacking:
        twin.save(update_fields=lacking)


@dataclass(frozen=True)
class Erased:
    """Who is erased: the ids of the record and of those merged into it, and the rows that went with them, by table."""

    ids: tuple[int, ...]
    removed: Mapping[str, Ids] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Something kept of people without a foreign key, under a name of its own.

    `count` says how much there is of the people with these ids, `forget` takes it away.
    """

    code: str
    label: str | Promise
    count: Callable[[tuple[int, ...]], int]
    forget: Callable[[Erased], int]


_registered: dict[str, list[Holder]] = {}
_traces: dict[str, Trace] = {}


def register(kind: str, *holders: Holder) -> None:
    """Name the holders of a kind of record (`people.Person`); one of the same column takes the place of an earlier."""
    known = {holder.column: holder for holder in _registered.get(kind, [])}
    _registered[kind] = list((known | {holder.column: holder for holder in holders}).values())


def of(kind: str) -> list[Holder]:
    """Every holder of a kind of record, in the order in which they were named."""
    return list(_registered.get(kind, []))


def register_traces(*traces: Trace) -> None:
    """Name what is kept without a foreign key."""
    _traces.update({trace.code: trace for trace in traces})


def traces() -> list[Trace]:
    """Everything kept without a foreign key."""
    return list(_traces.values())


def as_stored(model: type[Model], ids: Collection[int]) -> dict[int, str]:
    """The rows by their ids as JSON, as the database holds them; one query."""
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(getattr(model._meta.pk, "column", "id")))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, to_jsonb(t)::text FROM {table} t WHERE {key} = ANY(%s)", [list(ids)])  # noqa: S608
        return dict(cursor.fetchall())
