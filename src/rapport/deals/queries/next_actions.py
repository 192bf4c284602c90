"""What to do next about deals: the rules that hold for each, as switched on and as put aside."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import F, Q

from rapport.deals.models import Deal
from rapport.deals.models.next_steps import AdviceRule, AdviceSnooze
from rapport.deals.queries.deal_states import states
from rapport.deals.rules.next_actions import BY_CODE, RULES, Advice, DealState, Rule, advice
from rapport.identity.models import User

LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True)
class RuleInUse:
    """A rule as this company has it; `days` is None for a rule without a threshold."""

    rule: Rule
    is_on: bool
    days: int | None


@dataclass(frozen=True, kw_only=True)
class DealAdvice:
    """A deal with what to do about it first, and how much more there is."""

    deal: Deal
    first: Advice
    more: int


def rules_in_use() -> list[RuleInUse]:
    """Every rule in its order with its switch and threshold; one query."""
    kept = {each.code: each for each in AdviceRule.objects.all()}
    found = []
    for rule in RULES:
        own = kept.get(rule.code)
        days = own.days if own is not None and own.days is not None and rule.days is not None else rule.days
        found.append(RuleInUse(rule=rule, is_on=own is None or own.is_on, days=days))
    return found


def switched_on() -> dict[str, int]:
    """The threshold in days of each rule in use, none as 0; one query."""
    return {each.rule.code: each.days or 0 for each in rules_in_use() if each.is_on}


def advice_for(deals: Sequence[Deal], *, user: User, now: datetime, today: date) -> dict[int, list[Advice]]:
    """What to do about each deal, the weightiest first, without what is put aside; at most eleven queries.

    The deals come with their stage. What the next stage still needs is asked for one deal only (`advice_of`).
    """
    if not deals:
        return {}
    on = switched_on()
    silent = _silent([deal.pk for deal in deals], today=today)
    known = states(deals, user=user, now=now, today=today)
    return {pk: advice(state, switched_on=on, silent=silent.get(pk, ())) for pk, state in known.items()}


def advice_of(
    deal: Deal, *, state: DealState, today: date, unmet: Sequence[str] = (), next_stage: str = ""
) -> list[Advice]:
    """What to do about one deal in this state; `unmet` says in words what its next stage still needs."""
    state = replace(state, unmet=tuple(unmet), next_stage=next_stage)
    return advice(state, switched_on=switched_on(), silent=_silent([deal.pk], today=today).get(deal.pk, ()))


def my_advice(*, user: User, now: datetime, today: date, limit: int, of_everybody: bool = False) -> list[DealAdvice]:
    """The user's own open deals with the weightiest advice each: of each rule the largest deal, then the next.

    With `of_everybody` all that the user may see. Of very many deals the newest `LOOKED_AT` are looked at.
    """
    rows = Deal.objects.visible_to(user).live().open().select_related("stage")
    if not of_everybody:
        rows = rows.filter(owner=user)
    deals = list(rows.order_by("-recorded_at", "-pk")[:LOOKED_AT])
    found = advice_for(deals, user=user, now=now, today=today)
    said = [
        DealAdvice(deal=deal, first=found[deal.pk][0], more=len(found[deal.pk]) - 1) for deal in deals if found[deal.pk]
    ]
    return _in_rounds(said)[:limit]


def _in_rounds(said: list[DealAdvice]) -> list[DealAdvice]:
    """Of each rule the largest deal, in the order of the rules, then the next of each: no rule drowns others."""
    order = {rule.code: place for place, rule in enumerate(RULES)}
    turns: dict[str, int] = defaultdict(int)
    placed = []
    for each in sorted(said, key=lambda one: (-(one.deal.amount or 0), one.deal.pk)):
        code = each.first.rule.code
        placed.append((turns[code], order[code], each))
        turns[code] += 1
    return [each for _turn, _place, each in sorted(placed, key=lambda one: one[:2])]


def put_aside(deal: Deal, *, today: date) -> list[tuple[Rule, date | None]]:
    """The advice that is silent for a deal now, with its last silent day; None is for good."""
    rows = AdviceSnooze.objects.filter(_still(today), deal=deal).order_by(F("until").asc(nulls_last=True), "pk")
    return [(BY_CODE[code], until) for code, until in rows.values_list("code", "until") if code in BY_CODE]


def _silent(numbers: Sequence[int], *, today: date) -> dict[int, set[str]]:
    rows = AdviceSnooze.objects.filter(_still(today), deal__in=numbers)
    found: dict[int, set[str]] = defaultdict(set)
    for deal, code in rows.values_list("deal", "code"):
        found[deal].add(code)
    return found


def _still(today: date) -> Q:
    """Silent on this day."""
    return Q(until__isnull=True) | Q(until__gte=today)
