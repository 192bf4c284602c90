"""Every foreign key to a person or a company has a holder, so that a merge and an erasure reach all of them."""

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from rapport.core import held_files, holders
from rapport.people.models import Company, Person
from rapport.timeline.attachments import KeptFile

KINDS = {"people.Person": Person, "people.Company": Company}


def pointing_at(kind: str) -> set[str]:
    """All columns that point at a kind of record, many-to-many tables included."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is KINDS[kind]
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_foreign_key_has_a_holder(kind: str) -> None:
    named = {holder.column for holder in holders.of(kind) if holder.model._meta.get_field(holder.name).is_relation}
    assert named == pointing_at(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_erasure_empties_may_be_empty(kind: str) -> None:
    for holder in holders.of(kind):
        assert holder.model._meta.get_field(holder.name).null or not holder.forgotten


def test_a_column_is_registered_once() -> None:
    before = holders.of("people.Person")
    holders.register("people.Person", before[0])
    assert holders.of("people.Person") == before


def test_every_file_that_may_be_about_a_person_is_named() -> None:
    kept = {f"{model._meta.label}.{name}" for model in KeptFile.__subclasses__() for name in model.OF}
    named = held_files.registered()
    assert {each.column for each in named} == kept - {"timeline.Attachment.company"}
    assert all(str(each.of([1]).query) for each in named)
