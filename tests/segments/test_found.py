"""What each condition finds, on a handful of people: rules as a table with answers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from rapport.insight.models import PersonTraits
from rapport.people.models import Person
from rapport.segments import compose, references, rules
from rapport.segments.fields import Scope
from rapport.segments.models import Member, Segment
from tests.factories import (
    make_company,
    make_deal,
    make_interaction,
    make_order,
    make_person,
    make_pipeline,
    make_product,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 16)
NOON = datetime(2026, 3, 16, 5, tzinfo=UTC)


def ago(days: int) -> datetime:
    """Noon, so many days ago, where the company is."""
    return NOON - timedelta(days=days)


@pytest.fixture
def shop() -> None:
    """Five people: An buys often, Bình once and long ago, Chi returned, Dũng is archived, Em never bought."""
    user, team = make_user(email="owner@example.com"), make_team(name="South")
    an = make_person(
        full_name="An", province="Hà Nội", country="VN", language="vi", source="web", tags=["vip", "coffee"],
        owner=user, team=team, birthday=date(1990, 3, 20), email="an@example.com", phone="+84901234567",
        recorded_at=ago(100),
    )  # fmt: skip
    binh = make_person(full_name="Bình", province="Huế", tags=["tea"], birthday=date(1992, 2, 29), recorded_at=ago(5))
    chi = make_person(full_name="", external_id="C-3", province="Hà Nội", recorded_at=ago(0))
    dung = make_person(full_name="Dũng", archived_at=NOON, province="Hà Nội", tags=["vip"])
    make_person(full_name="Em", recorded_at=ago(1))
    coffee = make_product(name="Coffee", external_id="P-1", category="Drinks")
    cup = make_product(name="Cup", external_id="P-2", category="Ware")
    make_order((coffee, 2, 100), person=an, placed_at=ago(1), channel="web")
    make_order((coffee, 1, 100), (cup, 1, 50), person=an, placed_at=ago(30), channel="shop")
    make_order((cup, 3, 50), person=an, placed_at=ago(200), channel="web")
    make_order((coffee, 1, 100), person=an, placed_at=ago(-5), channel="web")
    make_order((cup, 1, 50), person=an, company=make_company(), placed_at=ago(2), channel="web")
    make_order((cup, 1, 50), person=binh, placed_at=ago(400), channel="shop", currency="USD")
    make_order((coffee, 2, 100), person=chi, placed_at=ago(20))
    make_order((coffee, -2, 100), person=chi, placed_at=ago(10))
    make_order((coffee, 9, 100), person=dung, placed_at=ago(1))
    make_interaction(an, binh, kind="call", at=ago(3), channel="phone", direction="out")
    make_interaction(an, kind="ticket", at=ago(90), channel="web", direction="in")
    pipeline = make_pipeline("New", "Offer", name="Retail")
    make_deal(stage=pipeline.stages.get(name="Offer"), person=an, amount=Decimal(500))
    make_deal(stage=pipeline.stages.get(name="Won"), person=binh, amount=Decimal(900), closed_at=ago(40))
    PersonTraits.objects.create(
        person=an, first_on=date(2025, 8, 28), last_on=date(2026, 3, 15), purchases=3, money=500.0, r=5, f=4, m=3,
        rfm_segment="champions", probability_alive=0.9, expected_purchases=4.5, expected_value=800.0,
        due_on=date(2026, 3, 20),
    )  # fmt: skip
    PersonTraits.objects.create(person=binh, purchases=1, last_on=date(2025, 2, 9), r=1, f=1, m=1, rfm_segment="lost")
    segment = Segment.objects.create(name="Known", rule={"all": []}, made_at=NOON, updated_at=NOON)
    Member.objects.create(segment=segment, person=an, entered_at=NOON)
    Member.objects.create(segment=segment, person=binh, entered_at=ago(3), left_at=NOON)


def asked(field: str, operator: str, value: Any = None, **options: Any) -> dict[str, Any]:
    """A condition as JSON."""
    return {"field": field, "is": operator} | ({} if value is None else {"value": value}) | options


def found(rule: dict[str, Any], today: date = TODAY) -> str:
    """The first letters of the people a rule finds; `?` for who has no name."""
    people = compose.people(references.resolved(rules.parse(rule)), Scope(today))
    return "".join(sorted((person.full_name or "?")[0] for person in people))


LAST_90 = {"is": "in_last_days", "value": 90}
CASES = [
    (asked("name_known", "yes"), "ABE"),
    (asked("name_known", "no"), "?"),
    (asked("has_email", "yes"), "A"),
    (asked("has_phone", "no"), "?BE"),
    (asked("province", "one_of", ["Hà Nội"]), "?A"),
    (asked("province", "none_of", ["Hà Nội"]), "BE"),
    (asked("province", "known"), "?AB"),
    (asked("province", "unknown"), "E"),
    (asked("country", "one_of", ["VN"]), "A"),
    (asked("language", "unknown"), "?BE"),
    (asked("source", "one_of", ["web", "shop"]), "A"),
    (asked("owner", "one_of", ["owner@example.com"]), "A"),
    (asked("owner", "none_of", ["owner@example.com"]), "?BE"),
    (asked("owner", "unknown"), "?BE"),
    (asked("team", "one_of", ["South"]), "A"),
    (asked("birthday", "comes_in_days", 4), "A"),
    (asked("birthday", "comes_in_days", 3), ""),
    (asked("birthday", "comes_in_days", 365), "AB"),
    (asked("birthday", "unknown"), "?E"),
    (asked("birthday", "since", "1991-01-01"), "B"),
    (asked("birthday", "between", ["1990-01-01", "1990-12-31"]), "A"),
    (asked("recorded_on", "in_last_days", 5), "?BE"),
    (asked("recorded_on", "in_last_days", 4), "?E"),
    (asked("recorded_on", "more_than_days_ago", 5), "A"),
    (asked("tags", "any_of", ["vip", "tea"]), "AB"),
    (asked("tags", "all_of", ["vip", "coffee"]), "A"),
    (asked("tags", "none_of", ["vip"]), "?BE"),
    (asked("tags", "unknown"), "?E"),
    (asked("orders_count", "at_least", 1), "?AB"),
    (asked("orders_count", "equals", 3), "A"),
    (asked("orders_count", "at_most", 0), "E"),
    (asked("orders_count", "less_than", 2), "?BE"),
    (asked("orders_count", "between", [0, 1]), "?BE"),
    (asked("orders_count", "at_least", 2, window=LAST_90), "A"),
    (asked("orders_count", "at_least", 2, window=LAST_90, channel=["web"]), ""),
    (asked("orders_count", "at_least", 1, window={"is": "more_than_days_ago", "value": 300}), "B"),
    (asked("orders_sum", "at_least", 500), "A"),
    (asked("orders_sum", "equals", 0), "?BE"),
    (asked("orders_sum", "at_least", 1, currency="USD"), "B"),
    (asked("last_order_on", "in_last_days", 1), "A"),
    (asked("last_order_on", "in_last_days", 20), "?A"),
    (asked("last_order_on", "more_than_days_ago", 20), "B"),
    (asked("last_order_on", "more_than_days_ago", 20, channel=["shop"]), "AB"),
    (asked("last_order_on", "unknown"), "E"),
    (asked("first_order_on", "in_last_days", 300), "?A"),
    (asked("first_order_on", "until", "2025-06-01"), "B"),
    (asked("bought_quantity", "at_least", 3, product=["P-1"]), "A"),
    (asked("bought_quantity", "at_least", 3, product=["P-1"], window={"is": "in_last_days", "value": 29}), ""),
    (asked("bought_quantity", "at_most", 0, product=["P-1"]), "?BE"),
    (asked("bought_quantity", "at_least", 1, category=["Ware"]), "AB"),
    (asked("bought_quantity", "at_least", 4, category=["Ware"]), "A"),
    (asked("interactions_count", "at_least", 1), "AB"),
    (asked("interactions_count", "at_least", 1, kind=["ticket"]), "A"),
    (asked("interactions_count", "at_least", 1, direction=["in"], window={"is": "in_last_days", "value": 80}), ""),
    (asked("interactions_count", "at_most", 1), "?BE"),
    (asked("last_interaction_on", "in_last_days", 3), "AB"),
    (asked("last_interaction_on", "more_than_days_ago", 80, channel=["web"]), "A"),
    (asked("last_interaction_on", "unknown"), "?E"),
    (asked("deals_count", "at_least", 1, status=["open"]), "A"),
    (asked("deals_count", "at_least", 1, stage=["Won"], pipeline=["Retail"]), "B"),
    (asked("deals_count", "at_least", 1, amount_at_least=600), "B"),
    (asked("deals_count", "at_least", 1, closed={"is": "in_last_days", "value": 30}), ""),
    (asked("deals_count", "at_least", 1, status=["won"], closed={"is": "in_last_days", "value": 40}), "B"),
    (asked("deals_amount", "between", [400, 600]), "A"),
    (asked("rfm_segment", "one_of", ["champions"]), "A"),
    (asked("rfm_segment", "none_of", ["champions"]), "?BE"),
    (asked("rfm_segment", "unknown"), "?E"),
    (asked("r", "at_least", 4), "A"),
    (asked("purchases", "at_most", 1), "B"),
    (asked("money", "at_least", 1), "A"),
    (asked("probability_alive", "more_than", 0.5), "A"),
    (asked("expected_value", "at_least", 800), "A"),
    (asked("due_on", "in_next_days", 7), "A"),
    (asked("due_on", "in_next_days", 3), ""),
    (asked("due_on", "unknown"), "?BE"),
    (asked("last_on", "more_than_days_ago", 300), "B"),
    (asked("segment", "one_of", ["Known"]), "A"),
    (asked("segment", "none_of", ["Known"]), "?BE"),
]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(("condition", "names"), CASES, ids=lambda given: str(given)[:90])
def test_a_condition_finds(condition: dict[str, Any], names: str) -> None:
    """In a group of its own, denied, and as one of two alternatives of which the other finds nobody."""
    assert found({"all": [condition]}) == names
    everyone = set("?ABE")
    assert set(found({"none": [condition]})) == everyone - set(names)
    nobody = [asked("tags", "any_of", ["no such"]), asked("orders_count", "at_least", 99)]
    assert found({"any": [condition, *nobody]}) == names
    assert found({"all": [{"any": [condition, {"all": nobody}]}]}) == names


VIP, BUYS, TALKED = asked("tags", "any_of", ["vip"]), asked("orders_count", "at_least", 1), CASES[49][0]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"all": [BUYS, {"none": [VIP]}]}, "?B"),
        ({"any": [VIP, asked("province", "unknown")]}, "AE"),
        ({"any": [VIP, {"none": [BUYS]}]}, "AE"),
        ({"none": [BUYS, VIP]}, "E"),
        ({"none": [{"all": [BUYS, VIP]}]}, "?BE"),
        ({"none": [{"none": [BUYS]}]}, "?AB"),
        ({"all": [{"any": [VIP, asked("r", "at_most", 1)]}, asked("interactions_count", "at_least", 2)]}, "A"),
        ({"any": [{"all": [VIP, BUYS]}, {"all": [asked("birthday", "unknown"), {"none": [BUYS]}]}]}, "AE"),
    ],
)
def test_groups_nest(rule: dict[str, Any], names: str) -> None:
    assert found(rule) == names


@pytest.mark.usefixtures("shop")
def test_only_those_asked_about_are_looked_at(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE few ON COMMIT DROP AS SELECT id AS person_id FROM people_person WHERE full_name = 'An'"
        )
    rule = rules.parse({"any": [BUYS, {"none": [VIP]}]})
    assert [str(person) for person in compose.people(rule, Scope(TODAY, "few"))] == ["An"]
    assert not compose.people(rules.parse({"none": [BUYS]}), Scope(TODAY, "few")).exists()
    assert Person.objects.count() == 5


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("today", "ahead", "names"),
    [
        (date(2026, 2, 28), 0, "B"),
        (date(2026, 3, 1), 0, ""),
        (date(2028, 2, 28), 0, ""),
        (date(2028, 2, 29), 0, "B"),
        (date(2025, 12, 31), 60, "B"),
        (date(2025, 12, 31), 80, "AB"),
    ],
)
def test_a_birthday_on_29_february(today: date, ahead: int, names: str) -> None:
    assert found(asked("birthday", "comes_in_days", ahead), today) == names
