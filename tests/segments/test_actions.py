"""What is done with segments: made, changed, archived, restored, refreshed; what is announced and kept."""

from datetime import timedelta
from typing import Any

import pytest

from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.segments import actions, queries, rules
from rapport.segments.actions import StillAsked, WrongName
from rapport.segments.models import Member, Segment, Tally
from rapport.segments.references import Ring
from rapport.segments.refresh import refresh
from rapport.segments.rules import WrongRule
from tests.factories import AT, make_person, make_pipeline, make_product, make_user

pytestmark = pytest.mark.django_db
VIP = {"field": "tags", "is": "any_of", "value": ["vip"]}
TODAY = AT.date()


def made(name: str, *conditions: dict[str, Any]) -> Segment:
    """A segment of whom all conditions hold for."""
    return actions.create(name=name, rule=rules.parse({"all": list(conditions) or [VIP]}), by=None, at=AT)


def inside(*names: str) -> dict[str, Any]:
    """Being in one of the named segments."""
    return {"field": "segment", "is": "one_of", "value": list(names)}


def test_a_segment_is_made_and_told() -> None:
    user = make_user()
    segment = actions.create(name="  Dear  ones ", about="x", rule=rules.parse(VIP), by=user, at=AT)
    assert (segment.name, segment.version, segment.rule) == ("Dear ones", 1, {"all": [VIP]})
    assert AuditEntry.objects.get(code="segments.created").by_id == user.pk
    assert OutboxEntry.objects.get(name="SegmentAdded").payload == {"segment_id": segment.pk}


def test_names_become_numbers() -> None:
    user, product = make_user(email="an@example.com"), make_product(name="Cà phê", external_id="P-1")
    stage = make_pipeline(name="Retail").stages.get(name="Won")
    segment = made(
        "All kinds",
        {"field": "owner", "is": "one_of", "value": ["AN@example.com"]},
        {"field": "bought_quantity", "is": "at_least", "value": 1, "product": ["P-1", "ca phe"]},
        {"field": "deals_count", "is": "at_least", "value": 1, "stage": ["Won"], "pipeline": ["Retail"]},
        {"field": "orders_sum", "is": "at_least", "value": 1},
    )
    owner, bought, deals, total = segment.rule["all"]
    assert owner["value"] == [user.pk]
    assert bought["product"] == [product.pk]
    assert (deals["stage"], deals["pipeline"]) == ([stage.pk], [stage.pipeline_id])
    assert total["currency"] == "VND"
    with pytest.raises(WrongRule, match="no such"):
        made("Other", {"field": "team", "is": "one_of", "value": ["no such"]})


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "Taken"])
def test_a_name_that_will_not_do(name: str) -> None:
    made("Taken")
    with pytest.raises(WrongName):
        made(name)
    assert Segment.objects.count() == 1


def test_a_change_is_kept_whole() -> None:
    segment = made("First")
    other = rules.parse({"any": [VIP]})

    def change(version: int, name: str = "Second") -> Segment:
        return actions.change(segment=segment, version=version, name=name, rule=other, by=None, at=AT)

    assert change(1).version == 2
    assert change(2).version == 2
    with pytest.raises(ChangedByAnother):
        change(1)
    entry = AuditEntry.objects.get(code="segments.changed")
    assert entry.data == {"fields": ["name", "rule"], "before": {"all": [VIP]}, "rule": {"any": [VIP]}}


def test_rings_are_refused_by_name() -> None:
    first = made("First")
    second = made("Second", inside("First"))
    third = made("Third", VIP, {"field": "segment", "is": "none_of", "value": ["Second"]})
    for asks, ring in ((first, "“First” → “First”"), (second, "“First” → “Second” → “First”"),
                       (third, "“First” → “Third” → “Second” → “First”")):  # fmt: skip
        rule = rules.parse({"none": [inside(asks.name)]})
        with pytest.raises(Ring, match=ring):
            actions.change(segment=first, version=1, name="First", rule=rule, by=None, at=AT)
    assert Segment.objects.get(pk=first.pk).version == 1


