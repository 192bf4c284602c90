"""Everything that lists offer can be asked, shown and sorted by, and reaches no further than its reader may see."""

from typing import Any

import pytest
from django.http import QueryDict

from rapport.core import clock
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists import asked, catalogue, places, queries
from rapport.lists.asked import Asked
from rapport.lists.operators import Shape, ValueKind
from tests.factories import (
    make_company,
    make_deal,
    make_order,
    make_person,
    make_post,
    make_product,
    make_task,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
VALUES = {
    ValueKind.NUMBER: ["1", "3"], ValueKind.MONEY: ["1", "3"], ValueKind.DAY: ["2026-01-01", "2026-02-01"],
    ValueKind.INSTANT: ["2026-01-01", "2026-02-01"], ValueKind.REFERENCE: ["1", "none"],
}  # fmt: skip


def make_fields() -> None:
    """A custom field of each type on people; one that sellers may not see."""
    for type in ("text", "number", "money", "date", "choice", "choices", "yes_no"):
        choices = [{"code": code, "label_vi": code, "label_en": "", "retired": False} for code in "ab"]
        given = {"choices": choices} if type.startswith("choice") else {}
        FieldDefinition.objects.create(kind="person", code=f"f_{type}", type=type, label_vi=f"F {type}", **given)
    FieldDefinition.objects.create(kind="person", code="f_link", type="link", label_vi="F", target_kind="company")
    FieldDefinition.objects.create(
        kind="person", code="secret", type="number", label_vi="Secret", seen_by=["administrator"]
    )


def names(user: User, query: str, kind: Kind = Kind.PERSON) -> list[str]:
    """Who is on the first page."""
    found = catalogue.of(kind, user=user, now=clock.now())
    page = queries.page_of(found, user=user, asked=asked.read(found, QueryDict(query)))
    return [str(row.record) for row in page.rows]


def test_everything_offered_can_be_asked_shown_and_sorted_by() -> None:
    make_fields()
    user, now = make_user(role="administrator"), clock.now()
    person, company = make_person(), make_company()
    make_post(person, company)
    make_deal(person=person, company=company)
    make_order((make_product(), 1, 5), person=person)
    make_task(owner=user)
    for kind in catalogue.KINDS:
        found = catalogue.of(kind, user=user, now=now)
        for each in found.filters.values():
            for name, operator in each.operators.items():
                choices = [code for code, _label in each.choices()][:2] if each.choices else []
                given = choices or (["1", "2"] if each.code == "custom.f_link" else VALUES.get(each.kind, ["a", "b"]))
                values = {Shape.NOTHING: [], Shape.DAYS: ["7"], Shape.ONE: given[:1]}.get(operator.shape, given)
                wanted = asked.wanted(found, f"{each.code}.{name}", values or ["1"])
                list(queries.rows_of(found, user=user, asked=Asked(filters=(wanted,)))[:5])
        for column in found.columns.values():
            for sort in (column.code, f"-{column.code}") if column.sortable else ("",):
                page = queries.page_of(found, user=user, size=1, asked=Asked(columns=(*found.columns,), sort=sort))
                assert not page.problem
                assert [each.value(row) for row in page.rows for each in page.columns]


def test_a_question_survives_its_query_string_and_its_view() -> None:
    make_fields()
    user = make_user(role="administrator")
    found = catalogue.of(Kind.PERSON, user=user, now=clock.now())
    query = (
        "province=Huế&province=Hà Nội&purchases.between=1..3&archived=no&recorded_at.in_last_days=7"
        "&custom.f_choice=a&email.known=1&columns=phone,owner&sort=-arrival&nonsense=1&due=maybe&birthday.since=x"
    )
    given = asked.read(found, QueryDict(query))
    assert [problem.name for problem in given.problems] == ["nonsense", "due", "birthday.since"]
    assert given.sort == "-recorded_at"
    again = asked.read(found, QueryDict(given.query()))
    assert (again.filters, again.columns, again.sort) == (given.filters, given.columns, given.sort)
    assert asked.from_state(found, given.state()).filters == given.filters


def test_related_records_count_as_far_as_they_are_seen() -> None:
    team = make_team()
    seller, manager = make_user(role="seller", team=team), make_user(role="manager")
    hidden = make_company(name="Hidden", industry="Rice", owner=manager, team=make_team())
    person = make_person(full_name="An", owner=seller, team=team)
    make_post(person, hidden)
    make_deal(person=person, owner=manager, team=hidden.team)
    make_order((make_product(), 1, 5), person=person, owner=manager, team=hidden.team)
    for query in ("company.industry=Rice", f"company={hidden.pk}", "open_deals.at_least=1", "last_order.known=1"):
        assert (names(manager, query), names(seller, query)) == (["An"], []), query
    for query in ("company.industry.none_of=Rice", "open_deals.equals=0", "last_order.unknown=1"):
        assert (names(manager, query), names(seller, query)) == ([], ["An"]), query


def test_a_title_is_found_at_the_company_and_on_the_person() -> None:
    user = make_user(role="manager")
    make_post(make_person(full_name="An"), make_company(), title="Buyer")
    make_person(full_name="Bình", title="Buyer")
    make_person(full_name="Chi")
    assert (names(user, "title=Buyer"), names(user, "title.none_of=Buyer")) == (["An", "Bình"], ["Chi"])
    assert (names(user, "title.known=1"), names(user, "title.unknown=1")) == (["An", "Bình"], ["Chi"])


def test_a_hidden_field_is_no_field() -> None:
    make_fields()
    seller = make_user(role="seller")
    found = catalogue.of(Kind.PERSON, user=seller, now=clock.now())
    given = asked.read(found, QueryDict("custom.secret.at_least=1&columns=custom.secret&sort=custom.secret"))
    assert given.filters == () == given.columns
    assert {problem.name for problem in given.problems} == {"custom.secret.at_least", "custom.secret"}


@pytest.mark.parametrize("sort", ["employees", "-employees", "name", "-recorded_at"])
def test_pages_hold_everybody_once_those_without_a_value_last(sort: str) -> None:
    user = make_user(role="manager")
    for number in range(7):
        make_company(name=f"C{number}", employees=None if number % 3 == 0 else number % 2)
    found = catalogue.of(Kind.COMPANY, user=user, now=clock.now())
    rows, cursor = list[Any](), ""
    while not rows or cursor:
        page = queries.page_of(found, user=user, asked=Asked(sort=sort), cursor=cursor, size=2)
        rows += [row.record for row in page.rows]
        cursor = page.next_cursor
    assert sorted(row.pk for row in rows) == sorted({row.pk for row in rows})
    assert len(rows) == 7
    if "employees" in sort:
        known = [row.employees for row in rows if row.employees is not None]
        assert known == sorted(known, reverse=sort.startswith("-"))
        assert [row.employees for row in rows[len(known) :]] == [None] * 3


def test_what_is_too_wide_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "FEW", 1)
    monkeypatch.setattr(places, "MOST_SORTED", 2)
    user = make_user(role="manager")
    for _number in range(4):
        make_company()
    found = catalogue.of(Kind.COMPANY, user=user, now=clock.now())
    page = queries.page_of(found, user=user, asked=Asked(sort="employees"))
    assert (page.rows, "Employees" in page.problem) == ([], True)
    assert len(queries.page_of(found, user=user, asked=Asked(sort="name")).rows) == 4


