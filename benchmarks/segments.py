"""Fifty segments at a million people: found from scratch, the next morning, after a day's work, and counted live.

It works on the database `pages` of the other benchmarks, as a night does: the days move on by themselves, and some
orders, interactions and people are new.
"""

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks import bench_home, report, serving
from benchmarks.report import Figure

BUDGET = 30 * 60
SHARE_NEW = 0.01
LIVE = 4.0
PROVINCES = ("Hồ Chí Minh", "Hà Nội", "Đà Nẵng", "Cần Thơ", "Hải Phòng")


def asked(field: str, operator: str, value: Any = None, **options: Any) -> dict[str, Any]:
    """A condition."""
    return {"field": field, "is": operator} | ({} if value is None else {"value": value}) | options


def last(days: int) -> dict[str, Any]:
    """The window of the last days."""
    return {"is": "in_last_days", "value": days}


def realistic(tags: list[str], categories: list[str], products: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fifty rules as a marketing department has them."""
    reachable = {"any": [asked("has_email", "yes"), asked("has_phone", "yes")]}
    for province in PROVINCES:
        yield (
            f"Buyers in {province}",
            {"all": [asked("province", "one_of", [province]), asked("orders_count", "at_least", 1)]},
        )
        yield f"Asleep in {province}", {"all": [asked("province", "one_of", [province]),
                                                asked("last_order_on", "more_than_days_ago", 180)]}  # fmt: skip
    for days in (30, 60, 90, 180, 365):
        yield f"Bought in {days} days", {"all": [asked("orders_count", "at_least", 1, window=last(days)), reachable]}
        lately = asked("orders_count", "at_least", 1, window=last(days))
        yield f"Not for {days} days", {"all": [asked("orders_count", "at_least", 1), {"none": [lately]}]}
    for number in (2, 3, 5, 10):
        yield f"{number} orders a year", {"all": [asked("orders_count", "at_least", number, window=last(365))]}
    for million in (1, 2, 5, 10):
        yield f"{million} million a year", {"all": [asked("orders_sum", "at_least", million * 10**6, window=last(365))]}
    for category in categories[:6]:
        yield f"Bought {category}", {"all": [asked("bought_quantity", "at_least", 1, category=[category])]}
        yield f"Never {category}", {"all": [asked("orders_count", "at_least", 2), asked("bought_quantity", "at_most", 0,
                                            category=[category])]}  # fmt: skip
    for product in products[:3]:
        yield f"Refill {product}", {"all": [asked("bought_quantity", "at_least", 1, product=[product],
                                                  window={"is": "more_than_days_ago", "value": 30})]}  # fmt: skip
    for tag in tags[:3]:
        yield f"Tag {tag}", {"all": [asked("tags", "any_of", [tag]), {"none": [asked("last_order_on", "unknown")]}]}
    yield "Birthdays this week", {"all": [asked("birthday", "comes_in_days", 7), reachable]}
    yield "New this month", {"all": [asked("recorded_on", "in_last_days", 30)]}
    yield "Talked to, did not buy", {"all": [asked("interactions_count", "at_least", 1, window=last(90)),
                                             asked("orders_count", "at_most", 0, window=last(90))]}  # fmt: skip
    yield "Complained", {"all": [asked("interactions_count", "at_least", 2, kind=["ticket"], window=last(365))]}
    yield "In deals", {"all": [asked("deals_count", "at_least", 1, status=["open"])]}
    yield (
        "Champions",
        {"any": [asked("rfm_segment", "one_of", ["champions", "loyal"]), asked("orders_count", "at_least", 8)]},
    )
    yield "Nested", {"all": [{"any": [asked("orders_sum", "at_least", 3 * 10**6), {"all": [asked("province", "one_of",
                     ["Hà Nội"]), asked("orders_count", "at_least", 2)]}]}, {"none": [asked("tags", "any_of", tags[:2]),
                     asked("interactions_count", "at_least", 3, window=last(60))]}]}  # fmt: skip
    yield "Asleep but dear", {"all": [asked("segment", "one_of", ["5 million a year"]), asked("segment", "none_of",
                              ["Bought in 90 days"])]}  # fmt: skip


def main() -> None:
    """`python -m benchmarks.segments --rows 1000000`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="People, and orders.")
    report.show(measure(rows=parser.parse_args().rows))


def measure(*, rows: int) -> list[Figure]:
    """Make the segments, refresh them from scratch and then again after a day's changes."""
    bench_home.use_database("pages")
    serving.fill(people=rows, orders=rows * 3, interactions=rows)
    made = _make()
    with bench_home.connect() as connection:
        connection.execute("VACUUM (ANALYZE)")
    first = _refresh()
    again = _refresh()
    with bench_home.connect() as connection:
        _a_day_passes(connection, rows)
    after = _refresh()
    everyone = _refresh("--full")
    live = _live(made)
    figures = [
        Figure(f"{made} segments from scratch", f"{first['seconds']:.0f} s", "within the night: 30 min",
               first["seconds"] <= BUDGET),
        Figure("again, nothing changed", f"{again['seconds']:.1f} s"),
        Figure(f"after {SHARE_NEW:.0%} new orders, interactions, people", f"{after['seconds']:.0f} s"),
        Figure("the same, asking everyone", f"{everyone['seconds']:.0f} s"),
        Figure("live count, slowest", f"{max(live):.1f} s", f"{LIVE * 2:.0f} s", max(live) <= LIVE * 2),
        Figure("live count, median", f"{report.middle(live):.2f} s"),
    ]  # fmt: skip
    report.keep("segments", figures=figures, raw={"first": first, "again": again, "after": after, "full": everyone,
                                                  "live": live})  # fmt: skip
    return figures


