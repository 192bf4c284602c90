"""The shape of the answers about baskets, due dates, offers, steps up and trends; and what they say of too little."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from rapport.analytics.facts import Facts
from rapport.insight.answers import affinity, due, next_offers, trends, up_sell
from rapport.insight.answers.options import Options
from rapport.lake.engines import kept
from tests.analytics.engines import Engine
from tests.analytics.offers import shop

AS_OF = shop.START + timedelta(days=shop.DAYS)
PLAIN = Options()
MODULES = (affinity, due, next_offers, trends, up_sell)


def asked(module: Any, facts: Facts, options: Options = PLAIN) -> dict[str, Any]:
    """The answer as it would be kept: through JSON."""
    found = module.answer(facts, as_of=AS_OF, options=options)
    again: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    assert (found["metric"], found["as_of"]) == (module.METRIC.name, AS_OF.isoformat())
    return again


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.METRIC.name))
@pytest.mark.parametrize("bought", [[], [(1, 1, 0)], [(person, 1, 5) for person in range(1, 5)]], ids=len)
def test_too_little_is_said(engine: Engine, module: Any, bought: list[tuple[int, int, int]]) -> None:
    answer = asked(module, shop.facts(engine, bought))
    if module is affinity and len(bought) > 1:
        assert (answer["baskets"], answer["rules"]) == (4, [])
    else:
        assert answer["too_few"]["have"] < answer["too_few"]["need"]


def test_affinity(engine: Engine) -> None:
    bought = [(person, product, 0) for person in range(1, 16) for product in ((1, 2) if person < 13 else (1,))]
    facts = shop.facts(engine, [*bought, *[(person, 3, 0) for person in range(20, 25)]])
    answer = asked(affinity, facts, Options(support=0.6, confidence=0.8))
    first = next(rule for rule in answer["rules"] if rule["if_ids"] == [1])
    assert (answer["baskets"], answer["support"], answer["confidence"]) == (20, 0.6, 0.8)
    assert (first["if"], first["then"], first["then_ids"]) == (["Product 1"], ["Product 2"], [2])
    assert (first["count"], first["support"], first["confidence"]) == (12, 0.6, 0.8)
    assert first["lift"] == pytest.approx(4 / 3)
    assert first["interval"] == pytest.approx([0.548147, 0.929524], abs=1e-5)


def test_the_answers_of_a_shop(engine: Engine) -> None:
    facts = shop.structured(engine, people=500)
    found = {module: module.answer(facts, as_of=AS_OF, options=PLAIN, keep=kept) for module in MODULES[1:]}
    first = found[due]["intervals"][0]
    assert {"product_id", "product", "people", "median_days", "p25", "p75", "due_now"} <= first.keys()
    assert found[due]["totals"]["due_now"] > 0
    offers = found[next_offers]
    assert date.fromisoformat(offers["hold_out"]["since"]) + timedelta(days=91) == date.fromisoformat(
        offers["hold_out"]["until"]
    )
    assert offers["hold_out"]["people"] > 100
    assert set(offers["hit_rates"]) == set(offers["gain"]) == {"all", "repeats", "new"}
    assert {"ours", "baseline", "buy_again", "popularity"} == offers["hit_rates"]["all"].keys()
    assert {"bought_with", "popular"} <= {each["reason"] for each in offers["examples"]}
    kinds = {each["kind"] for each in found[trends]["series"]}
    assert kinds == {"product", "category", "segment"}
    assert len(found[trends]["series"][0]["points"]) == len(found[trends]["months"])
    assert json.dumps(found[trends], allow_nan=False)
    assert "steps" in found[up_sell]


def test_a_customer_and_an_order_of_very_many_lines(engine: Engine) -> None:
    days = [(1, 1 + number % 2_000, number % 300) for number in range(20_000)]
    everything = [(2, number, 7) for number in range(1, 30_001)]
    people = [(person, 1 + person % 3, person % 200) for person in range(3, 200)]
    facts = shop.facts(engine, [*days, *everything, *people])
    for module in MODULES:
        assert asked(module, facts)["problems"] == []
