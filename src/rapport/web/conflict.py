"""Two people saved the same record: both texts side by side, field by field, and nothing that was typed is lost.

A form's view says `changes=conflict.kept(request, form.values())` to its action, and where `form.is_conflict` gives
`conflict.page`. What only one of the two changed is settled by itself: the history of the record tells who changed
what since the form was opened; only what both changed, or what nobody can tell, is asked.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.fields.definitions import PREFIX
from rapport.fields.shown import shown
from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.web.custom.fields import OwnField
from rapport.web.numbers import typed
from rapport.web.people.forms import BEFORE, VERSION, SaysWhatIsWrong
from rapport.web.templatetags.look import on_day, when

KEEP = "keep."
MINE, THEIRS = "mine", "theirs"
MOST_ENTRIES = 50
Pieces = list[tuple[str, bool]]
InitialOf = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """What one of the two wrote in a field, with the pieces in which it differs from the other."""

    pieces: Pieces

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(text for text, _differs in self.pieces)


@dataclass(frozen=True)
class Field:
    """A field in which the two differ, and which of them is to be kept."""

    name: str
    label: str
    mine: Side
    theirs: Side
    choice: str

    @property
    def asked(self) -> str:
        """The name of the choice in the form."""
        return KEEP + self.name


@dataclass(frozen=True, kw_only=True)
class Since:
    """What the history tells of the time since the form was opened; `columns` as they were then, None: not known."""

    by: tuple[User, ...] = ()
    at: datetime | None = None
    columns: Mapping[str, Any] | None = None


def kept(request: HttpRequest, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes without the fields in which the other's text was chosen."""
    dropped = {
        name.removeprefix(KEEP) for name, value in request.POST.items() if name.startswith(KEEP) and value == THEIRS
    }
    found = {name: value for name, value in changes.items() if name not in dropped}
    if "custom" in found:
        found["custom"] = {code: value for code, value in found["custom"].items() if PREFIX + code not in dropped}
    return found


def page(request: HttpRequest, form: SaysWhatIsWrong, record: Any, *, initial_of: InitialOf, back: str) -> HttpResponse:
    """The page on which one chooses, field by field; it sends the same form again, on the version there is now."""
    fresh = type(record)._default_manager.get(pk=record.pk)
    custom = {PREFIX + code: value for code, value in getattr(fresh, "custom", {}).items()}
    initial = initial_of(fresh) | custom
    since = _since(fresh, form.cleaned_data.get(VERSION) or 0)
    differing = [name for name in form.fields if _differs(form, name, initial.get(name))]
    only_mine, only_theirs = _settled(form, fresh, differing, since)
    asked = [name for name in differing if name not in only_mine and name not in only_theirs]
    context = {
        "form": form, "record": fresh, "back": back, "version": fresh.version, "since": since,
        "version_before": request.POST.get(BEFORE) or form.data.get(VERSION, ""),
        "asked": [_field(request, form, name, initial.get(name)) for name in asked],
        "only_mine": [_field(request, form, name, initial.get(name)) for name in only_mine],
        "only_theirs": [_field(request, form, name, initial.get(name)) for name in only_theirs],
        "carried": _carried(request),
    }  # fmt: skip
    return render(request, "conflict.html", context, status=409)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything that was typed, as it was sent."""
    ours = ("csrfmiddlewaretoken", VERSION, BEFORE)
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ours and not name.startswith(KEEP)
        for value in values
    ]


def _differs(form: forms.Form, name: str, theirs: Any) -> bool:
    """Whether what was typed is something else than what stands there now."""
    field = form.fields[name]
    return name != VERSION and not field.disabled and _is_other(form, name, theirs)


def _is_other(form: forms.Form, name: str, value: Any) -> bool:
    """Whether what was typed is something else than this value."""
    field = form.fields[name]
    if isinstance(field, OwnField):
        return bool(form.cleaned_data.get(name) != value)
    return bool(field.has_changed(value, form[name].data))


def _since(record: Any, version: int) -> Since:
    """What happened to the record since that version: each save is one entry of its history and one version more."""
    saves = record.version - version
    if not version or not 0 < saves <= MOST_ENTRIES:
        return Since()
    rows = Entry.objects.filter(kind=record._meta.label_lower, record_id=record.pk, label=Entry.Label.CHANGED)
    entries = list(rows.order_by("-pk")[:saves])
    users = User.objects.in_bulk({entry.by_id for entry in entries if entry.by_id})
    columns: dict[str, Any] = {}
    for entry in entries:
        names = {*(entry.before or {}), *(entry.after or {})}
        columns |= {name: (entry.before or {}).get(name) for name in names}
    by = tuple(dict.fromkeys(users[entry.by_id] for entry in entries if entry.by_id in users))
    is_whole = len(entries) == saves
    return Since(by=by, at=entries[0].at if entries else None, columns=columns if is_whole else None)


def _settled(form: forms.Form, record: Any, differing: Iterable[str], since: Since) -> tuple[list[str], list[str]]:
    """Fields that only one of the two changed: those of mine, those of theirs."""
    if since.columns is None:
        return [], []
    mine, theirs = [], []
    for name in differing:
        is_theirs, before = _before(record, name, since.columns)
        if not is_theirs:
            mine.append(name)
        elif not _is_other(form, name, before):
            theirs.append(name)
    return mine, theirs


def _before(record: Any, name: str, columns: Mapping[str, Any]) -> tuple[bool, Any]:
    """Whether others changed the field since, and what it said before they did."""
    if name.startswith(PREFIX):
        code = name.removeprefix(PREFIX)
        was = (columns.get("custom") or {}).get(code)
        return "custom" in columns and was != record.custom.get(code), was
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist:
        return True, None
    if field.column not in columns:
        return False, None
    was = columns[field.column]
    with suppress(ValidationError, TypeError, ValueError):
        was = field.to_python(was)
    return True, was


def _field(request: HttpRequest, form: forms.Form, name: str, theirs: Any) -> Field:
    field = form.fields[name]
    mine_said, theirs_said = said(field, form.cleaned_data.get(name)), said(field, theirs)
    mine, other = _pieces(mine_said, theirs_said)
    choice = THEIRS if request.POST.get(KEEP + name) == THEIRS else MINE
    return Field(name, str(field.label or name), Side(mine), Side(other), choice)


def said(field: forms.Field, value: Any) -> str:
    """The value of a field in words; nothing is empty."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, OwnField):
        return str(shown(field.definition, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ModelChoiceField) and not hasattr(value, "pk"):
        value = field.queryset.filter(pk=value).first() if field.queryset is not None else value
    elif isinstance(field, forms.ChoiceField):
        flat = dict(_flat(cast(Iterable[Any], field.choices)))
        value = flat.get(value, flat.get(str(value), value))
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return str(when(value))
    if isinstance(value, date):
        return str(on_day(value))
    return typed(value) if isinstance(value, Decimal) else str(value)


def _flat(choices: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += list(label) if isinstance(label, list | tuple) else [(value, label)]
    return found


def _pieces(mine: str, theirs: str) -> tuple[Pieces, Pieces]:
    """Both texts word by word, each word with whether the other lacks it."""
    one, other = re.findall(r"\s+|\S+", mine), re.findall(r"\s+|\S+", theirs)
    left: Pieces = []
    right: Pieces = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        is_different = what != "equal"
        if a < b:
            left.append(("".join(one[a:b]), is_different))
        if c < d:
            right.append(("".join(other[c:d]), is_different))
    return left, right
