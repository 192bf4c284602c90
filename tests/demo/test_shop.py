"""The web shop behaves like one: numbers, seasons, repeat buyers, affinities; and nobody in it is real."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import phonenumbers
import pyarrow.compute as pc
import pytest

from rapport.demo import catalogue, generate, names, places, seasons
from rapport.demo.drawing import day_number
from rapport.demo.generate import Shop, Size
from rapport.people.rules import emails, phones, tax_ids
from rapport.people.rules.places import provinces

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def asked(sql: str, shop: Shop, **values: str) -> Any:
    """The answer of one row and column to a question about the shop's tables."""
    database = duckdb.connect()
    for name in ("orders", "order_lines", "products"):
        database.register(name, getattr(shop, name))
    return database.execute(sql, values or None).fetchall()[0][0]


def test_the_same_seed_gives_the_same_shop_and_another_seed_another(shop: Shop) -> None:
    again = generate.web_shop(size=Size(), seed=2026, at=AT)
    other = generate.web_shop(size=Size(), seed=2027, at=AT)
    for name in ("products", "people", "orders", "order_lines", "interactions", "came"):
        assert getattr(again, name).equals(getattr(shop, name))
    assert not other.people.equals(shop.people)
    assert not other.orders.equals(shop.orders)


def test_there_is_as_much_as_was_asked_for(shop: Shop) -> None:
    assert (shop.people.num_rows, shop.orders.num_rows, shop.products.num_rows) == (5_000, 25_000, 300)
    assert shop.interactions.num_rows == 5_000


@pytest.mark.parametrize(("people", "orders"), [(10, 10), (10, 500), (500, 20), (37, 100)])
def test_odd_sizes_work(people: int, orders: int) -> None:
    found = generate.web_shop(size=Size(people, orders, 7), seed=1, at=AT)
    assert (found.people.num_rows, found.orders.num_rows) == (people, orders)
    assert found.interactions.num_rows == 7


def test_keys_are_unique_and_every_link_leads_somewhere(shop: Shop) -> None:
    for table in (shop.people, shop.orders, shop.products, shop.interactions):
        assert pc.count_distinct(table["external_id"]).as_py() == table.num_rows
    assert set(shop.orders["person"].to_pylist()) <= set(shop.people["external_id"].to_pylist())
    assert set(shop.order_lines["order"].to_pylist()) == set(shop.orders["external_id"].to_pylist())
    assert set(shop.order_lines["product"].to_pylist()) <= set(shop.products["external_id"].to_pylist())


def test_an_order_is_the_sum_of_its_lines(shop: Shop) -> None:
    wrong = (
        'SELECT count(*) FROM orders JOIN (SELECT "order", sum(quantity * unit_price) AS total'
        " FROM order_lines GROUP BY 1) lines ON external_id = lines.order WHERE lines.total <> orders.total"
    )
    assert asked(wrong, shop) == 0
    assert shop.order_lines.num_rows == pytest.approx(50_000, rel=0.1)


def test_nothing_lies_ahead_of_now_or_before_the_two_years(shop: Shop) -> None:
    for column in (shop.orders["placed_at"], shop.interactions["at"], shop.came["came_at"]):
        assert pc.max(column).as_py() <= AT
        assert pc.min(column).as_py() >= AT - timedelta(days=735)