@pytest.mark.parametrize(
    "way",
    [
        {"SOON_GATHERED": 1_000},
        {"SOON_GATHERED": -1, "MANY": -1, "ENOUGH": 1, "SAMPLE": 3},
        {"SOON_GATHERED": -1, "MANY": -1, "QUICK": 1, "_walked": None},
        {"SOON_GATHERED": -1, "MANY": 1_000, "MOST_SORTED": -1},
    ],
    ids=["gathered", "walked", "walked in vain, then gathered", "from few"],
)
@pytest.mark.parametrize("sort", ["name", "-name"])
def test_every_way_of_finding_a_page_finds_the_same(
    monkeypatch: pytest.MonkeyPatch, way: dict[str, int | None], sort: str
) -> None:
    def too_long(*_given: object) -> None:
        raise places.TooWide("too long")

    for name, value in way.items():
        monkeypatch.setattr(places, name, too_long if value is None else value)
    user = make_user(role="manager")
    people = [make_person(full_name=f"P {number}", province="Huế" if number % 2 else "Nam") for number in range(12)]
    for person in people[:9]:
        make_order((make_product(), 1, 5), person=person)
    found = catalogue.of(Kind.PERSON, user=user, now=clock.now())
    wanted = asked.read(found, QueryDict(f"province=Huế&last_order.known=1&sort={sort}"))
    expected = sorted((person for person in people[:9] if person.province == "Huế"), key=lambda each: each.sort_name)
    seen: list[Any] = []
    counts: list[int] = []
    cursor = ""
    while len(seen) < 12:
        page = queries.page_of(found, user=user, asked=wanted, cursor=cursor, size=3)
        seen += [row.record for row in page.rows]
        counts.append(page.count)
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == (expected[::-1] if sort == "-name" else expected)
    assert counts[0] in (0, len(expected))