def test_archiving_lets_everyone_go_but_not_while_others_ask() -> None:
    make_person(tags=["vip"])
    first = made("First")
    second = made("Second", inside("First"))
    refresh(as_of=TODAY, at=AT)
    with pytest.raises(StillAsked, match="Second"):
        actions.archive(segment=first, by=None, at=AT)
    for segment in (second, first):
        actions.archive(segment=segment, by=None, at=AT)
    assert not Member.objects.filter(left_at__isnull=True).exists()
    assert refresh(as_of=TODAY, at=AT) == []
    with pytest.raises(WrongRule):
        actions.restore(segment=second, by=None, at=AT)
    made("First")
    with pytest.raises(WrongName):
        actions.restore(segment=first, by=None, at=AT)


def test_what_comes_back_is_found_anew() -> None:
    person = make_person(tags=["vip"])
    segment = made("First")
    refresh(as_of=TODAY, at=AT)
    actions.archive(segment=segment, by=None, at=AT + timedelta(hours=1))
    actions.restore(segment=segment, by=None, at=AT + timedelta(hours=2))
    [tally] = refresh(as_of=TODAY, at=AT + timedelta(hours=3))
    assert (tally.members, tally.entered, tally.asked) == (1, 1, None)
    history = Member.objects.filter(person=person).order_by("pk").values_list("entered_at", "left_at")
    hours = [timedelta(hours=hours) for hours in (1, 3)]
    assert list(history) == [(AT, AT + hours[0]), (AT + hours[1], None)]


def test_one_event_for_each_refresh_and_segment() -> None:
    people = [make_person(tags=["vip"]) for _number in range(3)]
    segment = made("First")
    refresh(as_of=TODAY, at=AT)
    later = AT + timedelta(days=1)
    for person in people[:2]:
        person.tags = []
        person.save(update_fields=["tags"])
    make_person(tags=["vip"])
    refresh(as_of=later.date(), at=later)
    refresh(as_of=later.date(), at=later)
    entries = OutboxEntry.objects.filter(name__in=("SegmentEntered", "SegmentLeft")).order_by("pk")
    first, second = Tally.objects.order_by("pk")[:2]
    came = {"segment_id": segment.pk, "tally_id": first.pk, "at": AT.isoformat()}
    changed = {"segment_id": segment.pk, "tally_id": second.pk, "at": later.isoformat()}
    assert [(entry.name, entry.payload) for entry in entries] == [
        ("SegmentEntered", came | {"people": 3, "first": True}),
        ("SegmentEntered", changed | {"people": 1, "first": False}),
        ("SegmentLeft", changed | {"people": 2}),
    ]
    assert Member.objects.filter(left_at=later).count() == 2
    assert [(tally.entered, tally.left) for tally in queries.tallies(segment)] == [(3, 0), (1, 2)]


def test_segments_come_after_those_they_ask_about() -> None:
    make_person(tags=["vip"])
    last = made("Last")
    middle = made("Middle")
    actions.change(segment=last, version=1, name="Last", rule=rules.parse(inside("Middle")), by=None, at=AT)
    assert [tally.segment_id for tally in refresh(as_of=TODAY, at=AT)] == [middle.pk, last.pk]
    assert [tally.segment_id for tally in refresh(as_of=TODAY, at=AT, only=[last.pk])] == [middle.pk, last.pk]
    assert [tally.segment_id for tally in refresh(as_of=TODAY, at=AT, only=[middle.pk])] == [middle.pk]


def test_another_rule_is_asked_of_everyone_and_told_as_first() -> None:
    make_person(tags=["vip"])
    segment = made("First")
    refresh(as_of=TODAY, at=AT)
    rule = rules.parse({"field": "tags", "is": "none_of", "value": ["vip"]})
    actions.change(segment=segment, version=1, name="First", rule=rule, by=None, at=AT)
    [tally] = refresh(as_of=TODAY, at=AT)
    assert (tally.asked, tally.members, tally.left) == (None, 0, 1)


def test_who_is_erased_leaves_no_trace() -> None:
    person = make_person(tags=["vip"])
    made("First")
    refresh(as_of=TODAY, at=AT)
    person.delete()
    assert not Member.objects.exists()
    [tally] = refresh(as_of=TODAY, at=AT)
    assert tally.members == 0
