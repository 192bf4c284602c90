"""An incremental refresh leaves the same members as asking everyone: random rules, changes and days, a real database.

The tests commit, since the horizon of a refresh only means something between transactions.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.commerce.models import Order, OrderLine, Product
from rapport.deals.models import Deal, Stage
from rapport.insight.models import PersonTraits, Refresh
from rapport.people.models import Person
from rapport.segments import changes, compose, references, rules
from rapport.segments.fields import Scope
from rapport.segments.models import Gone, Member, Segment, Tally
from rapport.segments.refresh import refresh
from rapport.timeline.models import Interaction, InteractionPerson
from tests.factories import make_interaction, make_order, make_person, make_pipeline, make_product

pytestmark = pytest.mark.django_db(transaction=True)
START = date(2026, 2, 20)
EMPTIED = (
    Member, Tally, Gone, Segment, OrderLine, Order, Product, InteractionPerson, Interaction, Deal, PersonTraits,
    Refresh, Person,
)  # fmt: skip


def noon(day: date) -> datetime:
    """Noon where the company is."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _sharp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask nobody without need: another test's transaction shall not keep the horizon low, nor few people mean all."""
    monkeypatch.setattr(changes, "horizon", now_in_transactions)
    monkeypatch.setattr(changes, "FEW", 10**9)


