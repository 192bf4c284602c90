"""What is done with files of records, whichever app they belong to: taken in, put away, fetched back, swept."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, held_files, locks, sniffing, storage
from rapport.core.errors import RapportError, WrongValue
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.timeline.attachments import KeptFile

Row = TypeVar("Row", bound=KeptFile)


class TooMany(RapportError):
    """A record has as many files as it may have."""


@dataclass(frozen=True)
class Files:
    """The files of a record, newest first, and those that were put away."""

    present: list[Any]
    removed: list[Any]


@transaction.atomic
def attach(row: Row, *, name: str, pieces: Iterable[bytes], by: User | None, at: datetime) -> Row:
    """Keep a file as `row`, which names its record and is not saved yet.

    What the file is, is told from its bytes; its name must agree. Raises WrongValue for a file that is empty, too
    large, or not one of those taken; TooMany.
    """
    row.name, row.added_at, row.by = _file_name(name), at, by
    with _coming(pieces) as came:
        row.content_type = _told(row.name, came)
        _check_room(row)
        # An erasure may be about to remove the same bytes.
        locks.until_commit(came.name)
        stored = came.keep()
    row.stored, row.size, row.digest = stored.name, stored.size, stored.digest
    row.save(force_insert=True)
    _note("file_added", row, by=by, at=at)
    return row


@transaction.atomic
def put_away(row: KeptFile, *, by: User, at: datetime) -> bool:
    """Put a file away; False where it is already. It stays until its record goes."""
    return _set_removed(row, at, "file_removed", by=by, at=at)


@transaction.atomic
def fetch_back(row: KeptFile, *, by: User, at: datetime) -> bool:
    """Fetch a file back that was put away; False where it was not."""
    return _set_removed(row, None, "file_restored", by=by, at=at)


def files_of(model: type[KeptFile], field: str, pk: int) -> Files:
    """All files of a record; one query."""
    rows = list(model._default_manager.filter(**{field: pk}).select_related("by").order_by("-added_at", "-pk"))
    return Files([row for row in rows if row.removed_at is None], [row for row in rows if row.removed_at is not None])


def sweep() -> int:
    """Remove the stored files that no record has; gives how many."""
    return storage.sweep(named=held_files.named)


def _set_removed(row: KeptFile, to: datetime | None, code: str, *, by: User, at: datetime) -> bool:
    rows = type(row)._default_manager.filter(pk=row.pk, removed_at__isnull=to is not None)
    if not rows.update(removed_at=to):
        return False
    _note(code, row, by=by, at=at)
    return True


def _note(code: str, row: KeptFile, *, by: User | None, at: datetime) -> None:
    audit.record(
        f"{row._meta.app_label}.{code}", target=getattr(row, row.field), by=by, at=at,
        data={"file": row.pk, "digest": row.digest},
    )  # fmt: skip


def _file_name(name: str) -> str:
    """The last part of a path, whichever slashes it has, short enough, its ending kept."""
    name = tidy(PurePath(name.replace("\\", "/")).name)
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:190]}{dot}{ending[:9]}" if dot else name[:200]


@contextmanager
def _coming(pieces: Iterable[bytes]) -> Iterator[storage.Coming]:
    try:
        with storage.coming(pieces) as came:
            yield came
    except storage.TooLarge as error:
        megabytes = settings.LARGEST_ATTACHMENT // 1000**2
        raise WrongValue("file", _("A file may have at most %(megabytes)s MB.") % {"megabytes": megabytes}) from error


def _told(name: str, came: storage.Coming) -> str:
    """The kind of a file that came in. Raises WrongValue."""
    if not came.size:
        raise WrongValue("file", _("The file is empty."))
    content_type = sniffing.content_type(came.path.read_bytes())
    if not content_type:
        said = _("This kind of file is not taken: programs, files with macros, and whatever is not known here.")
        raise WrongValue("file", said)
    if not sniffing.fits(name, content_type):
        endings = ", ".join(sniffing.ENDINGS[content_type])
        said = _("The name of the file does not fit what is in it (expected: %(endings)s).")
        raise WrongValue("file", said % {"endings": endings})
    return content_type


def _check_room(row: KeptFile) -> None:
    """Raises TooMany. The record is locked, so that two uploads at once do not both take the last place."""
    record = getattr(row, row.field)
    type(record)._base_manager.select_for_update().get(pk=record.pk)
    if type(row)._default_manager.filter(**{row.field: record.pk}).count() >= settings.MOST_ATTACHMENTS:
        most = settings.MOST_ATTACHMENTS
        raise TooMany(_("A record has at most %(most)s files, those put away included.") % {"most": most})
