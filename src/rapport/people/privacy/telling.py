"""The rows of an archive in words, for whoever reads the page of it: what columns are called, choices, names, days."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.core import held_files, holders, written
from rapport.fields import queries
from rapport.fields.definitions import TARGETS, Definition
from rapport.fields.shown import shown
from rapport.history import tracking
from rapport.history.labels import label
from rapport.history.models import Entry
from rapport.history.words import CUSTOM, Words
from rapport.identity.models import User
from rapport.people.holders import PERSON

Section = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One line of a row; `link` leads to a file of the archive."""

    label: str
    value: str
    link: str = ""


def readable(sections: list[Section], *, reader: User) -> list[dict[str, Any]]:
    """Each section with its title and its rows in the language in force, names as the reader may see them."""
    labels = {each.column: each.label for each in holders.of(PERSON)}
    labels |= {each.column: each.label for each in held_files.registered()}
    found = []
    for section in sections:
        title = str(labels.get(section["column"]) or _title(section["model"]))
        found.append({"title": title, "rows": _rows(section, reader)})
    return found


def _title(model: str) -> str:
    known = tracking.registered().get(model.lower())
    return str(known.name) if known else capfirst(str(apps.get_model(model)._meta.verbose_name))


def _rows(section: Section, reader: User) -> list[list[Said]]:
    rows: list[Row] = section["rows"]
    if section["column"] in {each.column for each in held_files.registered()}:
        return [_file(row) for row in rows]
    own = _told(section["model"], rows, reader)
    about = [row.get("about") for row in rows]
    if not section.get("about"):
        return [
            [*told, *([Said(_("About"), str(each))] if _is_news(each, told) else [])]
            for told, each in zip(own, about, strict=True)
        ]
    wholes = _told(section["about"], [each or {} for each in about], reader)
    return [[*told, *whole] for told, whole in zip(own, wholes, strict=True)]


def _is_news(about: Any, told: list[Said]) -> bool:
    """Whether what a row is about is a name that the row itself does not tell."""
    return isinstance(about, str) and about not in {each.value for each in told}


def _told(model: str, rows: list[Row], reader: User) -> list[list[Said]]:
    """The rows of a model: as the history would tell of them, and whatever it has no words for."""
    kind = model.lower()
    entries = [
        Entry(kind=kind, record_id=row.get("id", 0), label=Entry.Label.REMOVED, before=_plain(row)) for row in rows
    ]
    words = Words(entries, reader=reader)
    names = {str(field.column): label(field) for field in apps.get_model(model)._meta.local_fields}
    own = _definitions(model) if any(row.get(CUSTOM) for row in rows) else {}
    found = []
    for entry, row in zip(entries, rows, strict=True):
        changes = words.changes(entry)
        said = [Said(change.label, change.before) for change in changes]
        known = {change.field for change in changes}
        found.append([*said, *_own(row, own, known), *_rest(row, names, known)])
    return found


def _definitions(model: str) -> dict[str, Definition]:
    """The own fields of a kind of record, by code, with those that are put away."""
    kinds = {target: kind for kind, target in TARGETS.items()}
    return {each.code: each for each in queries.definitions(kinds[model], retired=True)} if model in kinds else {}


def _own(row: Row, own: dict[str, Definition], known: set[str]) -> list[Said]:
    """The own fields that the reader's role does not see, but the person may."""
    left = {code: value for code, value in (row.get(CUSTOM) or {}).items() if f"{CUSTOM}.{code}" not in known}
    return [
        Said(own[code].label, shown(own[code], value)) if code in own else Said(code, _written(value))
        for code, value in left.items()
    ]


def _rest(row: Row, names: dict[str, str], known: set[str]) -> list[Said]:
    """What the history leaves out: columns of machines; when a row was last written says nothing."""
    found = []
    for column, value in _plain(row).items():
        if column in (CUSTOM, "updated_at", "stage_since", *known) or column.removesuffix("_id") in known:
            continue
        moment = parse_datetime(value) if isinstance(value, str) and column.endswith("_at") else None
        said = _moment(value) if moment else _written(value)
        found.append(Said(names.get(column, column.replace("_", " ")), said))
    return found


def _plain(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ("id", "about")}


def _file(row: Row) -> list[Said]:
    gone = [] if row["file"] else [Said(_("File"), _("It is not on the disk any more."))]
    about = [Said(_("About"), row["about"])] if row.get("about") else []
    removed = [Said(_("Put away"), _moment(row["removed_at"]))] if row.get("removed_at") else []
    size = f"{written.number(row['size'], language=_language(), digits=0)} B"
    return [
        Said(_("Name"), row["name"], row["file"]), *gone, *about, Said(_("Added"), _moment(row["added_at"])), *removed,
        Said(_("Size"), size),
    ]  # fmt: skip


def _moment(text: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(text))
    return f"{written.day(local.date(), language=_language())} {local:%H:%M}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _language() -> str:
    return (get_language() or "en")[:2]