def now_in_transactions() -> int:
    """A number that no transaction had before; all of this test's have ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


DAYS = st.integers(0, 40)
WINDOWS = st.one_of(
    st.builds(lambda days: {"is": "in_last_days", "value": days}, DAYS),
    st.builds(lambda days: {"is": "more_than_days_ago", "value": days}, DAYS),
    st.sampled_from(
        [{"is": "since", "value": "2026-02-10"}, {"is": "until", "value": "2026-02-24"},
         {"is": "between", "value": ["2026-02-01", "2026-02-25"]}]
    ),
)  # fmt: skip
NUMBERS = st.builds(
    lambda operator, number: {"is": operator, "value": number},
    st.sampled_from(["at_least", "at_most", "equals", "less_than"]),
    st.integers(0, 3),
)
SPANS = st.one_of(WINDOWS, st.sampled_from([{"is": "known"}, {"is": "unknown"}]))
AHEAD = st.one_of(SPANS, st.builds(lambda days: {"is": "in_next_days", "value": days}, DAYS))


def _of(field: str, asked: Any, **options: Any) -> Any:
    """Conditions on a field, with or without each option."""
    return st.builds(
        lambda how, **given: {"field": field} | how | {name: value for name, value in given.items() if value},
        asked, **{name: st.one_of(st.none(), value) for name, value in options.items()},
    )  # fmt: skip


CHANNELS = st.sampled_from([["web"], ["shop"], ["shop", "web"]])
CONDITIONS = st.one_of(
    _of("orders_count", NUMBERS, window=WINDOWS, channel=CHANNELS),
    _of("orders_sum", NUMBERS, window=WINDOWS),
    _of("last_order_on", SPANS, channel=CHANNELS),
    _of("first_order_on", SPANS),
    _of("bought_quantity", NUMBERS, window=WINDOWS, category=st.sampled_from([["a"], ["b"]])),
    _of("interactions_count", NUMBERS, window=WINDOWS, kind=st.sampled_from([["call"], ["note"]])),
    _of("last_interaction_on", SPANS),
    _of("deals_count", NUMBERS, status=st.sampled_from([["open"], ["won"]]), closed=WINDOWS),
    _of("due_on", AHEAD),
    _of("rfm_segment", st.sampled_from([{"is": "one_of", "value": ["lost"]}, {"is": "none_of", "value": ["lost"]}])),
    _of("birthday", st.one_of(st.builds(lambda days: {"is": "comes_in_days", "value": days}, DAYS), SPANS)),
    _of("recorded_on", WINDOWS),
    _of("tags", st.sampled_from([{"is": "any_of", "value": ["vip"]}, {"is": "none_of", "value": ["vip"]}])),
)


def groups(conditions: Any) -> Any:
    """Groups of conditions, nested."""
    inner = st.builds(lambda how, parts: {how: parts}, HOW, _some(conditions))
    parts = st.one_of(conditions, conditions, inner)
    return st.builds(lambda how, parts: {how: parts}, HOW, _some(parts))


def _some(parts: Any) -> Any:
    return st.lists(parts, min_size=1, max_size=3)


HOW = st.sampled_from(["all", "any", "none"])
ASKING = st.builds(
    lambda operator, other: {"all": [{"field": "segment", "is": operator, "value": ["First"]}, other]},
    st.sampled_from(["one_of", "none_of"]),
    CONDITIONS,
)


def some_person(random: Random) -> Person | None:
    """Anyone."""
    people: list[Person] = list(Person.objects.order_by("pk"))
    return random.choice(people) if people else None


def add_person(random: Random, day: date) -> None:
    """Somebody new."""
    birthday = random.choice([None, date(1990, 3, 1), date(1992, 2, 29), date(1985, 2, 22)])
    tags = random.choice([[], ["vip"]])
    make_person(birthday=birthday, tags=tags, recorded_at=noon(day - timedelta(days=random.randrange(40))))


def add_order(random: Random, day: date) -> None:
    """An order, now and then in the future, now and then of nobody."""
    product = random.choice(list(Product.objects.order_by("pk")))
    placed = noon(day + timedelta(days=random.randrange(-45, 6)))
    channel = random.choice(["web", "shop", ""])
    price = random.choice([1, 1, 2, -1])
    make_order(
        (product, price, 1), person=random.choice([some_person(random), None]), placed_at=placed, channel=channel
    )


def add_interaction(random: Random, day: date) -> None:
    """A call or a note with somebody."""
    person = some_person(random)
    happened = noon(day - timedelta(days=random.randrange(45)))
    make_interaction(*([person] if person else []), kind=random.choice(["call", "note"]), at=happened)


def add_deal(random: Random, day: date) -> None:
    """A deal, open or won."""
    stage = random.choice(list(Stage.objects.exclude(status="lost").order_by("pk")))
    closed = noon(day - timedelta(days=random.randrange(45))) if stage.status == "won" else None
    deal = Deal(name="D", stage=stage, pipeline=stage.pipeline, person=some_person(random), closed_at=closed)
    deal.sort_name = deal.search_text = "d"
    deal.save()


def count_again(random: Random, day: date) -> None:
    """Insight writes its traits anew: some change, some go."""
    for person in Person.objects.order_by("pk"):
        PersonTraits.objects.filter(person=person).delete()
        if random.random() < 0.6:
            due = day + timedelta(days=random.randrange(-30, 30))
            segment = random.choice(["lost", "loyal"])
            PersonTraits.objects.create(person=person, purchases=1, due_on=due, rfm_segment=segment)
    Refresh.objects.create(as_of=day, began_at=noon(day), traits_stamp=str(random.random()))


def change_something(random: Random, day: date) -> None:
    """One row, by SQL by hand: what no event tells of."""
    with connection.cursor() as cursor:
        cursor.execute(
            random.choice(
                [
                    "UPDATE commerce_order SET person_id = (SELECT max(id) FROM people_person) WHERE id IN"
                    " (SELECT min(id) FROM commerce_order)",
                    "UPDATE commerce_order SET person_id = NULL WHERE id IN (SELECT max(id) FROM commerce_order)",
                    "UPDATE commerce_order SET archived_at = now() WHERE id IN (SELECT max(id) FROM commerce_order)",
                    "UPDATE commerce_orderline SET quantity = 3 WHERE id IN (SELECT max(id) FROM commerce_orderline)",
                    "UPDATE commerce_product SET category = CASE category WHEN 'a' THEN 'b' ELSE 'a' END",
                    "UPDATE timeline_interaction SET kind = 'note'"
                    " WHERE id IN (SELECT max(id) FROM timeline_interaction)",
                    "UPDATE timeline_interactionperson SET person_id = (SELECT min(id) FROM people_person)"
                    " WHERE id IN (SELECT max(id) FROM timeline_interactionperson)",
                    "UPDATE deals_stage SET status = CASE status WHEN 'won' THEN 'open' ELSE 'won' END",
                    "UPDATE deals_deal SET person_id = (SELECT min(id) FROM people_person)"
                    " WHERE id IN (SELECT max(id) FROM deals_deal)",
                    "UPDATE people_person SET tags = ARRAY['vip'] WHERE id IN (SELECT max(id) FROM people_person)",
                    "UPDATE people_person SET archived_at = now() WHERE id IN (SELECT min(id) FROM people_person)",
                    "UPDATE people_person SET birthday = '1990-02-25' WHERE id IN (SELECT max(id) FROM people_person)",
                ]
            )
        )


def remove_something(random: Random, day: date) -> None:
    """Rows go, as when an import is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        kind = random.choice(["orders", "lines", "talks", "deals", "person", "all orders"])
        if kind == "lines":
            cursor.execute("DELETE FROM commerce_orderline WHERE id IN (SELECT min(id) FROM commerce_orderline)")
        elif kind == "talks":
            InteractionPerson.objects.filter(pk__in=InteractionPerson.objects.values("pk")[:1]).delete()
        elif kind == "deals":
            Deal.objects.filter(pk__in=Deal.objects.values("pk")[:1]).delete()
        elif kind == "person":
            remove_person()
        else:
            bound = "SELECT id FROM commerce_order" + ("" if kind == "all orders" else " ORDER BY id LIMIT 1")
            cursor.execute(f"DELETE FROM commerce_orderline WHERE order_id IN ({bound})")
            cursor.execute(f"DELETE FROM commerce_order WHERE id IN ({bound})")