def test_many_buy_once_and_few_very_often(shop: Shop) -> None:
    """About two in five buyers buy once; the best tenth makes more than a third of the purchases."""
    bought = Counter(
        person
        for code, person in zip(shop.orders["external_id"].to_pylist(), shop.orders["person"].to_pylist(), strict=True)
        if code.startswith("DH")
    )
    once = sum(count == 1 for count in bought.values()) / len(bought)
    best = sum(count for _person, count in bought.most_common(len(bought) // 10)) / bought.total()
    assert 0.30 < once < 0.55
    assert best > 0.35
    assert len(bought) < 5_000, "some never buy"


def test_gaps_between_purchases_are_uneven_as_a_mixture_of_rates_makes_them(shop: Shop) -> None:
    days: dict[str, list[date]] = {}
    for person, at in zip(shop.orders["person"].to_pylist(), shop.orders["placed_at"].to_pylist(), strict=True):
        days.setdefault(person, []).append(at.date())
    gaps = sorted((b - a).days for each in days.values() for a, b in pairwise(sorted(each)))
    median, mean = gaps[len(gaps) // 2], sum(gaps) / len(gaps)
    assert 8 < median < 60
    assert mean > 1.4 * median


def test_seasons_are_visible(shop: Shop) -> None:
    counted = Counter(at.date() for at in shop.orders["placed_at"].to_pylist())

    def a_day(first: date, last: date) -> float:
        return sum(counted[first + timedelta(days=n)] for n in range((last - first).days)) / (last - first).days

    tet = date(2026, 2, 17)
    before, during = (
        a_day(tet - timedelta(days=20), tet - timedelta(days=3)),
        a_day(tet, tet + timedelta(days=5)),
    )
    usual = a_day(date(2025, 11, 13), date(2025, 12, 10))
    assert before > 1.5 * usual > 1.5 * 1.5 * during


def test_feast_boxes_are_bought_before_the_feast(shop: Shop) -> None:
    share = (
        "SELECT avg((month(placed_at) IN (8, 9, 10))::INT) FROM order_lines JOIN products"
        " ON products.external_id = product WHERE category = 'Hộp bánh trung thu' AND quantity > 0"
    )
    assert asked(share, shop) > 0.8


def test_what_goes_together_is_bought_together(shop: Shop) -> None:
    lift = (
        'WITH one AS (SELECT DISTINCT "order" FROM order_lines WHERE product = $a),'
        ' two AS (SELECT DISTINCT "order" FROM order_lines WHERE product = $b)'
        ' SELECT (SELECT count(*) FROM one JOIN two USING ("order")) * 25000.0'
        " / (SELECT count(*) FROM one) / (SELECT count(*) FROM two)"
    )
    assert asked(lift, shop, a=catalogue.code(24), b=catalogue.code(48)) > 4


def test_some_goods_come_back(shop: Shop) -> None:
    quantities = shop.order_lines["quantity"].to_pylist()
    assert sum(quantity < 0 for quantity in quantities) == 300
    assert 0 not in quantities


def test_contact_data_is_well_formed_and_nobodys(shop: Shop) -> None:
    numbers = [number for number in shop.people["phone"].to_pylist() if number]
    addresses = [address for address in shop.people["email"].to_pylist() if address]
    assert len(set(numbers)) == len(numbers)
    assert len(set(addresses)) == len(addresses)
    assert all(phones.normal(number) == number for number in numbers[:500])
    assert not any(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers[:500])
    assert all(emails.normal(address) == address for address in addresses[:500])
    assert {address.partition("@")[2] for address in addresses} == {"example.com", "example.net"}


def test_provinces_are_the_34_and_names_are_spread_as_in_vietnam(shop: Shop) -> None:
    assert set(places.POPULATION) == set(provinces())
    family = Counter(name.split()[0] for name in shop.people["full_name"].to_pylist())
    assert 0.35 < family["Nguyễn"] / 5_000 < 0.42
    assert 0.08 < family["Trần"] / 5_000 < 0.14


def test_tax_ids_have_right_check_digits_and_a_province_that_is_none() -> None:
    found = [names.tax_id(serial) for serial in range(1, 3_000, 7)]
    assert all(tax_ids.normal(one) == one and one.startswith("99") for one in found)


def test_the_calendar_goes_on_behind_the_table_of_feasts() -> None:
    first = day_number(datetime(2040, 1, 1, 12, tzinfo=UTC))
    weights, occasions = seasons.calendar(first, count=366)
    assert {seasons.BEFORE_TET, seasons.BEFORE_MID_AUTUMN} <= set(occasions.tolist())
    assert weights.min() > 0
