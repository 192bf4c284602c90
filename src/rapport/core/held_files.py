"""The files that are kept of people: which rows of which app name them, and what becomes of their bytes.

People know nothing of orders; so each app tells in its `holders.py` how its files lead to a person, and
`config/wiring.py` registers that.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from rapport.core import locks, storage


@dataclass(frozen=True, kw_only=True)
class FilesOf:
    """Files of one kind of record that are about people.

    `column` is the foreign key of the file to its record, `app.Model.field`; `path` leads from the file to the person,
    `order__person`.
    """

    column: str
    label: str | Promise
    path: str

    @property
    def model(self) -> type[Model]:
        """The model of the files."""
        app, name, _field = self.column.split(".")
        return apps.get_model(app, name)

    @property
    def record(self) -> str:
        """The foreign key to the record that the file belongs to."""
        return self.column.rpartition(".")[2]

    @property
    def is_own(self) -> bool:
        """Whether the file belongs to the person and to nothing that happened with them."""
        return self.record == self.path

    def of(self, ids: Collection[int]) -> QuerySet[Any]:
        """The files of the people with these ids, each once, with their record, the oldest first."""
        known = self.model._base_manager.filter(**{f"{self.path}__in": list(ids)}).order_by().values("pk")
        return self.model._base_manager.filter(pk__in=known).select_related(self.record).order_by("added_at", "pk")


_registered: dict[str, FilesOf] = {}


def register(*files: FilesOf) -> None:
    """Name files that are about people; one of the same column takes the place of an earlier."""
    _registered.update({each.column: each for each in files})


def registered() -> list[FilesOf]:
    """Every kind of files about people, in the order in which they were named."""
    return list(_registered.values())


def stored_of(ids: Collection[int]) -> set[str]:
    """What the stored files of these people are called."""
    return {name for each in registered() for name in each.of(ids).values_list("stored", flat=True)}


def named(stored: Iterable[str]) -> set[str]:
    """Which of these stored files some row of any app names."""
    wanted = list(stored)
    found: set[str] = set()
    for model in _models():
        found |= set(model._base_manager.filter(stored__in=wanted).values_list("stored", flat=True))
    return found


def let_go(stored: Iterable[str]) -> int:
    """Remove those that no row names any more, at once, with their pictures; gives how many.

    Whoever brings the same bytes meanwhile either waits or is waited for, so that no row loses its file.
    """
    count = 0
    for name in sorted(set(stored)):
        with transaction.atomic():
            locks.until_commit(name)
            if not named([name]):
                count += storage.remove(name)
    return count


@cache
def _models() -> tuple[type[Model], ...]:
    """The models whose rows name stored files by their digest."""
    wanted = {"stored", "digest"}
    return tuple(each for each in apps.get_models() if wanted <= {field.name for field in each._meta.local_fields})
