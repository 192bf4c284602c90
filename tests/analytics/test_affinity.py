"""Frequent sets and rules: small baskets with answers by hand, and the real baskets of a grocery."""

import csv
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rapport.analytics import affinity, itemsets
from rapport.analytics.affinity import Affinity, Rule
from rapport.analytics.itemsets import Baskets
from tests.analytics.engines import Engine, both_engines

GROCERIES = Path(__file__).parents[2].parent / "shared" / "data" / "groceries" / "groceries_long.csv"
DAY = date(2026, 1, 5)


def packed(*baskets: set[int]) -> Baskets:
    """Baskets as the engine gives them."""
    lines = [(number, product) for number, held in enumerate(baskets, start=1) for product in sorted(held)]
    return itemsets.pack(
        np.array([each[0] for each in lines], dtype=np.int64), np.array([each[1] for each in lines], dtype=np.int64)
    )


def rule(found: Affinity, when: tuple[int, ...], then: int) -> Rule:
    """The rule of that shape."""
    [one] = [each for each in found.rules if each.when == when and each.then == then]
    return one


def test_counts_by_hand() -> None:
    found = affinity.rules(packed({1, 2}, {1, 2, 3}, {1}, {3}), support=0.5, confidence=0.5)
    one, other = rule(found, (1,), 2), rule(found, (2,), 1)
    assert found.baskets == 4
    assert len(found.rules) == 2
    assert (one.count, one.support, one.confidence) == (2, 0.5, pytest.approx(2 / 3))
    assert one.lift == pytest.approx(4 / 3)
    assert (other.confidence, other.lift) == (1.0, pytest.approx(4 / 3))
    assert one.interval == pytest.approx((0.2076596, 0.9385081), abs=1e-6)


def test_every_set_is_found_whatever_its_length() -> None:
    random = np.random.default_rng(4)
    baskets = [set(random.choice(9, size=random.integers(1, 7), replace=False).tolist()) for _ in range(120)]
    found = itemsets.frequent(packed(*baskets), at_least=6, longest=4)
    expected: dict[tuple[int, ...], int] = {}
    for length in (1, 2, 3, 4):
        for held in combinations(range(9), length):
            count = sum(set(held) <= basket for basket in baskets)
            if count >= 6:
                expected[held] = count
    assert found.counts == expected
    assert any(len(held) == 3 for held in expected)
    assert not found.cut_short


def test_a_threshold_met_exactly_counts() -> None:
    baskets = [{1, 2}] * 12 + [{1}] * 3 + [{3}] * 5
    found = affinity.rules(packed(*baskets), support=0.6, confidence=0.8)
    assert (rule(found, (1,), 2).count, rule(found, (1,), 2).count_when) == (12, 15)
    assert affinity.rules(packed(*baskets), support=0.6001, confidence=0.8).rules == ()
    with_one_less = affinity.rules(packed(*baskets, {1}), support=0.5, confidence=0.8)
    assert [(each.when, each.then) for each in with_one_less.rules] == [((2,), 1)]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9])
def test_decimals_are_taken_as_written(share: float) -> None:
    assert affinity.at_least(Fraction(str(share)), 10) == round(share * 10)


def test_a_product_counts_once_in_a_basket() -> None:
    lines = np.array([[1, 7], [1, 7], [1, 8], [2, 7]], dtype=np.int64)
    found = itemsets.frequent(itemsets.pack(lines[:, 0], lines[:, 1]), at_least=1, longest=2)
    assert found.counts == {(7,): 2, (8,): 1, (7, 8): 1}


def test_ids_may_lie_far_apart() -> None:
    orders = np.array([10**15, 10**15, 5, 5], dtype=np.int64)
    found = itemsets.frequent(
        itemsets.pack(orders, np.array([3 * 10**12, 4, 3 * 10**12, 4], dtype=np.int64)), at_least=2, longest=2
    )
    assert found.counts == {(4,): 2, (3 * 10**12,): 2, (4, 3 * 10**12): 2}


def test_a_product_bought_by_everyone_gives_no_rule_worth_showing() -> None:
    baskets = [{1, 2 + number % 3} for number in range(60)]
    assert affinity.rules(packed(*baskets)).rules == ()
    asked = affinity.rules(packed(*baskets), support=0.1, confidence=0.5)
    assert {(each.then, each.lift, each.worth) for each in asked.rules} == {(1, 1.0, False)}


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_a_basket(count: int) -> None:
    found = affinity.rules(packed(*[{1, 2}] * count))
    assert (found.baskets, found.rules) == (count, ())


def test_thresholds_outside_0_to_1_are_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        affinity.rules(packed({1}), support=1.5)


@pytest.mark.parametrize(("baskets", "support", "confidence"), [(100, 6, 25), (40, 5, 25), (1_000_000, 600, 10)])
def test_usual_thresholds_follow_the_number_of_baskets(baskets: int, support: int, confidence: int) -> None:
    assert affinity.usual_support(baskets) == Fraction(support, baskets)
    assert affinity.usual_confidence(baskets) == Fraction(confidence, 100)


def test_an_order_of_100_000_products_among_others() -> None:
    baskets = [set(range(1, 100_001)), *[{1, 2}] * 50, *[{3}] * 50]
    found = affinity.rules(packed(*baskets))
    assert (rule(found, (1,), 2).count, rule(found, (1,), 2).lift) == (51, pytest.approx(101 / 51))


def test_too_many_sets_raise_the_support_or_end_in_words() -> None:
    alone = affinity.rules(packed(set(range(1_000))), support=0.5, confidence=0.5)
    assert (alone.cut_short, alone.rules) == (True, ())
    random = [set(range(1_000)), *[{1, 2}] * 9]
    raised = affinity.rules(packed(*random), support=0.1, confidence=0.5)
    assert (raised.asked, raised.support) == (Fraction(1, 10), Fraction(2, 10))
    assert rule(raised, (1,), 2).count == 10


@both_engines
def test_baskets_of_the_engine(engine: Engine) -> None:
    orders: list[dict[str, Any]] = [
        {"id": 1, "placed_on": DAY, "person_id": 1},
        {"id": 2, "placed_on": DAY},
        {"id": 3, "placed_on": DAY, "total": -5.0},
        {"id": 4, "placed_on": date(2026, 2, 1)},
    ]
    lines = [
        {"order_id": order, "product_id": product, "quantity": quantity}
        for order, product, quantity in [(1, 5, 1), (1, 5, 2), (1, 6, 1), (2, 5, 1), (3, 6, -1), (4, 6, 1)]
    ]
    found = affinity.baskets(engine.facts(orders=orders, order_lines=lines), as_of=DAY)
    assert (found.count, found.different) == (2, 2)
    assert itemsets.frequent(found, at_least=1, longest=2).counts == {(5,): 2, (6,): 1, (5, 6): 1}


@pytest.mark.skipif(not GROCERIES.exists(), reason="The real baskets are not on this machine.")
def test_the_real_groceries() -> None:
    with GROCERIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["item"] for row in rows})
    number = {name: place for place, name in enumerate(names, start=1)}
    baskets = itemsets.pack(
        np.array([int(row["basket_id"]) for row in rows]), np.array([number[row["item"]] for row in rows])
    )
    found = affinity.rules(baskets, support=0.006, confidence=0.25)
    assert (found.baskets, len(found.rules)) == (9835, 463)
    herbs = rule(found, (number["herbs"],), number["root vegetables"])
    assert herbs.lift == pytest.approx(3.956477, abs=1e-6)
