"""The answer to "what is bought together": rules with support, confidence with its interval, and lift."""

from datetime import date
from typing import Any

from rapport.analytics import affinity
from rapport.analytics.affinity import Affinity, Rule
from rapport.analytics.facts import Facts
from rapport.analytics.itemsets import Baskets
from rapport.analytics.problems import Problem
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = affinity.METRIC
LEAST_BASKETS = 2


def answer(facts: Facts, *, as_of: date, options: Options, baskets: Baskets | None = None) -> dict[str, Any]:
    """Baskets, thresholds and rules, best lift first; `baskets` spares reading them again."""
    packed = baskets if baskets is not None else affinity.baskets(facts, as_of=as_of)
    found = affinity.rules(packed, support=options.support, confidence=options.confidence)
    head = beginning(METRIC, as_of=as_of, currency=facts.currency, problems=_problems(found))
    head |= {"baskets": found.baskets, "products": found.products}
    if found.baskets < LEAST_BASKETS:
        return head | {"rules": []} | too_few(have=found.baskets, need=LEAST_BASKETS, of="baskets")
    named = {each for rule in found.rules for each in (*rule.when, rule.then)}
    names = product_names(facts, of=named)
    return head | {
        "support": float(found.support),
        "confidence": float(found.confidence),
        "found": found.found,
        "rules": [_plain(rule, names) for rule in found.rules],
    }


def _plain(rule: Rule, names: dict[int, str]) -> dict[str, Any]:
    return {
        "if": [names[each] for each in rule.when],
        "then": [names[rule.then]],
        "if_ids": list(rule.when),
        "then_ids": [rule.then],
        "support": rule.support,
        "confidence": rule.confidence,
        "lift": rule.lift,
        "count": rule.count,
        "interval": list(rule.interval),
        "above_chance": rule.worth,
    }


def _problems(found: Affinity) -> list[Problem]:
    problems = []
    if found.cut_short:
        problems.append(Problem(code="too_many_sets", params={"support": float(found.support)}))
    elif found.asked is not None:
        params = {"asked": float(found.asked), "support": float(found.support)}
        problems.append(Problem(code="support_raised", params=params))
    if found.found > len(found.rules):
        problems.append(Problem(code="rules_left_out", params={"found": found.found, "shown": len(found.rules)}))
    return problems
