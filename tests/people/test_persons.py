"""What is done to a person: written, derived, refused, told."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.people import actions
from rapport.people.models import ContactPoint, Person
from tests.factories import make_person, make_team, make_user

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 3, 17, 2, 30, tzinfo=UTC)


def test_a_new_person_is_normalised_derived_owned_and_told_of(at: datetime) -> None:
    user = make_user(team=make_team())
    person = actions.add_person(
        values={
            "full_name": "  Đỗ  Nguyên ",
            "email": "Nguyen.Do@Example.com",
            "phone": "0168 123 4567",
            "province": "bình dương",
            "country": "Việt Nam",
            "tags": ["VIP", " vip", "sỉ"],
        },
        by=user,
        at=at,
    )
    person.refresh_from_db()
    assert (person.full_name, person.sort_name, person.search_text) == ("Đỗ Nguyên", "do nguyen", "do nguyen")
    assert (person.email, person.phone) == ("nguyen.do@example.com", "+84381234567")
    assert (person.province, person.country, person.tags) == ("Hồ Chí Minh", "VN", ["VIP", "sỉ"])
    assert (person.owner, person.team, person.version) == (user, user.team, 1)
    audit = AuditEntry.objects.get()
    assert (audit.code, audit.target_id, audit.by_id) == ("people.person_added", person.pk, user.pk)
    event = OutboxEntry.objects.get()
    assert (event.name, event.payload) == ("PersonAdded", {"person_id": person.pk})


def test_the_team_follows_a_chosen_owner(at: datetime) -> None:
    owner = make_user(team=make_team())
    person = actions.add_person(values={"full_name": "An", "owner": owner}, by=make_user(), at=at)
    assert (person.owner, person.team) == (owner, owner.team)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"full_name": "An", "email": "not an address"}, "email"),
        ({"full_name": "An", "phone": "12"}, "phone"),
        ({"full_name": "An", "province": "Atlantis"}, "province"),
        ({"full_name": "An", "country": "Atlantis"}, "country"),
        ({"full_name": "An", "language": "Tiếng Việt"}, "language"),
        ({"full_name": "An", "birthday": date(2026, 3, 17)}, "birthday"),
        ({"full_name": "An", "birthday": date(1899, 12, 31)}, "birthday"),
        ({"full_name": "An", "tags": ["x" * 61]}, "tags"),
        ({"full_name": "n" * 201}, "full_name"),
        ({"full_name": "  "}, "full_name"),
        ({"full_name": "An", "external_id": "taken"}, "external_id"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_is_written(
    values: dict[str, Any], field: str, at: datetime
) -> None:
    make_person(external_id="taken")
    with pytest.raises(actions.WrongValue) as raised:
        actions.add_person(values=values, by=make_user(), at=at)
    assert raised.value.field == field
    assert Person.objects.count() == 1
    assert not AuditEntry.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_a_person_known_only_by_an_id_is_a_person(at: datetime) -> None:
    person = actions.add_person(values={"external_id": "17850"}, by=make_user(), at=at)
    assert (str(person), person.sort_name, person.full_name) == ("17850", "17850", "")


def test_a_change_writes_what_differs_and_derives_anew(at: datetime) -> None:
    user, person = make_user(), make_person(full_name="An", email="a@example.com")
    changed = actions.change_person(
        person=person, version=1, changes={"full_name": "Bình", "email": "a@example.com"}, by=user, at=LATER
    )
    changed.refresh_from_db()
    assert (changed.sort_name, changed.search_text, changed.version) == ("binh", "binh", 2)
    assert changed.updated_at == LATER
    assert AuditEntry.objects.get().data == {"fields": ["full_name"]}
    assert OutboxEntry.objects.get().payload == {"person_id": person.pk, "fields": ["full_name"]}


def test_a_change_of_nothing_leaves_no_trace(at: datetime) -> None:
    person = make_person(full_name="An")
    actions.change_person(person=person, version=1, changes={"full_name": "An "}, by=make_user(), at=at)
    person.refresh_from_db()
    assert person.version == 1
    assert not AuditEntry.objects.exists()


def test_a_stale_version_is_refused(at: datetime) -> None:
    person, user = make_person(full_name="An"), make_user()
    actions.change_person(person=person, version=1, changes={"title": "Kế toán"}, by=user, at=at)
    with pytest.raises(ChangedByAnother):
        actions.change_person(person=person, version=1, changes={"title": "Giám đốc"}, by=user, at=at)
    person.refresh_from_db()
    assert person.title == "Kế toán"


def test_the_last_thing_to_know_a_person_by_stays(at: datetime) -> None:
    person = make_person(full_name="An")
    with pytest.raises(actions.WrongValue):
        actions.change_person(person=person, version=1, changes={"full_name": ""}, by=make_user(), at=at)
    person.refresh_from_db()
    assert person.full_name == "An"


def test_the_database_itself_refuses_a_person_without_anything() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(full_name="")


def test_archive_and_back(at: datetime) -> None:
    person, user = make_person(), make_user()
    for _twice in range(2):
        actions.archive_person(person=person, by=user, at=at)
    person.refresh_from_db()
    assert (person.archived_at, person.version) == (at, 2)
    actions.restore_person(person=person, by=user, at=LATER)
    person.refresh_from_db()
    assert (person.archived_at, person.version) == (None, 3)
    assert [entry.name for entry in OutboxEntry.objects.order_by("pk")] == [
        "PersonArchived",
        "PersonRestored",
    ]


class TestContactPoints:
    """Further ways to reach a person, beside the main ones."""

    @pytest.mark.parametrize(
        ("kind", "value", "stored"),
        [
            ("email", "B@Example.com", "b@example.com"),
            ("phone", "0912 345 678", "+84912345678"),
            ("zalo", "0912.345.678", "+84912345678"),
            ("facebook", "https://www.facebook.com/ban.hang/", "ban.hang"),
        ],
    )
    def test_is_stored_in_one_writing(self, kind: str, value: str, stored: str, at: datetime) -> None:
        person = make_person(email="a@example.com", phone="+84900000000")
        actions.add_contact_point(person=person, kind=kind, value=value, by=make_user(), at=at)
        person.refresh_from_db()
        assert [(point.kind, point.value) for point in person.contact_points.all()] == [(kind, stored)]
        assert (person.email, person.phone, person.version) == ("a@example.com", "+84900000000", 2)
        assert OutboxEntry.objects.get().payload["fields"] == ["contact_points"]

    @pytest.mark.parametrize(
        ("kind", "value"),
        [("email", "b@"), ("phone", "1"), ("zalo", ""), ("facebook", "a b"), ("email", "A@example.com")],
    )
    def test_wrong_or_known_is_refused(self, kind: str, value: str, at: datetime) -> None:
        person = make_person(email="a@example.com")
        with pytest.raises(actions.WrongValue):
            actions.add_contact_point(person=person, kind=kind, value=value, by=make_user(), at=at)
        assert not ContactPoint.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_the_first_one_is_the_main_one(self, at: datetime) -> None:
        person = make_person()
        actions.add_contact_point(person=person, kind="phone", value="0912345678", by=make_user(), at=at)
        person.refresh_from_db()
        assert person.phone == "+84912345678"
        assert not ContactPoint.objects.exists()

    def test_made_main_the_two_change_places(self, at: datetime) -> None:
        person, user = make_person(full_name="", email="a@example.com"), make_user()
        actions.add_contact_point(person=person, kind="email", value="b@example.com", by=user, at=at)
        actions.make_main(point=person.contact_points.get(), by=user, at=at)
        person.refresh_from_db()
        assert (person.email, person.sort_name, person.version) == ("b@example.com", "b@example.com", 3)
        assert [point.value for point in person.contact_points.all()] == ["a@example.com"]

    def test_zalo_cannot_be_the_main_one(self, at: datetime) -> None:
        person = make_person()
        point = ContactPoint.objects.create(person=person, kind="zalo", value="+84912345678")
        with pytest.raises(actions.WrongValue):
            actions.make_main(point=point, by=make_user(), at=at)

    def test_can_be_taken_away(self, at: datetime) -> None:
        point = ContactPoint.objects.create(person=make_person(), kind="zalo", value="+84912345678")
        actions.remove_contact_point(point=point, by=make_user(), at=at)
        assert not ContactPoint.objects.exists()

    def test_a_new_main_address_is_not_also_a_further_one(self, at: datetime) -> None:
        person = make_person(email="a@example.com")
        ContactPoint.objects.create(person=person, kind="email", value="b@example.com")
        actions.change_person(person=person, version=1, changes={"email": "b@example.com"}, by=make_user(), at=at)
        assert not ContactPoint.objects.exists()
