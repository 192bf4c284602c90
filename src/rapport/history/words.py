"""Entries in words: labels of fields, names of the records they lead to as the reader may see them, days and money."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rapport.core import money, written
from rapport.history import tracking
from rapport.history.firsts import first_values
from rapport.history.labels import fields_of, label
from rapport.history.models import Entry

CUSTOM = "custom"
USERS = "identity.user"
# A name that long says enough.
LONGEST_NAME = 120


@dataclass(frozen=True)
class Change:
    """One field, before and after, in words; "" is nothing."""

    field: str
    label: str
    before: str
    after: str


# Tells of custom fields: reader, kind of the record, values before and after.
TellCustom = Callable[[Any, str, Mapping[str, Any], Mapping[str, Any]], list[Change]]
_custom: list[TellCustom] = []


def tell_custom_by(tell: TellCustom) -> None:
    """Have the values of custom fields told by the app that knows their definitions."""
    _custom[:] = [tell]


# Tells of a stored code: the value, and what of its row is known. Raises one of `UNTOLD` for one it does not know.
TellValue = Callable[[Any, Mapping[str, Any]], str]
UNTOLD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_tellers: dict[tuple[str, str], TellValue] = {}


def tell_values_by(tellers: Mapping[tuple[str, str], TellValue]) -> None:
    """Have the values of fields told by those who know what their codes are called; by (kind, field)."""
    _tellers.update(tellers)


class Words:
    """The words for one page of entries, with one query for each kind of record that they name."""

    def __init__(self, entries: Iterable[Entry], *, reader: Any) -> None:
        self._entries = list(entries)
        self._reader = reader
        self._language = (get_language() or "en")[:2]
        self._told: dict[tuple[str, str, str, str], str] = {}
        self._firsts = first_values(self._entries)
        self._rows = self._present_rows()
        self._names = self._names_of_all()

    def user(self, number: int | None) -> str:
        """The name of who did it; "" where that is not known."""
        return self._names.get((USERS, number), "") if number is not None else ""

    def kind(self, entry: Entry) -> str:
        """What kind of record it is."""
        found = tracking.registered().get(entry.kind)
        return str(found.name) if found else entry.kind

    def title(self, entry: Entry, *, root: tuple[str, int] | None = None) -> str:
        """What the record is called; names of the record on whose page it is told are left out."""
        found = tracking.registered().get(entry.kind)
        if found is None or not found.titles:
            return self._names.get((entry.kind, entry.record_id), "")
        row = self._rows.get((entry.kind, entry.record_id)) or (entry.before or {})
        parts = []
        for name in found.titles:
            field = found.model._meta.get_field(name)
            assert isinstance(field, models.Field)
            value = row.get(str(field.column))
            if root is None or (_target(field), value) != root:
                parts.append(self._value(field, value, row))
        return " · ".join(part for part in parts if part)

    def whole(self, entry: Entry) -> tuple[str, int, str] | None:
        """The record that it is a part of, which its title does not name: kind, number, name; None without a name."""
        for kind, number in _wholes(entry):
            name = self._names.get((kind, number))
            if name and kind not in self._titled(entry):
                return kind, number, name
        return None

    @staticmethod
    def _titled(entry: Entry) -> set[str]:
        """The kinds of record that its title names."""
        found = tracking.registered().get(entry.kind)
        return {_target(found.model._meta.get_field(name)) for name in found.titles} if found else set()

    def changes(self, entry: Entry) -> list[Change]:
        """What changed, field by field in the order of the record; of one that was created or removed what it held."""
        before, after = entry.before or {}, self._after(entry)
        told: list[Change] = []
        for column, field in fields_of(entry.kind).items():
            if column not in before and column not in after:
                continue
            if column == CUSTOM:
                told += self._custom_changes(entry, before, after)
                continue
            row = self._rows.get((entry.kind, entry.record_id), {})
            was = self._value(field, before.get(column), row | before)
            became = self._value(field, after.get(column), row | after)
            if was or became:
                told.append(Change(field.name, label(field), was, became))
        return told

    def _after(self, entry: Entry) -> dict[str, Any]:
        """The columns after a change; of a creation those that its title does not tell and that say something."""
        if entry.label != Entry.Label.CREATED:
            return dict(entry.after or {})
        found = tracking.registered()[entry.kind] if entry.pk in self._firsts else None
        if found is None:
            return {}
        told = {*found.titles, found.whole, found.other}
        return {
            column: self._firsts[entry.pk][column]
            for column, field in fields_of(entry.kind).items()
            if field.name not in told and self._firsts[entry.pk].get(column) not in (None, False, 0)
        }

    def _custom_changes(self, entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
        was, became = before.get(CUSTOM) or {}, after.get(CUSTOM) or {}
        return _custom[0](self._reader, entry.kind, was, became) if _custom else []

    def _value(self, field: Any, value: Any, row: Mapping[str, Any]) -> str:
        """A stored value in words."""
        if value is None or value in ("", [], {}):
            return ""
        target = _target(field)
        if target:
            return self._names.get((target, value)) or _("not to be seen, or gone")
        if (field.model._meta.label_lower, field.name) in _tellers:
            return self._called(field, value, row)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.BooleanField):
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        return self._plain(field, value, row)

    def _called(self, field: Any, value: Any, row: Mapping[str, Any]) -> str:
        """A code by its name, asked once a page; one that nobody knows any more as it is stored."""
        kind = str(field.model._meta.label_lower)
        asked = (kind, field.name, repr(value), str(row.get("kind", "")))
        if asked not in self._told:
            try:
                self._told[asked] = _tellers[kind, field.name](value, row)
            except UNTOLD:
                self._told[asked] = ", ".join(_leaves(value)) if isinstance(value, (dict, list)) else str(value)
        return self._told[asked]

    def _plain(self, field: Any, value: Any, row: Mapping[str, Any]) -> str:
        if isinstance(field, models.DateTimeField):
            moment = parse_datetime(str(value))
            return self._moment(moment) if moment else str(value)
        if isinstance(field, models.DateField):
            return written.day(date.fromisoformat(str(value)), language=self._language)
        if isinstance(field, models.DecimalField):
            currency = row.get("currency")
            if isinstance(currency, str) and currency:
                return money.written(Decimal(str(value)), currency=currency, language=self._language)
            return written.number(Decimal(str(value)), language=self._language, digits=6)
        if isinstance(field, models.IntegerField):
            return written.number(value, language=self._language, digits=0)
        if isinstance(field, ArrayField) and field.base_field.choices:
            known = dict(field.base_field.flatchoices)
            return ", ".join(str(known.get(each, each)) for each in value)
        if isinstance(field, models.FloatField):
            return written.number(value, language=self._language, digits=4)
        return ", ".join(_leaves(value)) if isinstance(value, (dict, list)) else str(value)

    def _moment(self, moment: datetime) -> str:
        local = timezone.localtime(moment)
        return f"{written.day(local.date(), language=self._language)} {local:%H:%M}"

    def _present_rows(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The columns that titles and amounts need, of the records as they are now or were last."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in self._entries:
            wanted[entry.kind].add(entry.record_id)
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for kind, numbers in wanted.items():
            known = tracking.registered().get(kind)
            columns = _needed(known) if known else []
            if known and columns:
                for row in known.model._default_manager.filter(pk__in=numbers).values("pk", *columns):
                    found[kind, row["pk"]] = _as_stored(known.model, row)
        for entry in self._entries:
            if entry.label == Entry.Label.REMOVED and entry.before:
                found.setdefault((entry.kind, entry.record_id), entry.before)
        return found

    def _names_of_all(self) -> dict[tuple[str, int], str]:
        """The names of every record that is named, as far as the reader may see it, by kind and id."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in self._entries:
            for kind, number in self._named_by(entry):
                wanted[kind].add(number)
        return {
            (kind, number): name for kind, numbers in wanted.items() for number, name in self._names_in(kind, numbers)
        }

    def _named_by(self, entry: Entry) -> Iterator[tuple[str, int]]:
        """The records that an entry names: who did it, itself, and where its fields lead."""
        if entry.by_id is not None:
            yield USERS, entry.by_id
        known = tracking.registered().get(entry.kind)
        if known and not known.titles:
            yield entry.kind, entry.record_id
        yield from _wholes(entry)
        links = {column: target for column, field in fields_of(entry.kind).items() if (target := _target(field))}
        row = self._rows.get((entry.kind, entry.record_id), {})
        for values in (entry.before or {}, entry.after or {}, self._firsts.get(entry.pk, {}), row):
            yield from ((links[column], values[column]) for column in links if isinstance(values.get(column), int))

    def _names_in(self, kind: str, numbers: set[int]) -> list[tuple[int, str]]:
        rows: Any = apps.get_model(kind)._default_manager
        rows = rows.visible_to(self._reader) if hasattr(rows, "visible_to") else rows.all()
        return [(row.pk, str(row)[:LONGEST_NAME]) for row in rows.filter(pk__in=numbers)]


