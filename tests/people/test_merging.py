"""Two records become one: everything moves, nothing is said twice, nothing is lost."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rapport.core import holders
from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.models import Deal
from rapport.deals.models.committee import Influence, Participant
from rapport.deals.models.criteria import Criterion
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.people.actions import CannotMerge, WrongValue, link_companies, merge_companies, merge_people, undo_merge
from rapport.people.actions.links import CompanyRing
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Merge, Person
from rapport.segments.models import Member, Segment
from rapport.timeline.models import InteractionPerson
from tests.factories import (
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


@pytest.fixture
def by() -> User:
    return make_user()


def merged(kept: Any, gone: Any, by: User, at: datetime) -> Any:
    """Merge two records as they are now."""
    act = merge_people if isinstance(kept, Person) else merge_companies
    return act(kept=kept, gone=gone, versions=(kept.version, gone.version), by=by, at=at)


def counts(kind: str, pk: int) -> dict[str, int]:
    """How many rows point at a record, by what they are called."""
    held = {str(holder.label): holder.held(pk).count() for holder in holders.of(kind) if holder.label}
    return {label: count for label, count in held.items() if count}


def link(one: Company, kind: str, other: Company, **fields: Any) -> CompanyLink:
    return CompanyLink.objects.create(from_company=one, kind=kind, to_company=other, **fields)


class TestPeople:
    """Two records of one person."""

    def test_everything_moves_and_nothing_points_at_the_gone_one(self, by: User, at: datetime) -> None:
        kept, gone = make_person(full_name="Trần Hà"), make_person(full_name="Hà Trần", email="ha@example.com")
        company = make_company()
        make_post(gone, company, title="Giám đốc")
        make_interaction(gone)
        make_task(person=gone)
        make_order(person=gone)
        deal = make_deal(person=gone, name="Màng")
        Criterion.objects.create(deal=deal, name="Giá", holder=gone)
        make_person(merged_into=gone, archived_at=at)
        merged(kept, gone, by, at)
        assert all(not holder.held(gone.pk).exists() for holder in holders.of("people.Person"))
        assert counts("people.Person", kept.pk) == {
            "Posts": 1, "Interactions": 1, "Tasks": 1, "Orders": 1, "Deals": 1, "Criteria they hold": 1,
        }  # fmt: skip
        gone.refresh_from_db()
        assert (gone.merged_into_id, gone.archived_at, gone.version) == (kept.pk, at, 2)

    def test_an_own_field_that_leads_to_the_other_one_falls_away(self, by: User, at: datetime) -> None:
        for code in ("boss", "friend", "aunt"):
            FieldDefinition.objects.create(
                kind="person", code=code, type="link", target_kind="person", label_en=code.title()
            )
        kept, gone, third = make_person(), make_person(), make_person()
        kept.custom, gone.custom = {"boss": gone.pk}, {"boss": kept.pk, "friend": gone.pk, "aunt": third.pk}
        third.custom = {"friend": gone.pk}
        for person in (kept, gone, third):
            person.save()
        merged(kept, gone, by, at)
        merge = Merge.objects.get()
        read = {person.pk: Person.objects.get(pk=person.pk).custom for person in (kept, third)}
        assert read == {kept.pk: {"aunt": third.pk}, third.pk: {"friend": kept.pk}}
        undo_merge(merge=merge, version=2, by=by, at=at)
        assert Person.objects.get(pk=kept.pk).custom == {"boss": gone.pk}
        assert Person.objects.get(pk=gone.pk).custom == {"boss": kept.pk, "friend": gone.pk, "aunt": third.pk}

    def test_what_the_kept_one_lacks_is_filled_and_the_rest_stays(self, by: User, at: datetime) -> None:
        kept = make_person(full_name="Trần Hà", email="ha@example.com", tags=["VIP"])
        gone = make_person(
            full_name="Hà", email="ha.tran@example.com", phone="+84912345678", birthday=date(1990, 1, 2),
            tags=["vip", "báo giá"], external_id="KH7", owner=by,
        )  # fmt: skip
        person = merged(kept, gone, by, at)
        person.refresh_from_db()
        assert (person.full_name, person.email, person.phone) == ("Trần Hà", "ha@example.com", "+84912345678")
        assert (person.birthday, person.tags, person.owner, person.external_id) == (
            date(1990, 1, 2), ["VIP", "báo giá"], by, "KH7",
        )  # fmt: skip
        assert list(ContactPoint.objects.values_list("person", "kind", "value")) == [
            (kept.pk, "email", "ha.tran@example.com")
        ]

    def test_one_known_by_an_id_alone_keeps_it_and_the_merge_goes_through(self, by: User, at: datetime) -> None:
        kept, gone = make_person(), make_person(full_name="", external_id="KH7")
        merged(kept, gone, by, at)
        gone.refresh_from_db()
        assert gone.external_id == "KH7"

    def test_what_both_have_stands_once_and_keeps_what_either_says(self, by: User, at: datetime) -> None:
        kept, gone, company = make_person(), make_person(), make_company()
        make_post(kept, company, title="Giám đốc")
        make_post(gone, company, title="Giám đốc", department="Mua hàng")
        make_post(gone, company, title="Trưởng phòng", until=date(2020, 1, 1))
        talk = make_interaction(kept, gone)
        ContactPoint.objects.create(person=kept, kind="zalo", value="+84900000001")
        ContactPoint.objects.create(person=gone, kind="zalo", value="+84900000001", bounced_at=at)
        segment = Segment.objects.create(name="A", rule={}, made_at=at, updated_at=at)
        for person in (kept, gone):
            Member.objects.create(segment=segment, person=person, entered_at=at)
        merged(kept, gone, by, at)
        posts = set(Affiliation.objects.values_list("person", "title", "department"))
        assert posts == {(kept.pk, "Giám đốc", "Mua hàng"), (kept.pk, "Trưởng phòng", "")}
        assert ContactPoint.objects.get().bounced_at == at
        assert InteractionPerson.objects.get().person_id == kept.pk
        assert InteractionPerson.objects.get().interaction_id == talk.pk
        assert Member.objects.get().person_id == kept.pk
        removed = Merge.objects.get().changes["people.Affiliation"]["removed"]
        assert json.loads(removed[0])["department"] == "Mua hàng"

    def test_two_places_on_one_committee_become_one_with_both_roles(self, by: User, at: datetime) -> None:
        kept, gone, deal = make_person(), make_person(), make_deal()
        began = at - timedelta(days=9)
        Participant.objects.create(
            deal=deal, person=kept, roles=["buyer"], stance=1, coverage="brief", evidence="A", since=began
        )
        Participant.objects.create(
            deal=deal, person=gone, roles=["decision_maker", "buyer"], stance=-1, influence=3, coverage="in_depth",
            evidence="B", since=began,
        )  # fmt: skip
        merged(kept, gone, by, at)
        present = Participant.objects.get(until__isnull=True)
        assert (present.person_id, present.roles, present.since) == (kept.pk, ["buyer", "decision_maker"], at)
        assert (present.stance, present.influence, present.coverage) == (1, 3, "in_depth")
        assert present.evidence == "A\nB"
        assert Participant.objects.filter(person=kept, until=at, since=began).count() == 2

    def test_a_place_on_a_committee_that_only_one_has_moves_as_it_is(self, by: User, at: datetime) -> None:
        kept, gone, deal = make_person(), make_person(), make_deal()
        Participant.objects.create(deal=deal, person=gone, roles=["user"], since=at)
        merged(kept, gone, by, at)
        assert Participant.objects.get().person_id == kept.pk

    def test_nobody_influences_or_reports_to_themselves(self, by: User, at: datetime) -> None:
        kept, gone, boss, other, deal = *(make_person() for _number in range(4)), make_deal()
        for one, kind, two in (
            (kept, "influences", gone), (gone, "influences", kept), (kept, "reports_to", boss),
            (gone, "reports_to", other), (gone, "influences", other),
        ):  # fmt: skip
            Influence.objects.create(deal=deal, from_person=one, to_person=two, kind=kind, since=at)
        past = Influence.objects.create(
            deal=deal, from_person=gone, to_person=boss, kind="reports_to", since=at, until=at
        )
        merged(kept, gone, by, at)
        past.refresh_from_db()
        assert past.from_person_id == kept.pk
        left = set(Influence.objects.filter(until=None).values_list("from_person", "kind", "to_person"))
        assert left == {(kept.pk, "reports_to", boss.pk), (kept.pk, "influences", other.pk)}

    def test_a_moved_deal_is_found_by_the_name_of_who_was_kept(self, by: User, at: datetime) -> None:
        kept, gone = make_person(full_name="Trần Hà"), make_person(full_name="Khác")
        deal = make_deal(person=gone, name="Màng")
        merged(kept, gone, by, at)
        assert list(Deal.objects.all().word_search("tran ha")) == [deal]
        assert not Deal.objects.all().word_search("khac").exists()

    def test_is_told(self, by: User, at: datetime) -> None:
        kept, gone = make_person(), make_person()
        make_interaction(gone)
        merged(kept, gone, by, at)
        entry = AuditEntry.objects.get(code="people.person_merged")
        assert (entry.target_id, entry.data["with"]) == (kept.pk, gone.pk)
        assert entry.data["moved"] == {"timeline.InteractionPerson.person": 1}
        assert OutboxEntry.objects.get(name="PeopleMerged").payload == {"kept_id": kept.pk, "gone_id": gone.pk}


class TestRefused:
    """What cannot become one, and then nothing happened."""

    def test_a_record_and_itself(self, by: User, at: datetime) -> None:
        one = make_person()
        with pytest.raises(CannotMerge):
            merged(one, one, by, at)

    @pytest.mark.parametrize("stale", ["kept", "gone"])
    def test_a_record_changed_since_it_was_looked_at(self, stale: str, by: User, at: datetime) -> None:
        pair = {"kept": make_person(), "gone": make_person()}
        Person.objects.filter(pk=pair[stale].pk).update(version=2)
        with pytest.raises(ChangedByAnother):
            merged(pair["kept"], pair["gone"], by, at)
        assert not Merge.objects.exists()

    def test_one_that_was_merged_before_and_one_put_away(self, by: User, at: datetime) -> None:
        one, two, three = make_company(), make_company(), make_company(archived_at=at)
        merged(one, two, by, at)
        one.refresh_from_db()
        two.refresh_from_db()
        for kept, gone in ((two, one), (three, one)):
            with pytest.raises(CannotMerge):
                merged(kept, gone, by, at)


class TestCompanies:
    """Two records of one company."""

    def test_links_stand_once_and_never_tie_a_company_to_itself(self, by: User, at: datetime) -> None:
        kept, gone, market, friend = make_company(), make_company(), make_company(), make_company()
        link(kept, "supplies", market)
        link(gone, "supplies", market, since=date(2020, 1, 1))
        link(kept, "parent_of", gone)
        link(kept, "partner_of", friend)
        link(friend, "partner_of", gone)
        merged(kept, gone, by, at)
        left = set(CompanyLink.objects.values_list("from_company", "kind", "to_company", "since"))
        assert left == {
            (kept.pk, "supplies", market.pk, date(2020, 1, 1)),
            (kept.pk, "partner_of", friend.pk, None),
        }

    def test_of_two_parents_the_kept_ones_stays_and_the_other_ends(self, by: User, at: datetime) -> None:
        kept, gone, one, two = (make_company() for _number in range(4))
        link(one, "parent_of", kept)
        link(two, "parent_of", gone)
        merged(kept, gone, by, at)
        left = set(CompanyLink.objects.values_list("from_company", "to_company", "until"))
        assert left == {(one.pk, kept.pk, None), (two.pk, kept.pk, date(2026, 3, 16))}

    def test_a_ring_is_refused_and_everything_stays(self, by: User, at: datetime) -> None:
        top, middle, bottom = make_company(), make_company(), make_company()
        link(top, "parent_of", middle)
        link(middle, "parent_of", bottom)
        with pytest.raises(CompanyRing):
            merged(top, bottom, by, at)
        bottom.refresh_from_db()
        assert bottom.merged_into_id is None
        assert CompanyLink.objects.filter(from_company=middle, to_company=bottom).exists()

    def test_deals_orders_and_people_move(self, by: User, at: datetime) -> None:
        kept, gone = make_company(name="Vạn Phúc"), make_company(name="Van Phuc JSC", tax_id="0100233488")
        deal = make_deal(company=gone)
        make_order(company=gone)
        make_post(make_person(), gone)
        make_interaction(company=gone)
        company = merged(kept, gone, by, at)
        assert company.tax_id == "0100233488"
        assert counts("people.Company", kept.pk) == {
            "People’s posts": 1, "Interactions": 1, "Orders": 1, "Deals": 1,
        }  # fmt: skip
        assert list(Deal.objects.all().word_search("van phuc")) == [deal]


def test_an_erasure_lets_go_everywhere_and_keeps_the_sales() -> None:
    person = make_person()
    make_interaction(person)
    order, deal = make_order(person=person), make_deal(person=person)
    Participant.objects.create(deal=deal, person=person, since=deal.recorded_at)
    twin = make_person(merged_into=person, archived_at=order.placed_at)
    Merge.objects.create(kind="person", kept_id=person.pk, gone_id=twin.pk, at=order.placed_at)
    for holder in holders.of("people.Person"):
        holder.erase(person.pk)
    person.delete()
    order.refresh_from_db()
    deal.refresh_from_db()
    assert (order.person_id, deal.person_id) == (None, None)
    assert not any(model.objects.exists() for model in (Participant, Merge, Person))


def test_a_merged_company_gets_no_new_links(by: User, at: datetime) -> None:
    kept, gone, other = make_company(), make_company(), make_company()
    merged(kept, gone, by, at)
    with pytest.raises(WrongValue, match="merged"):
        link_companies(from_company=other, to_company=gone, kind="supplies", by=by, at=at)
