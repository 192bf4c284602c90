"""What somebody may no longer do when their import comes to its turn is not done."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from rapport.core import clock
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Right, User
from rapport.identity.rights import Reach
from rapport.imports import access, actions, mapping, tasks
from rapport.imports.models import Import
from rapport.imports.own import own_fields
from rapport.people.models import Person
from tests.factories import make_user
from tests.imports.running import forget, work_off

NOT_THEIRS = "may not load such files any more"
TAKEN: dict[str, tuple[Callable[[User], object], str]] = {
    "another role": (lambda user: User.objects.filter(pk=user.pk).update(role="viewer"), NOT_THEIRS),
    "left the house": (lambda user: User.objects.filter(pk=user.pk).update(is_active=False), NOT_THEIRS),
    "no imports": (lambda _user: Right.objects.filter(role__code="manager", kind="import").delete(), NOT_THEIRS),
    "less far": (
        lambda _user: Right.objects.filter(role__code="manager", kind="company", action="see").update(reach=Reach.TEAM),
        NOT_THEIRS,
    ),
    "field unseen": (lambda _user: FieldDefinition.objects.update(seen_by=["administrator"]), "custom.note"),
    "field closed": (lambda _user: FieldDefinition.objects.update(edited_by=["administrator"]), "custom.note"),
    "field put away": (lambda _user: FieldDefinition.objects.update(retired_at=clock.now()), "custom.note"),
    "field gone": (lambda _user: FieldDefinition.objects.all().delete(), "custom.note"),
}


@pytest.mark.django_db
def test_a_right_that_was_taken_away_while_the_job_waited_counts(
    settings: Settings, tmp_path: Path, at: datetime
) -> None:
    settings.HOME = tmp_path
    path, by = tmp_path / "people.csv", make_user(role="manager")
    path.write_text("full_name,Note\nAn,x\n", encoding="utf-8")
    FieldDefinition.objects.create(kind="person", code="note", type="text", label_en="Note")
    chosen = mapping.guess("people", ["full_name", "Note"], own=own_fields("people", by_id=by.pk))
    assert "custom_note" in chosen.columns
    job = actions.register(target="people", file_name="people.csv", path=path, by=by, at=at)
    actions.set_mapping(job=job, chosen=chosen, options={}, by=by, at=at)
    tasks.request_load(job=job, by=by, at=at)
    for name, (take, said) in TAKEN.items():
        before = transaction.savepoint()
        take(by)
        assert work_off() == ["load_file"]
        held = Import.objects.get(pk=job.pk)
        assert (held.status, said in held.message) == (Import.Status.FAILED, True), name
        assert not Person.objects.exists(), name
        transaction.savepoint_rollback(before)
    assert work_off() == ["load_file"]
    assert Person.objects.get().custom == {"note": "x"}
    forget()


@pytest.mark.django_db
def test_an_import_that_fills_a_field_is_for_those_who_see_it(at: datetime) -> None:
    marketer, manager = make_user(role="marketer"), make_user(role="manager")
    for kind in ("person", "company"):
        FieldDefinition.objects.create(kind=kind, code="note", type="text", label_en="Note", seen_by=["manager"])
    mappings: tuple[dict[str, Any], ...] = (
        {"columns": {"custom_note": "A"}},
        {"constants": {"custom_note": "x"}},
        {"columns": {"name": "A"}},
        {},
    )
    jobs = [
        Import.objects.create(target=target, file_name="a", mapping=one, made_at=at)
        for target in ("people", "companies", "products")
        for one in mappings
    ]
    assert set(access.visible_to(manager)) == set(jobs)
    assert set(access.visible_to(marketer)) == {jobs[at] for at in (2, 3, 6, 7, 8, 9, 10, 11)}
