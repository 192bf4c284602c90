"""Everything that is held of a person, as a ZIP: `data.json` for machines, a page in each language for people.

The rows come from the holders, as the database holds them, with the record they are about (the interaction of who took
part in it, the deal of a place on its committee). Names of other customers are left as they are in texts about what the
person took part in; rows about others are not in it.
"""

import json
import zipfile
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import capfirst

from rapport.core import audit, holders
from rapport.identity.models import User
from rapport.people.holders import COMPANY, PERSON
from rapport.people.models import Person, PrivacyRequest
from rapport.people.privacy import files, identity

LANGUAGES = ("vi", "en")
# Derived, or of no meaning outside of this database.
LEFT_OUT = {"sort_name", "search_text", "version", "batch"}
MOST_ROWS = 50_000


def build(*, request: PrivacyRequest, at: datetime) -> str:
    """Write the archive of a request's person; gives its name below the folder of archives."""
    person = Person.objects.get(pk=request.person_id or 0)
    sections = gathered(person)
    name, place = files.fresh()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as pack:
        place.chmod(0o600)
        data = {"made_at": at.isoformat(), "person": person.pk, "sections": sections}
        pack.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        for language in LANGUAGES:
            with translation.override(language):
                context = {"person": person, "at": at, "sections": _readable(sections), "language": language}
                pack.writestr(f"data.{language}.html", render_to_string("privacy/archive.html", context))
    return name


def gathered(person: Person) -> list[dict[str, Any]]:
    """By holder the rows of a person and of the records merged into theirs."""
    ids = identity.of(person).ids
    persons = _plain(Person, ids)
    found = [_section("people.Person", "", [persons[pk] for pk in ids])]
    for holder in holders.of(PERSON):
        if holder.model is Person:
            continue
        rows = holder.held_by(ids).order_by("pk")
        rows = rows.select_related(holder.through) if holder.through else rows
        plain = _with_subjects(holder, list(rows[:MOST_ROWS]))
        if plain:
            found.append(_section(holder.model._meta.label, str(holder.column), plain))
    return found


def _section(model: str, column: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"model": model, "column": column, "rows": rows}


def _with_subjects(holder: holders.Holder, rows: list[Any]) -> list[dict[str, Any]]:
    """Each row, and the record it is about, unless that is another customer; of what only leads here, its name."""
    if not holder.model._meta.get_field(holder.name).is_relation:
        return [{"id": row.pk, "about": str(row)} for row in rows]
    plain = _plain(holder.model, [row.pk for row in rows])
    if not holder.steps:
        return [plain[row.pk] for row in rows]
    subjects = [holder.about(row) for row in rows]
    told = _told([each for each in subjects if each is not None])
    pairs = zip(rows, subjects, strict=True)
    return [plain[row.pk] | ({} if about is None else {"about": told[about.pk]}) for row, about in pairs]


def _told(subjects: list[Any]) -> dict[int, Any]:
    """By id the records of one kind that rows are about: a customer by name, others whole."""
    if subjects and subjects[0]._meta.label not in (PERSON, COMPANY):
        return _plain(type(subjects[0]), {each.pk for each in subjects})
    return {each.pk: str(each) for each in subjects}


def _plain(model: type[Model], ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The rows by their ids, without what is derived or empty."""
    return {
        pk: {
            name: value
            for name, value in json.loads(text).items()
            if name not in LEFT_OUT and value not in (None, "", [], {})
        }
        for pk, text in holders.as_stored(model, ids).items()
    }


def _readable(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with what the columns are called in the language in force."""
    labels = {holder.column: holder.label for holder in holders.of(PERSON)}
    return [
        {
            "title": labels.get(section["column"]) or _title(section["model"]),
            "rows": [_named(section["model"], row) for row in section["rows"]],
        }
        for section in sections
    ]


def _title(label: str) -> str:
    return capfirst(str(apps.get_model(label)._meta.verbose_name))


def _named(label: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    model = apps.get_model(label)
    names = {each.column: capfirst(str(each.verbose_name)) for each in model._meta.local_concrete_fields}
    found: list[tuple[str, str]] = []
    for name, value in row.items():
        if isinstance(value, dict) and name == "about":
            found += [(key.replace("_", " "), _written(each)) for key, each in value.items() if key != "id"]
        elif name != "id":
            found.append((names.get(name, name.replace("_", " ")), _written(value)))
    return found


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@transaction.atomic
def hand_over(*, request: PrivacyRequest, name: str, at: datetime) -> None:
    """The archive is ready, for some days."""
    PrivacyRequest.objects.filter(pk=request.pk).update(
        step=PrivacyRequest.Step.READY, file=name, file_until=at + files.KEPT
    )


@transaction.atomic
def fetched(*, request: PrivacyRequest, by: User, at: datetime) -> None:
    """Somebody took the archive away."""
    audit.record("people.privacy_archive_fetched", target=request, by=by, at=at)


def forget_old(*, at: datetime) -> int:
    """Remove the archives whose days are over; gives how many."""
    old = PrivacyRequest.objects.exclude(file="").filter(file_until__lte=at)
    names = list(old.values_list("file", flat=True))
    files.remove(names)
    old.update(file="", file_until=None, step="")
    return len(names)