def remove_person() -> None:
    """Somebody is erased with all that is theirs."""
    person = Person.objects.order_by("pk").first()
    if person:
        OrderLine.objects.filter(order__person=person).delete()
        Order.objects.filter(person=person).delete()
        Deal.objects.filter(person=person).delete()
        person.delete()


CHANGES: list[Callable[[Random, date], None]] = [
    add_person, add_order, add_order, add_interaction, add_deal, count_again, change_something, change_something,
    remove_something,
]  # fmt: skip


def nothing_there() -> None:
    """Empty the tables, row by row, which is quick for few rows and leaves the tables' files as they are."""
    for model in EMPTIED:
        model.objects.all()._raw_delete("default")


@pytest.fixture
def company() -> None:
    """Two products, a pipeline."""
    make_product(category="a")
    make_product(category="b")
    make_pipeline("New")


def check_all(today: date) -> None:
    """Every segment holds exactly whom its rule finds now among everyone."""
    for segment in Segment.objects.order_by("pk"):
        rule = rules.parse(segment.rule)
        expected = set(compose.people(rule, Scope(today)).values_list("pk", flat=True))
        now = set(Member.objects.filter(segment=segment, left_at__isnull=True).values_list("person_id", flat=True))
        assert now == expected, segment.rule
        assert segment.member_count == len(expected)


def stored(name: str, rule: dict[str, Any]) -> None:
    """A segment of this rule."""
    canonical = rules.as_json(references.resolved(rules.parse(rule)))
    Segment.objects.create(name=name, rule=canonical, made_at=noon(START), updated_at=noon(START))


