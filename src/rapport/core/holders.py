"""Who holds a person or a company: every foreign key to one, and what becomes of its rows at a merge or an erasure.

People know nothing of deals; so each app tells in its `holders.py` which of its columns point at a record that can be
merged, and `config/wiring.py` registers them. A merge calls `repoint` of every holder, an erasure `erase`, both inside
the caller's transaction. A test walks all foreign keys and fails where one has no holder.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

Ids = list[int]


@dataclass(frozen=True)
class Moved:
    """What one holder did: the ids of the rows that now belong to the kept record, and the rows it took away.

    A row is taken away where the kept record has one that says the same, or where it tied the two to each other; it is
    given as JSON.
    """

    ids: Ids = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


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
    names the triggers (`app.Model:trigger`) that keep history otherwise. `after` is told the ids of the rows that
    moved. `label` counts the rows for people; without one they are not worth a word.
    """

    column: str
    label: str | Promise = ""
    same: tuple[Same, ...] = ()
    other_end: str = ""
    forgotten: bool = False
    yields: tuple[str, ...] = ()
    after: Callable[[Ids], None] | None = None

    @property
    def model(self) -> type[Model]:
        """The model whose column it is."""
        app, name, _field = self.column.split(".")
        return apps.get_model(app, name)

    @property
    def name(self) -> str:
        """The field, without its model."""
        return self.column.rpartition(".")[2]

    def held(self, pk: int) -> QuerySet[Any]:
        """The rows that point at the record."""
        return self.model._base_manager.filter(**{self.name: pk})

    def repoint(self, *, kept: int, gone: int, at: datetime) -> Moved:
        """Give the rows of the gone record to the kept one, so that nothing points at the gone one any more."""
        removed = self._remove(self._between(kept, gone))
        for same in self.same:
            removed += self._remove(self._said_twice(same, kept, gone))
        rows = self.held(gone)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(**{self.name: kept})
        if ids and self.after:
            self.after(ids)
        return Moved(ids, removed)

    def erase(self, pk: int) -> int:
        """Let go of a record that is erased, and say how many rows that touched."""
        with pgtrigger.ignore(*self.yields) if self.yields else nullcontext():
            if self.forgotten:
                return self.held(pk).update(**{self.name: None})
            return self.held(pk).delete()[0]

    def _remove(self, ids: set[int]) -> list[str]:
        """Take rows away, and give them as they were."""
        removed = [as_stored(self.model, pk) for pk in sorted(ids)]
        self.model._base_manager.filter(pk__in=ids).delete()
        return removed

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


_registered: dict[str, list[Holder]] = {}


def register(kind: str, *holders: Holder) -> None:
    """Name the holders of a kind of record (`people.Person`); one of the same column takes the place of an earlier."""
    known = {holder.column: holder for holder in _registered.get(kind, [])}
    _registered[kind] = list((known | {holder.column: holder for holder in holders}).values())


def of(kind: str) -> list[Holder]:
    """Every holder of a kind of record, in the order in which they were named."""
    return list(_registered.get(kind, []))


def counts(kind: str, pk: int) -> list[tuple[str, int]]:
    """How many rows point at a record, by what they are called; one query for each holder worth a word."""
    found: dict[str, int] = {}
    for holder in of(kind):
        if holder.label:
            label = str(holder.label)
            found[label] = found.get(label, 0) + holder.held(pk).count()
    return [(label, count) for label, count in found.items() if count]


def as_stored(model: type[Model], pk: int) -> str:
    """The row as JSON, as the database holds it."""
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(getattr(model._meta.pk, "column", "id")))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {key} = %s", [pk])  # noqa: S608
        text: str = cursor.fetchone()[0]
    return text
