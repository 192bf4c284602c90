"""What is told of changes: those of one record and its parts, and those that an administrator looks for."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from rapport.core.acting import Through
from rapport.core.models import AuditEntry
from rapport.history import tracking
from rapport.history.firsts import UNNOTED
from rapport.history.loads import IMPORTS, counts, loads
from rapport.history.models import Entry
from rapport.history.words import Change, Words

PAGE_SIZE = 30
# So many entries are looked at for what no index tells (a field, a text), before the page says how far it came.
LOOKED_AT = 50_000
# A statement is dated when it begins and numbered as it goes: none takes longer than this.
LONGEST_STATEMENT = timedelta(hours=2)
# Before the code of a field of the company's own, which is kept inside of a column.
OWN = "custom."


@dataclass(frozen=True, kw_only=True)
class Version:
    """What was done to a record at one instant: by whom, through what, field by field.

    `number` is None for a creation that is told by the record itself; `whole` is the kind, number and name of the
    record that it is a part of, where neither its title nor the page says that.
    """

    number: int | None
    at: datetime
    label: str
    by: str
    by_id: int | None
    through: str
    what: str
    kind: str
    kind_name: str
    record_id: int
    title: str
    changes: list[Change]
    whole: tuple[str, int, str] | None = None


@dataclass(frozen=True)
class Versions:
    """One page of versions, newest first, and the cursor of the next, "" on the last.

    `looked_back_to` is set where the search stopped before it had looked at everything.
    """

    rows: list[Version]
    next_cursor: str
    looked_back_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an administrator looks for; "" and None leave open. `by_id` 0 means: by nobody known."""

    by_id: int | None = None
    kind: str = ""
    record_id: int | None = None
    label: str = ""
    column: str = ""
    through: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    without: frozenset[str] = field(default_factory=frozenset)

    @property
    def tells_of_creations(self) -> bool:
        """Whether a creation answers what is asked."""
        return not (self.column or self.text) and self.label in ("", Entry.Label.CREATED.value)

    @property
    def tells_loads(self) -> bool:
        """Whether whole imports answer what is asked."""
        return self.tells_of_creations and not self.kind and self.through in ("", Through.IMPORT.value)

    @property
    def is_one_record(self) -> bool:
        """Whether the changes of one record are asked for, its creation among them."""
        return self.tells_of_creations and bool(self.kind) and self.record_id is not None

    @property
    def is_scanned(self) -> bool:
        """Whether rows must be looked at one by one."""
        return bool(self.column or self.through or self.text or self.label or self.by_id == 0)


def versions(
    model: type[models.Model], pk: int, *, reader: Any, cursor: str = "", size: int = PAGE_SIZE, loose: bool = False
) -> Versions:
    """The changes of a record and of its parts, newest first, as the reader may see them; its creation comes last.

    With `loose` those of its talks and tasks, too.

    The caller has let the reader in through the door of the record.
    """
    root = (model._meta.label_lower, pk)
    entries = _newest(root, before=_number(cursor), size=size + 1, loose=loose)
    more, entries = len(entries) > size, entries[:size]
    told = _told(_seen(entries, root, reader), reader=reader, root=root)
    if more:
        return Versions(told, str(entries[-1].pk))
    first = _first_version(model, pk, reader=reader)
    return Versions(told + first, "")


def search(asked: Asked, *, reader: Any, cursor: str = "", size: int = PAGE_SIZE) -> Versions:
    """The changes that fit, newest first. What no index knows is looked for in so many entries at a time."""
    rows = _indexed(asked)
    before = _number(cursor)
    if before:
        rows = rows.filter(pk__lt=before)
    last: Entry | None = None
    if asked.is_scanned:
        last = rows.only("pk", "at").order_by("-pk")[LOOKED_AT : LOOKED_AT + 1].first()
        rows = _scanned(rows.filter(pk__gt=last.pk) if last else rows, asked)
    entries = list(rows.order_by("-pk")[: size + 1])
    more, entries = len(entries) > size, entries[:size]
    told = _told(entries, reader=reader)
    following = str(entries[-1].pk) if more else str(last.pk + 1) if last else ""
    if asked.tells_loads:
        told += _loads(asked, reader=reader, before=_edge(cursor), since=_edge(following))
        told.sort(key=lambda version: version.at, reverse=True)
    elif asked.is_one_record and not following:
        told += _unnoted(asked, reader=reader)
    return Versions(told, following, last.at if last and not more else None)