@given(
    first=groups(CONDITIONS), second=groups(CONDITIONS), asking=ASKING, seed=st.integers(0, 2**32),
    steps=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 12)), min_size=1, max_size=4),
)  # fmt: skip
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("company")
def test_incremental_is_full(
    first: dict[str, Any],
    second: dict[str, Any],
    asking: dict[str, Any],
    seed: int,
    steps: list[tuple[int, int]],
) -> None:
    nothing_there()
    make_product(category="a")
    make_product(category="b")
    random, day = Random(seed), START
    for make in (add_person, add_person, add_person, add_order, add_order, add_order, add_interaction, add_deal):
        make(random, day)
    for name, rule in (("First", first), ("Second", second), ("Third", asking)):
        stored(name, rule)
    refresh(as_of=day, at=noon(day))
    check_all(day)
    for number, days in steps:
        for _turn in range(number):
            random.choice(CHANGES)(random, day)
        day += timedelta(days=days)
        refresh(as_of=day, at=noon(day))
        check_all(day)


@pytest.mark.usefixtures("company")
def test_only_the_touched_are_asked() -> None:
    people = [make_person() for _number in range(5)]
    product = Product.objects.order_by("pk")[0]
    old, new = noon(START - timedelta(days=30)), noon(START - timedelta(days=2))
    orders = [make_order((product, 1, 1), person=person, placed_at=old) for person in people[:3]]
    stored("Bought", {"all": [{"field": "orders_count", "is": "at_least", "value": 1,
                               "window": {"is": "in_last_days", "value": 30}}]})  # fmt: skip

    def asked(day: date) -> tuple[int | None, int, int]:
        [tally] = refresh(as_of=day, at=noon(day))
        check_all(day)
        return tally.asked, tally.entered, tally.left

    assert asked(START) == (None, 3, 0)
    assert asked(START) == (0, 0, 0)
    make_order((product, 1, 1), person=people[3], placed_at=new)
    assert asked(START) == (1, 1, 0)
    assert asked(START + timedelta(days=1)) == (3, 0, 3)
    Order.objects.filter(pk=orders[0].pk).update(placed_at=new)
    assert asked(START + timedelta(days=1)) == (1, 1, 0)
    OrderLine.objects.filter(order=orders[0]).delete()
    orders[0].delete()
    assert asked(START + timedelta(days=1)) == (1, 0, 1)
    Person.objects.filter(pk=people[4].pk).delete()
    assert asked(START + timedelta(days=1)) == (0, 0, 0)
    assert asked(START)[0] is None


@pytest.mark.usefixtures("company")
def test_who_asks_about_a_segment_asks_again_only_about_whom_it_changed() -> None:
    people = [make_person(tags=["vip"]) for _number in range(4)]
    stored("First", {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]})
    stored("Other", {"all": [{"field": "recorded_on", "is": "since", "value": "2020-01-01"}]})
    stored("Asking", {"all": [{"field": "segment", "is": "none_of", "value": ["First"]}]})

    def asked() -> list[tuple[int | None, int]]:
        return [(tally.asked, tally.members) for tally in refresh(as_of=START, at=noon(START))]

    assert asked() == [(None, 4), (None, 4), (None, 0)]
    assert asked() == [(0, 4), (0, 4), (0, 0)]
    Person.objects.filter(pk=people[0].pk).update(tags=[])
    assert asked() == [(1, 3), (1, 4), (1, 1)]
    check_all(START)


@pytest.mark.usefixtures("company")
def test_what_is_committed_late_is_heard() -> None:
    """A row written before a refresh and committed after it is found by the next one."""
    make_person()
    stored("All", {"all": [{"field": "recorded_on", "is": "since", "value": "2020-01-01"}]})
    late = connection.copy()
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute(
                "INSERT INTO people_person (full_name, sort_name, search_text, title, email, phone, language,"
                " province, country, source, recorded_at)"
                " VALUES ('Late', 'late', 'late', '', '', '', '', '', '', '', '2026-01-01')"
            )
        assert real_horizon() < now_in_transactions()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(changes, "horizon", real_horizon)
            assert refresh(as_of=START, at=noon(START))[0].members == 1
            late.commit()
            [tally] = refresh(as_of=START, at=noon(START))
        assert (tally.members, tally.entered) == (2, 1)
        assert tally.asked is not None
    finally:
        late.close()


real_horizon = changes.horizon
