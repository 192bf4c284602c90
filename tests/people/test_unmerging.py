"""A merge can be taken back: afterwards the database is what it was, but for what people changed since."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.core import holders
from rapport.core.errors import ChangedByAnother
from rapport.deals.models.committee import Influence, Participant
from rapport.deals.models.criteria import Criterion
from rapport.identity.models import User
from rapport.people.actions import CannotMerge, change_person, merge_companies, merge_people, undo_merge
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Merge, Person
from rapport.segments.models import Member, Segment
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_interaction,
    make_order,
    make_person,
    make_post,
    make_task,
    make_user,
)

pytestmark = pytest.mark.django_db
# Logs say what happened, and it did happen; versions only grow.
LOGS = {"core.AuditEntry", "core.OutboxEntry", "people.Merge", "history.Entry", "segments.Gone"}
COUNTS = ("version", "updated_at")


def everything() -> dict[str, dict[str, Any]]:
    """Every row of every table of ours, by table and key, without what only grows."""
    found: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            label = model._meta.label
            if not model.__module__.startswith("rapport.") or label in LOGS or not model._meta.managed:
                continue
            key = getattr(model._meta.pk, "column", "id")
            cursor.execute(f'SELECT "{key}", to_jsonb(t)::text FROM "{model._meta.db_table}" t')
            rows = {str(pk): json.loads(text) for pk, text in cursor.fetchall()}
            found[label] = {
                pk: {name: value for name, value in row.items() if name not in COUNTS} for pk, row in rows.items()
            }
    return found


def merge(kept: Any, gone: Any, by: User, **more: Any) -> Merge:
    act = merge_people if isinstance(kept, Person) else merge_companies
    kept.refresh_from_db()
    gone.refresh_from_db()
    act(kept=kept, gone=gone, versions=(kept.version, gone.version), by=by, at=AT + timedelta(days=1), **more)
    kept.refresh_from_db()
    return Merge.objects.latest("pk")


def undo(made: Merge, kept: Any, by: User) -> Any:
    kept.refresh_from_db()
    return undo_merge(merge=made, version=kept.version, by=by, at=AT + timedelta(days=2))


WHO = st.sampled_from(["kept", "gone", "both"])
THINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["post", "point", "talk", "task", "order", "deal", "place", "influence", "criterion", "segment", "merged"]
        ),
        WHO,
    ),
    max_size=14,
)
SAID = {"title": st.sampled_from(["", "Giám đốc", "CEO"]), "email": st.sampled_from(["", "a@x.vn", "b@x.vn"]),
        "phone": st.sampled_from(["", "+84912345678", "+84912345679"]),
        "tags": st.sampled_from([[], ["VIP"], ["vip", "Mua sỉ"]])}  # fmt: skip


def add(kind: str, person: Person, world: dict[str, Any]) -> None:
    """Something that hangs on a person, the same for both of them."""
    at, deal = world["at"], world["deal"]
    if kind == "post":
        department = "" if person == world["kept"] else "Mua hàng"
        Affiliation.objects.get_or_create(
            person=person, company=world["company"], title="A", defaults={"department": department}
        )
    elif kind == "point":
        ContactPoint.objects.get_or_create(person=person, kind="email", value="b@x.vn")
    elif kind == "talk":
        world["talk"].participants.get_or_create(person=person, defaults={"at": at})
    elif kind == "place":
        Participant.objects.get_or_create(
            deal=deal, person=person, until=None, defaults={"roles": ["user"], "since": at}
        )
    elif kind == "influence":
        other = world["boss"] if person == world["kept"] else world["kept"]
        Influence.objects.get_or_create(deal=deal, from_person=person, to_person=other, kind="reports_to", since=at)
    elif kind == "segment":
        Member.objects.get_or_create(segment=world["segment"], person=person, defaults={"entered_at": at})
    elif kind == "merged":
        make_person(merged_into=person, archived_at=at)
    elif kind == "criterion":
        Criterion.objects.create(deal=deal, name=f"C{Criterion.objects.count()}", holder=person)
    else:
        make: dict[str, Callable[..., Any]] = {"task": make_task, "order": make_order, "deal": make_deal}
        make[kind](person=person)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    things=THINGS, mine=st.fixed_dictionaries(SAID), theirs=st.fixed_dictionaries(SAID),
    take=st.sets(st.sampled_from(["full_name", "title", "email", "phone", "owner"])),
)  # fmt: skip
def test_a_merge_of_people_taken_back_leaves_everything_as_it_was(
    things: list[tuple[str, str]], mine: dict[str, Any], theirs: dict[str, Any], take: set[str]
) -> None:
    by = make_user()
    kept, gone = make_person(**mine), make_person(**theirs, external_id=f"KH{User.objects.count()}", owner=by)
    world = {"kept": kept, "gone": gone, "boss": make_person(), "company": make_company(), "deal": make_deal(),
             "talk": make_interaction(), "at": AT,
             "segment": Segment.objects.create(name=f"S{by.pk}", rule={}, made_at=AT, updated_at=AT)}  # fmt: skip
    for kind, who in things:
        for person in (kept, gone):
            if who in ("both", "kept" if person is kept else "gone"):
                add(kind, person, world)
    before = everything()
    made = merge(kept, gone, by, take=take)
    assert everything() != before
    assert not any(holder.held(gone.pk).exists() for holder in holders.of("people.Person"))
    left = undo(made, kept, by)
    assert everything() == before
    assert not left.left


def test_a_merge_of_companies_taken_back_leaves_everything_as_it_was() -> None:
    by, kept, gone = make_user(), make_company(), make_company(tax_id="0100233488", custom={"floor": "3"})
    friend, market, one, two = (make_company() for _number in range(4))
    for start, kind, end, fields in (
        (kept, "supplies", market, {}), (gone, "supplies", market, {"since": date(2020, 1, 1)}),
        (kept, "partner_of", friend, {}), (friend, "partner_of", gone, {}), (gone, "partner_of", market, {}),
        (market, "partner_of", kept, {"until": date(2021, 1, 1)}), (one, "parent_of", kept, {}),
        (two, "parent_of", gone, {}), (kept, "supplies", gone, {}),
    ):  # fmt: skip
        CompanyLink.objects.create(from_company=start, kind=kind, to_company=end, **fields)
    make_deal(company=gone, name="Màng")
    make_order(company=gone)
    make_post(make_person(), gone)
    make_interaction(company=gone)
    before = everything()
    made = merge(kept, gone, by, take=["name"])
    kept.refresh_from_db()
    assert (kept.name, kept.tax_id, kept.custom) == (gone.name, "0100233488", {"floor": "3"})
    undo(made, kept, by)
    assert everything() == before


def test_what_was_changed_since_stays_as_it_is(at: datetime) -> None:
    by, kept, gone, third = make_user(), make_person(email="a@x.vn"), make_person(title="CEO"), make_person()
    task, other, deal = make_task(person=gone), make_task(person=gone), make_deal()
    for person in (kept, gone):
        Participant.objects.create(deal=deal, person=person, roles=["user"], since=at)
    made = merge(kept, gone, by)
    other.person = third
    other.save()
    new = make_task(person=kept)
    change_person(person=kept, version=kept.version, changes={"title": "Chủ tịch"}, by=by, at=at)
    joined = Participant.objects.get(person=kept, until=None)
    joined.until = at + timedelta(days=3)
    joined.save()
    left = undo(made, kept, by)
    for row in (task, other, new, kept, gone):
        row.refresh_from_db()
    assert (task.person_id, other.person_id, new.person_id) == (gone.pk, third.pk, kept.pk)
    assert (kept.title, gone.title, gone.archived_at, gone.merged_into_id) == ("Chủ tịch", "CEO", None, None)
    assert left.left == {"people.Person": 1, "timeline.Task": 1, "deals.Participant": 1}
    assert Participant.objects.filter(pk=joined.pk, person=kept).exists()


def test_what_cannot_be_taken_back(at: datetime) -> None:
    by, kept, gone, third = make_user(), make_company(), make_company(), make_company()
    first = merge(kept, gone, by)
    second = merge(kept, third, by)
    with pytest.raises(CannotMerge, match="Another record"):
        undo(first, kept, by)
    with pytest.raises(ChangedByAnother):
        undo_merge(merge=second, version=1, by=by, at=at)
    assert Company.objects.filter(merged_into=kept).count() == 2
    undo(second, kept, by)
    undo(first, kept, by)
    with pytest.raises(CannotMerge, match="already"):
        undo(first, kept, by)
    assert not Company.objects.filter(merged_into__isnull=False).exists()