def _edge(cursor: str) -> datetime | None:
    """The instant at which the pages before and behind a cursor meet."""
    number = _number(cursor)
    return Entry.objects.filter(pk__gte=number).order_by("pk").values_list("at", flat=True).first() if number else None


def _loads(asked: Asked, *, reader: Any, before: datetime | None, since: datetime | None) -> list[Version]:
    """The imports between two pages, each as the creation of many."""
    bounds = (("gte", asked.since), ("lt", asked.until), ("gte", since), ("lt", before))
    found = loads(by_id=asked.by_id, bounds=bounds)
    words = Words([Entry(label=Entry.Label.CREATED, kind=IMPORTS, record_id=0, by_id=each.by_id) for each in found],
                  reader=reader)  # fmt: skip
    return [
        Version(
            number=None, at=each.at, label=Entry.Label.CREATED, by=words.user(each.by_id), by_id=each.by_id,
            through=Through.IMPORT.value, what=f"import {each.target_id}", kind=IMPORTS,
            kind_name=str(Entry.Way.IMPORT.label), record_id=each.target_id, title="", changes=counts(each),
        )
        for each in found
    ]  # fmt: skip


def _unnoted(asked: Asked, *, reader: Any) -> list[Version]:
    """The creation of the one record that is asked for, where no entry tells it."""
    known = tracking.registered().get(asked.kind)
    if known is None or asked.record_id is None or asked.kind in asked.without:
        return []
    return [
        each for each in _first_version(known.model, asked.record_id, reader=reader)
        if asked.through in ("", each.through) and asked.by_id in (None, each.by_id or 0)
        and (asked.since is None or each.at >= asked.since) and (asked.until is None or each.at < asked.until)
    ]  # fmt: skip


def _number(cursor: str) -> int | None:
    return int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 19 else None


def _newest(root: tuple[str, int], *, before: int | None, size: int, loose: bool) -> list[Entry]:
    """The newest entries of a record and its parts: a few short walks along an index, put together."""
    kind, pk = root
    sets = [Q(kind=kind, record_id=pk)]
    for part in tracking.registered().values():
        wholes = {} if part.loose and not loose else part.wholes()
        if kind in wholes:
            sets.append(Q(kind=part.kind, **{wholes[kind]: pk}))
        for middle, column in wholes.items():
            between = tracking.registered().get(middle)
            if between and kind in between.wholes() and middle != kind:
                sets.append(Q(kind=part.kind, **{f"{column}__in": _numbers_of(between, kind, pk)}))
    rows = Entry.objects.filter(pk__lt=before) if before else Entry.objects.all()
    each = [rows.filter(condition).order_by("-pk")[:size] for condition in sets]
    if len(each) == 1:
        return list(each[0])
    together: QuerySet[Entry] = each[0].union(*each[1:], all=True)
    return list(together.order_by("-pk")[:size])


def _numbers_of(part: tracking.Tracking, kind: str, pk: int) -> list[int]:
    """The numbers of the parts of one kind that a record has now."""
    name = part.whole if part.wholes()[kind] == "whole_id" else part.other
    return list(part.model._default_manager.filter(**{name: pk}).values_list("pk", flat=True))


