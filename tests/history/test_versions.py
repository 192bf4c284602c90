"""What is kept of a change, and how it is told."""

from datetime import UTC, date, datetime, timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from rapport.core.acting import Through, acting, present
from rapport.core.models import AuditEntry
from rapport.deals.models.committee import Participant
from rapport.deals.models.process import StageRequirement
from rapport.history import queries, tracking
from rapport.history.actions import forget
from rapport.history.models import Entry
from rapport.history.queries import Asked, Version
from rapport.identity.models import ApiToken, Right, Role, User
from rapport.people.models import Affiliation, Company, ContactPoint, Person
from rapport.web.history.values import TELLERS
from tests.conftest import UserMaker
from tests.factories import AT, make_company, make_deal, make_person, make_post

pytestmark = pytest.mark.django_db


def short(version: Version) -> tuple[str, str, str, list[tuple[str, str, str]]]:
    """A version without its instant."""
    changes = [(change.field, change.before, change.after) for change in version.changes]
    return version.label, version.by, version.through, changes


def entries(kind: str) -> list[tuple[str, int | None, str, str]]:
    """What the log holds of a kind, oldest first."""
    return list(Entry.objects.filter(kind=kind).order_by("pk").values_list("label", "by_id", "through", "what"))


@pytest.mark.parametrize("number", [3, 30])
def test_one_statement_over_many_rows_notes_each_that_changed(number: int, user_as: UserMaker) -> None:
    user = user_as("administrator")
    rows = [
        Person(full_name=f"P {each}", sort_name="", search_text="", birthday=date(1990, 1, 1)) for each in range(number)
    ]
    people = Person.objects.bulk_create(rows)
    Person.objects.filter(pk=people[0].pk).update(province="Huế", birthday=None)
    with acting(user_id=user.pk, through=Through.JOB, what="bulk 7"):
        Person.objects.update(province="Huế", search_text="any", birthday=None, custom={"a": {"b": None}})
        Person.objects.update(search_text="other", version=9)
    found = Entry.objects.filter(kind="people.person", through="job").order_by("record_id")
    assert [(each.record_id, each.by_id, each.what) for each in found] == [
        (each.pk, user.pk, "bulk 7") for each in people
    ]
    custom = {"a": {"b": None}}
    assert (found[0].before, found[0].after) == ({"custom": {}}, {"custom": custom})
    before, after = {"province": "", "birthday": "1990-01-01", "custom": {}}, {"province": "Huế", "custom": custom}
    assert [(each.before, each.after) for each in found[1:]] == [(before, after)] * (number - 1)


def test_a_context_ends_where_it_ends_and_lends_what_the_inner_one_lacks() -> None:
    with acting(user_id=1, through=Through.PAGE, what=lambda: "people:edit"):
        with acting(through=Through.IMPORT, what="import 5"):
            assert present().told() == "1|import|import 5"
        assert present().told() == "1|page|people:edit"
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH made AS (INSERT INTO identity_team (name) VALUES ('%') RETURNING id) SELECT id FROM made"
            )
            (first,) = cursor.fetchone()
            cursor.executemany("UPDATE identity_team SET name = %s WHERE id = %s", [("a", first), ("b", first)])
            cursor.execute("SELECT 1; UPDATE identity_team SET name = %(name)s", {"name": "c %"})
    assert present().told() == "||"
    assert entries("identity.team") == [
        ("created", 1, "page", "people:edit"),
        *[("changed", 1, "page", "people:edit")] * 3,
    ]


@pytest.mark.parametrize("what", ["it's", "a|b", "'; DROP TABLE x; --", "%s %(a)s", "x" * 300, "tiếng Việt\n{}\\"])
def test_whatever_acts_cannot_break_a_statement(what: str) -> None:
    with acting(user_id=1, through=Through.JOB, what=what):
        make_company(name=what[:100].strip() or "x")
    assert [(by, way) for _label, by, way, _what in entries("people.company")] == [(1, "job")]


