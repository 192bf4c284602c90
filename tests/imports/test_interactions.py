"""Interactions from files, and whom and what they are tied to."""

from datetime import UTC, datetime

import pytest

from rapport.deals.models import DealInteraction
from rapport.timeline.models import Interaction, InteractionPerson
from tests.imports.conftest import Importer, everything, numbers, told

FULL = (
    "external_id,kind,at,person,company,deal,channel,direction,subject,body,minutes\n"
    'I1,Cuộc gọi,2026-01-05 09:00,an@x.vn,Acme,D1,zalo,gọi đi,Chào hàng,"Dòng một\nDòng hai",15\n'
    "I2,meeting,2026-01-06,,Acme,,,,,,\n"
)


@pytest.fixture
def loaded(load: Importer) -> Importer:
    """One deal to tie to."""
    load("deals", "external_id,name,company\nD1,Lon,Acme\nD2,Chai,Acme\n")
    return load


def ties() -> tuple[set[tuple[str | None, ...]], set[tuple[str | None, ...]]]:
    """(interaction, person) and (interaction, deal)."""
    people = InteractionPerson.objects.values_list("interaction__external_id", "person__email")
    deals = DealInteraction.objects.values_list("interaction__external_id", "deal__external_id")
    return set(people), set(deals)


def test_every_field_is_kept_and_the_same_file_changes_nothing(loaded: Importer) -> None:
    assert told(loaded("interactions", FULL)) == numbers(rows=2, created=2)
    call = Interaction.objects.get(external_id="I1")
    assert (call.kind, call.channel, call.direction, call.subject, call.body, call.minutes) == (
        "call", "zalo", "out", "Chào hàng", "Dòng một\nDòng hai", 15,
    )  # fmt: skip
    assert (call.at, str(call.company)) == (datetime(2026, 1, 5, 2, tzinfo=UTC), "Acme")
    assert ties() == ({("I1", "an@x.vn")}, {("I1", "D1")})
    before = everything()
    assert told(loaded("interactions", FULL)) == numbers(rows=2, unchanged=2)
    assert everything() == before


def test_a_new_instant_is_that_of_the_ties_too(loaded: Importer) -> None:
    loaded("interactions", FULL)
    before = everything()
    assert told(loaded("interactions", "external_id,kind,at\nI1,call,2026-02-01\n")) == numbers(rows=1, updated=1)
    moved = datetime(2026, 1, 31, 17, tzinfo=UTC)
    assert InteractionPerson.objects.get().at == DealInteraction.objects.get().at == moved
    loaded.take_back()
    assert everything() == before


def test_a_new_tie_counts_as_a_change_and_can_be_undone(loaded: Importer) -> None:
    loaded("interactions", FULL)
    before = everything()
    text = "external_id,kind,at,person,deal\nI1,call,2026-01-05 09:00,b@x.vn,D2\n"
    assert told(loaded("interactions", text)) == numbers(rows=1, updated=1)
    assert ties() == ({("I1", "an@x.vn"), ("I1", "b@x.vn")}, {("I1", "D1"), ("I1", "D2")})
    loaded.take_back()
    assert everything() == before


def test_skipped_interactions_get_no_ties(loaded: Importer) -> None:
    loaded("interactions", FULL)
    text = "external_id,kind,at,person,deal\nI1,call,2026-01-05 09:00,an@x.vn,D2\n"
    before = everything()
    assert told(loaded("interactions", text, duplicates="skip")) == numbers(rows=1, unchanged=1)
    assert everything() == before


def test_interactions_without_ids_are_told_apart_by_what_they_say(loaded: Importer) -> None:
    text = "kind,at,person,subject\ncall,2026-01-05,an@x.vn,a\ncall,2026-01-05,an@x.vn,a\nnote,2026-01-05,an@x.vn,a\n"
    assert told(loaded("interactions", text)) == numbers(rows=3, created=3)
    assert told(loaded("interactions", text)) == numbers(rows=3, unchanged=3)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("I9,dance,2026-01-05,,,", ("kind", "bad_interaction_kind")),
        ("I9,,2026-01-05,,,", ("kind", "missing")),
        ("I9,call,,,,", ("at", "missing")),
        ("I9,call,2026-01-05,D9,,", ("deal", "unknown")),
        ("I9,call,2026-01-05,,sideways,", ("direction", "bad_direction")),
        ("I9,call,2026-01-05,,,-1", ("minutes", "too_small")),
    ],
)
def test_interactions_that_cannot_be_taken(loaded: Importer, row: str, problem: tuple[str, str]) -> None:
    result = loaded("interactions", f"external_id,kind,at,deal,direction,minutes\n{row}\n")
    assert [(p.field, p.code) for p in result.problems] == [problem]
    assert not Interaction.objects.exists()