def _seen(entries: list[Entry], root: tuple[str, int], reader: Any) -> list[Entry]:
    """Without the parts that have a reach of their own and are out of the reader's."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.kind != root[0]:
            wanted[entry.kind].add(entry.record_id)
    hidden: set[tuple[str, int]] = set()
    for kind, numbers in wanted.items():
        rows: Any = apps.get_model(kind)._default_manager
        if hasattr(rows, "visible_to"):
            seen = set(rows.visible_to(reader).filter(pk__in=numbers).values_list("pk", flat=True))
            hidden |= {(kind, number) for number in numbers - seen}
    return [entry for entry in entries if (entry.kind, entry.record_id) not in hidden]


def _told(entries: list[Entry], *, reader: Any, root: tuple[str, int] | None = None) -> list[Version]:
    words = Words(entries, reader=reader)
    told = []
    for entry in entries:
        is_root = root == (entry.kind, entry.record_id)
        changes = words.changes(entry)
        if entry.label == Entry.Label.CHANGED and not changes:
            continue
        told.append(
            Version(
                number=entry.pk, at=entry.at, label=entry.label, by=words.user(entry.by_id), by_id=entry.by_id,
                through=entry.through, what=entry.what, kind=entry.kind, kind_name=words.kind(entry),
                record_id=entry.record_id, title="" if is_root else words.title(entry, root=root), changes=changes,
                whole=None if root else words.whole(entry),
            )
        )  # fmt: skip
    return told


def _first_version(model: type[models.Model], pk: int, *, reader: Any) -> list[Version]:
    """That the record came up, told by the record itself where no entry does: it was imported, or is older."""
    kind = model._meta.label_lower
    names = {each.name for each in model._meta.local_fields}
    if "recorded_at" not in names or Entry.objects.filter(kind=kind, record_id=pk, label=Entry.Label.CREATED).exists():
        return []
    record: Any = model._default_manager.filter(pk=pk).first()
    if record is None:
        return []
    batch = record.batch
    loaded = AuditEntry.objects.filter(target_kind=IMPORTS, target_id=batch).order_by("pk").first() if batch else None
    by_id = loaded.by_id if loaded else None
    made = Entry(pk=UNNOTED, label=Entry.Label.CREATED, kind=kind, record_id=pk, by_id=by_id)
    words = Words([made], reader=reader)
    return [
        Version(
            number=None, at=record.recorded_at, label=Entry.Label.CREATED, by=words.user(by_id), by_id=by_id,
            through=Through.IMPORT.value if batch else "", what=f"import {batch}" if batch else "", kind=kind,
            kind_name=words.kind(made), record_id=pk, title="", changes=words.changes(made),
        )
    ]  # fmt: skip


def _indexed(asked: Asked) -> QuerySet[Entry]:
    """Narrowed by what an index knows."""
    rows = Entry.objects.all()
    if asked.by_id:
        rows = rows.filter(by_id=asked.by_id)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.kind and asked.record_id is not None:
        rows = rows.filter(record_id=asked.record_id)
    if asked.without:
        rows = rows.exclude(kind__in=asked.without)
    if asked.since:
        first = Entry.objects.filter(at__gte=asked.since - LONGEST_STATEMENT).order_by("at", "pk").first()
        rows = rows.filter(at__gte=asked.since, pk__gte=first.pk) if first else rows.none()
    if asked.until:
        last = Entry.objects.filter(at__lt=asked.until + LONGEST_STATEMENT).order_by("-at", "-pk").first()
        rows = rows.filter(at__lt=asked.until, pk__lte=last.pk) if last else rows.none()
    return rows


def _scanned(rows: QuerySet[Entry], asked: Asked) -> QuerySet[Entry]:
    """Narrowed by what must be looked at row by row."""
    if asked.by_id == 0:
        rows = rows.filter(by_id__isnull=True)
    if asked.label:
        rows = rows.filter(label=asked.label)
    if asked.through:
        rows = rows.filter(through=asked.through)
    if asked.column.startswith(OWN):
        code = asked.column.removeprefix(OWN)
        differs = "(before -> 'custom' -> %s) IS DISTINCT FROM (after -> 'custom' -> %s)"
        rows = rows.filter(Q(RawSQL(differs, (code, code), output_field=models.BooleanField())))  # noqa: S611
    elif asked.column:
        rows = rows.filter(Q(before__has_key=asked.column) | Q(after__has_key=asked.column))
    return reduce(lambda found, word: found.filter(_says(word)), asked.text.split(), rows)


def _says(word: str) -> Q:
    """Whether a value before or after holds the word."""
    sought = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    sql = "EXISTS (SELECT FROM jsonb_each_text({}) said WHERE said.value ILIKE %s)"
    either = f"({sql.format('before')} OR {sql.format('after')})"
    return Q(RawSQL(either, (f"%{sought}%",) * 2, output_field=models.BooleanField()))  # noqa: S611