def test_the_log_only_grows() -> None:
    make_person()
    for change in (lambda: Entry.objects.update(by_id=None), lambda: Entry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_a_record_is_told_from_its_last_change_to_its_creation(user_as: UserMaker) -> None:
    user = user_as("administrator", full_name="Ann")
    with acting(user_id=user.pk, through=Through.PAGE, what="people:new"):
        person = make_person(full_name="Lan", birthday=None)
        post = make_post(person, make_company(name="Mây"), title="Clerk")
    with acting(user_id=user.pk, through=Through.API):
        Person.objects.filter(pk=person.pk).update(
            full_name="Lan Anh", birthday=date(1990, 2, 1), tags=["b", "a"], owner=user, custom={"gone": 1}
        )
        Affiliation.objects.filter(pk=post.pk).update(title="")
        post.delete()
    told = queries.versions(Person, person.pk, reader=user)
    assert told.next_cursor == ""
    assert [short(each) for each in told.rows] == [
        ("removed", "Ann", "api", [("person", "Lan Anh", ""), ("company", "Mây", "")]),
        ("changed", "Ann", "api", [("title", "Clerk", "")]),
        ("changed", "Ann", "api", [
            ("full_name", "Lan", "Lan Anh"), ("birthday", "", "1 Feb 1990"), ("tags", "", "b, a"), ("owner", "", "Ann"),
        ]),
        ("created", "Ann", "page", [("title", "", "Clerk")]),
        ("created", "Ann", "page", [("full_name", "", "Lan")]),
    ]  # fmt: skip
    assert [each.title for each in told.rows] == ["Mây", "Mây", "", "Mây", ""]
    first = queries.versions(Person, person.pk, reader=user, size=2)
    second = queries.versions(Person, person.pk, reader=user, size=3, cursor=first.next_cursor)
    assert [each.number for each in first.rows + second.rows] == [each.number for each in told.rows]


def test_what_an_import_created_is_told_by_its_number(user_as: UserMaker) -> None:
    with acting(user_id=3, through=Through.IMPORT, what="import 5"):
        person = make_person(batch=5, recorded_at=datetime(2026, 3, 1, tzinfo=UTC), title="Buyer", province="Huế")
    assert entries("people.person") == []
    Person.objects.filter(pk=person.pk).update(title="Head", province="")
    _change, first = queries.versions(Person, person.pk, reader=user_as("administrator")).rows
    held = {each.field: (each.before, each.after) for each in first.changes}
    assert (held["title"], held["province"]) == (("", "Buyer"), ("", "Huế"))
    assert (first.label, first.through, first.what, first.at) == ("created", "import", "import 5", person.recorded_at)


def test_names_out_of_reach_are_not_told(user_as: UserMaker) -> None:
    seller, other = user_as("seller"), user_as("seller")
    hidden, deal = make_company(name="Secret", owner=other), make_deal(owner=seller)
    person = make_person(owner=seller)
    make_post(person, hidden)
    type(deal).objects.filter(pk=deal.pk).update(company=hidden)
    texts = " ".join(
        [version.title + str(version.changes) for version in queries.versions(Person, person.pk, reader=seller).rows]
        + [str(version.changes) for version in queries.versions(type(deal), deal.pk, reader=seller).rows]
    )
    assert "Secret" not in texts
    assert "not to be seen" in texts


def test_an_administrator_finds_by_value_field_way_day_and_user(
    user_as: UserMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = user_as("administrator")
    person, company = make_person(full_name="Old 100%_name"), make_company(name="Mây Lam")
    with acting(user_id=user.pk, through=Through.PAGE):
        Person.objects.filter(pk=person.pk).update(full_name="New")
        Company.objects.filter(pk=company.pk).update(tags=["vip"])

    def found(**asked: object) -> list[str]:
        rows = queries.search(Asked(**asked), reader=user).rows  # type: ignore[arg-type]
        return [f"{each.label} {each.kind}" for each in rows if each.kind.startswith("people")]

    renamed, tagged = "changed people.person", "changed people.company"
    assert found(text="100%_NAME") == [renamed]
    assert found(text="full_name") == []
    assert found(column="tags") == [tagged]
    assert found(kind="people.person", label="changed") == [renamed]
    assert found(by_id=user.pk) == found(through="page") == [tagged, renamed]
    assert found(kind="people.company", record_id=company.pk) == [tagged, "created people.company"]
    assert found(by_id=user.pk, without=frozenset({"people.company"})) == [renamed]
    assert found(since=datetime(2020, 1, 1, tzinfo=UTC), through="page") == [tagged, renamed]
    assert found(until=datetime(2020, 1, 1, tzinfo=UTC)) == []
    monkeypatch.setattr(queries, "LOOKED_AT", 1)
    first = queries.search(Asked(text="100%_name"), reader=user)
    assert (first.rows, first.looked_back_to is None) == ([], False)
    second = queries.search(Asked(text="100%_name"), reader=user, cursor=first.next_cursor)
    assert [each.kind for each in second.rows] == ["people.person"]


def test_an_import_is_found_though_its_rows_have_no_entries(user_as: UserMaker) -> None:
    user = user_as("administrator")
    make_person(full_name="Older")
    for number, at in ((7, datetime(2020, 1, 1, tzinfo=UTC)), (8, datetime(2020, 2, 1, tzinfo=UTC))):
        data = {"created": 3000, "updated": 0}
        AuditEntry.objects.create(code="imports.loaded", target_kind="imports.import", target_id=number, by_id=user.pk,
                                  at=at, data=data)  # fmt: skip
    with acting(user_id=user.pk, through=Through.IMPORT, what="import 8"):
        Company.objects.bulk_create([Company(name="Mới", sort_name="moi", batch=8)])

    def found(**asked: object) -> list[str]:
        rows = queries.search(Asked(**asked), reader=user).rows  # type: ignore[arg-type]
        return [each.what for each in rows if each.through == "import"]

    assert found() == found(through="import") == found(label="created") == ["import 8", "import 7"]
    assert found(by_id=user.pk, until=datetime(2020, 1, 15, tzinfo=UTC)) == ["import 7"]
    assert found(by_id=0) == found(text="Mới") == found(label="changed") == found(kind="people.person") == []
    assert found(kind="people.company", record_id=Company.objects.get().pk) == ["import 8"]
    told = queries.search(Asked(through="import"), reader=user).rows[0]
    assert (told.by, [(each.label, each.after) for each in told.changes]) == (str(user), [("Created", "3000")])
    first = queries.search(Asked(), reader=user, size=1)
    second = queries.search(Asked(), reader=user, size=1, cursor=first.next_cursor)
    pages = [each.what for page in (first, second) for each in page.rows if each.through == "import"]
    assert len(pages) == len(set(pages))


def test_forgetting_removes_values_and_leaves_that_it_was() -> None:
    person, other = make_person(full_name="Lan"), make_person(full_name="Other")
    point = ContactPoint.objects.create(person=person, kind="zalo", value="0901")
    Person.objects.update(title="Boss")
    point.delete()
    assert forget(Person, person.pk) == 2
    told = queries.search(Asked(kind="people.contactpoint"), reader=User(role="")).rows
    assert [(each.label, each.changes) for each in told] == [("removed", []), ("created", [])]
    left = Entry.objects.exclude(before=None)
    assert [(each.kind, each.record_id) for each in left] == [("people.person", other.pk)]
    assert Entry.objects.filter(kind="people.person", record_id=person.pk).count() == 2


def test_codes_are_told_by_what_they_are_called(user_as: UserMaker) -> None:
    user = user_as("administrator", full_name="Ann")
    fields = {tuple(key): tracking.registered()[key[0]].model._meta.get_field(key[1]) for key in TELLERS}
    assert len(fields) == len(TELLERS)
    role = Role.objects.create(code="own", name="Helpers")
    right = Right.objects.create(role=role, kind="person", action="edit", reach=1)
    Right.objects.filter(pk=right.pk).update(reach=2)
    User.objects.filter(pk=user.pk).update(role="own", language="vi", theme="dark")
    token = ApiToken.objects.create(
        user=user,
        name="Shop",
        token_hash="x",
        shown="rpt_",
        scopes=["people:read"],
        made_at=AT,
        expires_at=AT + timedelta(days=1),
    )
    ApiToken.objects.filter(pk=token.pk).update(scopes=["people:write", "gone:read"])
    person, deal, company = make_person(phone=""), make_deal(), make_company(employees=5)
    Person.objects.filter(pk=person.pk).update(country="JP", language="ja", phone="+84912345678")
    Company.objects.filter(pk=company.pk).update(employees=1500)
    seat = Participant.objects.create(deal=deal, person=person, since=AT, roles=["buyer"])
    with pgtrigger.ignore("deals.Participant:history_stays"):
        Participant.objects.filter(pk=seat.pk).delete()
    StageRequirement.objects.create(stage=deal.stage, kind="document", subject="contract").delete()
    found = {
        (each.kind, change.field): (change.before, change.after)
        for each in queries.search(Asked(), reader=user, size=100).rows
        if each.label != "created"
        for change in each.changes
    }
    assert found["identity.right", "reach"] == ("Own", "Own team")
    assert found["identity.user", "role"] == ("Administrator", "Helpers")
    assert (found["identity.user", "language"], found["identity.user", "theme"]) == (("", "Vietnamese"), ("", "Dark"))
    assert found["identity.apitoken", "scopes"] == ("People (read)", "people:write, gone:read")
    assert (found["people.person", "country"][1], found["people.person", "language"][1]) == ("Japan", "Japanese")
    assert found["people.person", "phone"] == ("", "0912 345 678")
    assert found["people.company", "employees"] == ("5", "1,500")
    assert found["deals.participant", "roles"] == ("Buyer", "")
    assert found["deals.stagerequirement", "subject"] == ("Document: Contract", "")
    titles = {each.kind: (each.title, each.whole) for each in queries.search(Asked(), reader=user, size=100).rows}
    assert titles["identity.right"] == ("Helpers · People · Change", None)
    assert titles["identity.apitoken"] == ("Shop", ("identity.user", user.pk, "Ann"))
