"""What is held of a person, by what it is called, and what an erasure does to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from rapport.core import held_files, holders
from rapport.identity.models import User
from rapport.people.holders import PERSON


@dataclass(frozen=True)
class Held:
    """Rows of one sort: how many, and why they stay without the person; without a reason they go."""

    label: str | Promise
    count: int
    stays: str | Promise = ""


def of(ids: tuple[int, ...]) -> list[Held]:
    """Everything worth a word, over all holders and traces."""
    found: dict[str, Held] = {}
    for holder in holders.of(PERSON):
        count = holder.held_by(ids).count() if holder.label else 0
        if count:
            known = found.get(str(holder.label))
            found[str(holder.label)] = Held(holder.label, count + (known.count if known else 0), holder.stays)
    rows = [*found.values(), *(Held(trace.label, trace.count(ids)) for trace in holders.traces())]
    return [row for row in rows if row.count]


@dataclass(frozen=True)
class FileElsewhere:
    """A file of a record that may stay when the person is erased, and what kind of files it is one of."""

    row: Any
    label: str | Promise
    about: str


def files_elsewhere(user: User, ids: tuple[int, ...]) -> Iterator[FileElsewhere]:
    """The files of what happened with a person, of records that the user may see."""
    for kind in held_files.registered():
        if kind.is_own:
            continue
        rows = kind.of(ids)
        records: Any = getattr(kind.model._meta.get_field(kind.record).related_model, "objects", None)
        if hasattr(records, "visible_to"):
            rows = rows.filter(Q(**{f"{kind.record}__in": records.visible_to(user).values("pk")}))
        for row in rows:
            yield FileElsewhere(row, kind.label, str(getattr(row, kind.record)))