def _wholes(entry: Entry) -> list[tuple[str, int]]:
    """The kinds and numbers of the records that an entry is about a part of."""
    found = tracking.registered().get(entry.kind)
    numbers = {"whole_id": entry.whole_id, "other_id": entry.other_id}
    named = found.wholes() if found else {}
    return [(kind, number) for kind, column in named.items() if (number := numbers[column]) is not None]


def _target(field: Any) -> str:
    """The kind of record that a field leads to, "" for a plain value."""
    related: Any = getattr(field, "related_model", None)
    return str(related._meta.label_lower) if related else ""


def _leaves(value: Any) -> list[str]:
    """The plain values inside a list or an object, in their order."""
    if isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for each in inner for leaf in _leaves(each)]
    return [] if value is None or value == "" else [str(value)]


def _needed(known: tracking.Tracking) -> list[str]:
    names = set(known.titles)
    if any(field.column == "currency" for field in known.model._meta.local_fields):
        names.add("currency")
    return sorted(names)


def _as_stored(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    """A row of `values()` by columns, its values as the log holds them."""
    columns = {field.name: str(field.column) for field in model._meta.local_fields}
    plain = {columns[name]: value for name, value in row.items() if name != "pk"}
    return {
        column: value.isoformat() if isinstance(value, (date, datetime)) else value for column, value in plain.items()
    }