def _make() -> int:
    """The fifty segments, made anew through the command; how many."""
    with bench_home.connect() as connection:
        connection.execute("TRUNCATE segments_segment, segments_member, segments_tally, segments_gone")
        tags = [row[0] for row in connection.execute(
            "SELECT tag FROM (SELECT unnest(tags) tag FROM people_person LIMIT 100000) t GROUP BY tag"
            " ORDER BY count(*) DESC LIMIT 3")]  # fmt: skip
        categories = [
            row[0]
            for row in connection.execute(
                "SELECT category FROM commerce_product WHERE category <> '' GROUP BY category"
                " ORDER BY count(*) DESC LIMIT 6"
            )
        ]
        products = [row[0] for row in connection.execute("SELECT id FROM commerce_product ORDER BY id LIMIT 3")]
        rules = dict(realistic(tags or ["vip"], categories, products))
        for name, rule in rules.items():
            _store(connection, name, rule)
    return len(rules)


def _store(connection: psycopg.Connection, name: str, rule: dict[str, Any]) -> None:
    """Put a segment into the table, its rule with numbers for names as the command would write it."""
    rows = connection.execute("SELECT name, id FROM segments_segment").fetchall()
    known: dict[str, int] = {str(row[0]): int(row[1]) for row in rows}

    def numbered(part: dict[str, Any]) -> dict[str, Any]:
        for how in ("all", "any", "none"):
            if how in part:
                return {how: [numbered(each) for each in part[how]]}
        found = part | ({"currency": "VND"} if part["field"] == "orders_sum" else {})
        return found | ({"value": [known[each] for each in part["value"]]} if part["field"] == "segment" else {})

    connection.execute(
        "INSERT INTO segments_segment (name, about, rule, version, made_at, updated_at, member_count, ground)"
        " VALUES (%s, '', %s, 1, now(), now(), 0, '{}')",
        [name, json.dumps(numbered(rule))],
    )


def _refresh(*options: str) -> dict[str, Any]:
    """Seconds by the wall, and what the command says of each segment."""
    started = time.perf_counter()
    told = json.loads(bench_home.rapport(["segments", "refresh", "--json", *options]))
    return {"seconds": time.perf_counter() - started, "segments": told}


def _a_day_passes(connection: psycopg.Connection, rows: int) -> None:
    """A hundredth of new orders with lines, interactions and people, and the last refresh was yesterday."""
    new = int(rows * SHARE_NEW)
    connection.execute(
        """WITH placed AS (
             INSERT INTO commerce_order (person_id, placed_at, channel, total, currency, source)
             SELECT person_id, now() - interval '2 hours', channel, total, currency, '' FROM commerce_order
             WHERE person_id IS NOT NULL AND hashint8(id) %% 50 = 7 LIMIT %s RETURNING id)
           INSERT INTO commerce_orderline (order_id, product_id, number, quantity, unit_price)
           SELECT placed.id, (SELECT min(id) FROM commerce_product) + placed.id %% 50, 1, 1, 1000 FROM placed""",
        [new],
    )
    connection.execute(
        """WITH talked AS (INSERT INTO timeline_interaction (kind, channel, direction, at, subject, body, source)
             SELECT 'ticket', 'web', 'in', now() - interval '3 hours', '', '', '' FROM generate_series(1, %s)
             RETURNING id)
           INSERT INTO timeline_interactionperson (interaction_id, person_id, at)
           SELECT id, (SELECT min(id) FROM people_person) + id %% %s, now() - interval '3 hours' FROM talked""",
        [new, rows],
    )
    connection.execute("UPDATE people_person SET updated_at = now() WHERE hashint8(id) % 100 = 3")
    connection.execute("UPDATE segments_segment SET as_of = as_of - 1")


def _live(made: int) -> list[float]:
    """Seconds of the live count of every rule."""
    code = (
        "import rapport.cli.django_setup, time, json\n"
        "from rapport.core import clock\n"
        "from rapport.segments import counting, rules\n"
        "from rapport.segments.models import Segment\n"
        "for rule in Segment.objects.values_list('rule', flat=True):\n"
        "    started = time.perf_counter(); found = counting.count(rules.parse(rule), today=clock.today())\n"
        "    print(time.perf_counter() - started, found.people, found.exact)\n"
    )
    told = bench_home.python(code).splitlines()
    return [float(line.split()[0]) for line in told]


if __name__ == "__main__":
    main()
