"""What stood there when a form was opened, and what happened to the record since.

The hidden field `version` of a form says `5-1234`: the version of the record, 0 where it has none, and the number of
the newest entry of its history. By the first an action tells that someone else saved, the second tells what they did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Max, Model, QuerySet

from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.web.parts import version_of

# The version a form was opened with, and the one before where two texts were chosen between.
VERSION, BEFORE = "version", "version_before"
MOST_ENTRIES = 200


class VersionField(forms.Field):
    """What a form was opened on, as `token` says it; gives the version, 0 for anything else."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> int:
        """The version alone."""
        return version_of(str(value))


@dataclass(frozen=True, kw_only=True)
class Since:
    """What the history tells since a form was opened: who saved, when last, and the columns of the record that changed,
    as they were then; None where that is not known.
    """

    by: tuple[User, ...] = ()
    at: datetime | None = None
    columns: Mapping[str, Any] | None = None


def token(record: Model, *, parts: Sequence[str] = ()) -> str:
    """What the hidden field says of a record that is shown now; `parts` are kinds of records that belong to it."""
    newest = [_of(record).aggregate(last=Max("pk"))["last"]]
    newest += [_of_part(record, kind).aggregate(last=Max("pk"))["last"] for kind in parts]
    return f"{getattr(record, VERSION, 0)}-{max(number or 0 for number in newest)}"


def since(record: Model, sent: str, *, parts: Sequence[str] = ()) -> Since:
    """What happened to the record, and to its `parts`, after the form was opened that sent this."""
    last = _entry_of(sent)
    if last is None:
        return Since()
    own = list(_of(record).filter(label=Entry.Label.CHANGED, pk__gt=last).order_by("-pk")[: MOST_ENTRIES + 1])
    entries = [*own, *(entry for kind in parts for entry in part_entries(record, kind, sent))]
    entries.sort(key=lambda entry: -entry.pk)
    columns: dict[str, Any] = {}
    for entry in own:
        names = {*(entry.before or {}), *(entry.after or {})}
        columns |= {name: (entry.before or {}).get(name) for name in names}
    is_whole = len(own) <= MOST_ENTRIES
    return Since(
        by=_users(entries), at=entries[0].at if entries else None, columns=columns if is_whole else None
    )  # fmt: skip


def part_entries(record: Model, kind: str, sent: str) -> list[Entry]:
    """What happened since to the parts of that kind, the first change first; nothing where that is not known."""
    last = _entry_of(sent)
    return [] if last is None else list(_of_part(record, kind).filter(pk__gt=last).order_by("pk")[:MOST_ENTRIES])


def opened_on(data: Mapping[str, Any]) -> str:
    """What the form that was sent had been opened on, before two texts were chosen between."""
    return str(data.get(BEFORE) or data.get(VERSION) or "")


def _of(record: Model) -> QuerySet[Entry]:
    return Entry.objects.filter(kind=record._meta.label_lower, record_id=record.pk)


def _of_part(record: Model, kind: str) -> QuerySet[Entry]:
    return Entry.objects.filter(kind=kind, whole_id=record.pk)


def _entry_of(sent: str) -> int | None:
    number = sent.partition("-")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def _users(entries: Iterable[Entry]) -> tuple[User, ...]:
    numbers = [entry.by_id for entry in entries if entry.by_id]
    users = User.objects.in_bulk(set(numbers))
    return tuple(users[number] for number in dict.fromkeys(numbers) if number in users)
