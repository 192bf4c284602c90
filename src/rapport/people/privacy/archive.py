"""Everything that is held of a person, as a ZIP: `data.json` for machines, a page in each language for people, files.

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

from rapport.core import audit, held_files, holders
from rapport.identity.models import User
from rapport.people.holders import COMPANY, PERSON
from rapport.people.models import Person, PrivacyRequest
from rapport.people.privacy import attached, files, identity, telling
from rapport.people.privacy.attached import Packed

LANGUAGES = ("vi", "en")
# Derived, or of no meaning outside of this database.
LEFT_OUT = {"sort_name", "search_text", "version", "batch", "file", "file_until", "names_too", "step"}
MOST_ROWS = 50_000


def build(*, request: PrivacyRequest, at: datetime) -> str:
    """Write the archive of a request's person; gives its name below the folder of archives."""
    person = Person.objects.get(pk=request.person_id or 0)
    ids = identity.of(person).ids
    reader = request.asked_by or User(is_active=False)
    packed = attached.of(ids)
    sections = [*gathered(ids), *_sections_of(packed)]
    name, place = files.fresh()
    data = {"made_at": at.isoformat(), "person": person.pk, "sections": sections}
    try:
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as pack:
            place.chmod(0o600)
            pack.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
            for language in LANGUAGES:
                pack.writestr(f"data.{language}.html", _page(person, sections, language, reader=reader, at=at))
            attached.pack(pack, packed)
    except BaseException:
        files.remove([name])
        raise
    return name


def _page(person: Person, sections: list[dict[str, Any]], language: str, *, reader: User, at: datetime) -> str:
    """What people read, in their language."""
    with translation.override(language):
        told = telling.readable(sections, reader=reader)
        context = {"person": person, "at": at, "sections": told, "language": language}
        return render_to_string("privacy/archive.html", context)


def gathered(ids: tuple[int, ...]) -> list[dict[str, Any]]:
    """By holder the rows of a person and of the records merged into theirs, but for files; the person comes first."""
    persons = _plain(Person, ids)
    found = [_section("people.Person", "", [persons[pk] for pk in ids])]
    own_files = {each.column for each in held_files.registered()}
    for holder in holders.of(PERSON):
        if holder.model is Person or holder.column in own_files:
            continue
        rows = holder.held_by(ids).order_by("pk")
        rows = rows.select_related(holder.through) if holder.through else rows
        plain = _with_subjects(holder, list(rows[:MOST_ROWS]))
        if plain:
            found.append(_section(holder.model._meta.label, str(holder.column), plain, about=_about(holder)))
            found += _parts(holder, [row["id"] for row in plain])
    return found


def _parts(holder: holders.Holder, ids: Collection[int]) -> list[dict[str, Any]]:
    """What belongs to the rows of a holder, such as what was bought by an order."""
    found = []
    for column in holder.parts:
        app, name, link = column.split(".")
        model: type[Model] = apps.get_model(app, name)
        below = model._base_manager.filter(**{f"{link}__in": ids}).order_by(link, "pk")
        numbers = list(below.values_list("pk", flat=True)[:MOST_ROWS])
        rows = _plain(model, numbers)
        if numbers:
            found.append(_section(model._meta.label, column, [rows[pk] for pk in numbers]))
    return found


def _sections_of(packed: list[Packed]) -> list[dict[str, Any]]:
    """The files by what they belong to."""
    found: dict[str, dict[str, Any]] = {}
    for each in packed:
        section = found.setdefault(each.of.column, _section(each.of.model._meta.label, each.of.column, []))
        section["rows"].append(each.told())
    return list(found.values())


def _section(model: str, column: str, rows: list[dict[str, Any]], *, about: str = "") -> dict[str, Any]:
    """`about` names the model of the records that the rows are about, where those are told whole."""
    return {"model": model, "column": column, "rows": rows} | ({"about": about} if about else {})


def _about(holder: holders.Holder) -> str:
    model = holder.model
    for name in holder.steps:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._meta.label if holder.steps and not _only_named(holder, model) else ""


def _only_named(holder: holders.Holder, model: type[Model]) -> bool:
    """Whether the record that rows are about is told by its name alone: another customer is."""
    return holder.only_named or model._meta.label in (PERSON, COMPANY)


def _with_subjects(holder: holders.Holder, rows: list[Any]) -> list[dict[str, Any]]:
    """Each row, and the record it is about, unless that is another customer; of what only leads here, its name."""
    if not holder.model._meta.get_field(holder.name).is_relation:
        return [{"id": row.pk, "about": str(row)} for row in rows]
    plain = _plain(holder.model, [row.pk for row in rows])
    if not holder.steps:
        return [plain[row.pk] for row in rows]
    subjects = [holder.about(row) for row in rows]
    told = _told(holder, [each for each in subjects if each is not None])
    pairs = zip(rows, subjects, strict=True)
    return [plain[row.pk] | ({} if about is None else {"about": told[about.pk]}) for row, about in pairs]


def _told(holder: holders.Holder, subjects: list[Any]) -> dict[int, Any]:
    """By id the records of one kind that rows are about: a customer by name, others whole."""
    if subjects and not _only_named(holder, type(subjects[0])):
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
