"""Both engines see the same facts."""

from datetime import date, datetime

import ibis

from rapport.lake.engines import kept
from tests.analytics.engines import Engine, both_engines, rows_of

ORDERS = [
    {"person_id": 1, "placed_on": date(2026, 1, 5), "total": 10.0},
    {"person_id": 1, "placed_on": date(2026, 1, 9), "total": -2.5, "channel": "shop"},
    {"company_id": 7, "placed_on": date(1997, 2, 1), "total": 1e15, "currency": "USD"},
]


@both_engines
def test_rows_come_back_as_they_were_given(engine: Engine) -> None:
    found = rows_of(engine.facts(orders=ORDERS).orders, by="id")
    assert [row["person_id"] for row in found] == [1, 1, None]
    assert [row["placed_on"] for row in found] == [date(2026, 1, 5), date(2026, 1, 9), date(1997, 2, 1)]
    assert [row["total"] for row in found] == [10.0, -2.5, 1e15]
    assert found[0]["placed_at"] == datetime(2026, 1, 5, 12)  # noqa: DTZ001 # plain, and in UTC


@both_engines
def test_tables_without_rows_can_be_asked(engine: Engine) -> None:
    facts = engine.facts()
    assert rows_of(facts.orders.aggregate(n=facts.orders.count())) == [{"n": 0}]
    joined = facts.order_lines.join(facts.orders, facts.order_lines.order_id == facts.orders.id)
    assert rows_of(joined) == []
    assert facts.orders.schema() == engine.facts(orders=ORDERS).orders.schema()


@both_engines
def test_a_kept_table_is_computed_and_used_like_any_other(engine: Engine) -> None:
    facts = engine.facts(orders=ORDERS, people=[{"id": 1, "province": "Huế"}])
    sums = kept(facts.orders.group_by("person_id").agg(money=facts.orders.total.sum()))
    joined = sums.join(facts.people, sums.person_id == facts.people.id)
    assert rows_of(joined.select("person_id", "money", "province")) == [
        {"person_id": 1, "money": 7.5, "province": "Huế"}
    ]


@both_engines
def test_small_tables_from_memory_join(engine: Engine) -> None:
    facts = engine.facts(orders=ORDERS)
    names = ibis.memtable({"person_id": [1, 2], "word": ["a", None]}, schema={"person_id": "int64", "word": "string"})
    joined = facts.orders.join(names, "person_id").order_by("id").select("id", "word")
    assert rows_of(joined) == [{"id": 1, "word": "a"}, {"id": 2, "word": "a"}]
    assert facts.orders.total.max().to_pyarrow().as_py() == 1e15
