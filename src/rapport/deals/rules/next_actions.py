"""What to do next about a deal: rules as data, each a condition on plain values with its reason and its advice.

The rules stand in the order in which they are said: what costs a deal first, what is only untidy last. A reason
holds placeholders; `Advice.values` fills them: numbers of days, a day, texts. No database, no clock.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DealState:
    """What is known of a deal on a day, for the rules.

    Days count whole days up to today. `people_in_contact` and what follows it come from the committee and are None
    or empty where nobody was named; `unmet` is what the next stage asks for and the deal lacks, in words, and
    `quote_days` the days since the oldest quote was sent that has no answer. `quiet_days` and `fewest_people` are the
    settings of the committee.
    """

    today: date
    is_open: bool = True
    age_days: int = 0
    stage_days: int = 0
    expected_days: int | None = None
    is_rotting: bool = False
    expected_close_on: date | None = None
    has_amount: bool = True
    has_customer: bool = True
    has_owner: bool = True
    has_open_task: bool = True
    contacts: int = 0
    contact_days: int | None = None
    people_in_contact: int | None = None
    fewest_people: int = 3
    has_decision_maker: bool = False
    decision_maker_days: int | None = None
    quiet_days: int = 30
    opponents: tuple[str, ...] = ()
    next_stage: str = ""
    unmet: tuple[str, ...] = ()
    quote_days: int | None = None


Condition = Callable[[DealState, int], Values | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: `finds` gives the values of its reason where it holds, else None.

    `place` says where one does what is advised: page, edit, write, committee, quotes, move. `days` is the threshold
    it comes with; None for a rule that has none.
    """

    code: str
    title: str | Promise
    reason: str | Promise
    advice: str | Promise
    place: str
    finds: Condition
    days: int | None = None


@dataclass(frozen=True)
class Advice:
    """A rule that holds for a deal, and what fills its reason."""

    rule: Rule
    values: Values = field(default_factory=dict)


def advice(state: DealState, *, switched_on: Mapping[str, int], silent: Collection[str] = ()) -> list[Advice]:
    """What the rules say of a deal, the weightiest first; nothing for one that is closed.

    `switched_on` gives each rule in use its threshold in days (any number for a rule without one); `silent` are those
    put aside for this deal.
    """
    if not state.is_open:
        return []
    found = []
    for rule in RULES:
        if rule.code not in switched_on or rule.code in silent:
            continue
        values = rule.finds(state, switched_on[rule.code])
        if values is not None:
            found.append(Advice(rule, values))
    return found


def _close_day_passed(state: DealState, _days: int) -> Values | None:
    expected = state.expected_close_on
    if expected is None or expected >= state.today:
        return None
    return {"day": expected, "days": (state.today - expected).days}


def _opponent(state: DealState, _days: int) -> Values | None:
    return {"names": list(state.opponents)} if state.opponents else None


def _quote_unanswered(state: DealState, days: int) -> Values | None:
    return {"days": state.quote_days} if state.quote_days is not None and state.quote_days >= days else None


def _no_decision_maker(state: DealState, days: int) -> Values | None:
    if state.has_decision_maker or state.age_days < days:
        return None
    return {"days": state.age_days}


def _decision_maker_silent(state: DealState, _days: int) -> Values | None:
    if not state.has_decision_maker:
        return None
    silent = state.age_days if state.decision_maker_days is None else state.decision_maker_days
    return {"days": silent} if silent >= state.quiet_days else None


def _no_contact(state: DealState, days: int) -> Values | None:
    silent = state.age_days if state.contact_days is None else state.contact_days
    return {"days": silent} if silent >= days else None


def _rotting(state: DealState, _days: int) -> Values | None:
    if not state.is_rotting:
        return None
    return {"days": state.stage_days, "expected_days": state.expected_days}


def _unmet(state: DealState, _days: int) -> Values | None:
    return {"stage": state.next_stage, "needs": list(state.unmet)} if state.unmet else None


def _single_thread(state: DealState, _days: int) -> Values | None:
    return {} if state.people_in_contact == 1 else None


def _few_people(state: DealState, _days: int) -> Values | None:
    known = state.people_in_contact
    if known is None or not 1 < known < state.fewest_people:
        return None
    return {"people": known, "fewest": state.fewest_people}


def _no_next_step(state: DealState, _days: int) -> Values | None:
    return None if state.has_open_task else {}


def _no_close_day(state: DealState, _days: int) -> Values | None:
    return {} if state.expected_close_on is None else None


def _no_amount(state: DealState, _days: int) -> Values | None:
    return None if state.has_amount else {}


def _no_customer(state: DealState, _days: int) -> Values | None:
    return None if state.has_customer else {}


def _no_owner(state: DealState, _days: int) -> Values | None:
    return None if state.has_owner else {}


RULES: tuple[Rule, ...] = (
    Rule(
        code="close_day_passed", title=_("The expected day has passed"), place="edit", finds=_close_day_passed,
        reason=_("It was expected to close on %(day)s, %(days)s ago."),
        advice=_("Set a new day, or close the deal"),
    ),
    Rule(
        code="quote_unanswered", title=_("A quote has no answer"), place="quotes", finds=_quote_unanswered, days=7,
        reason=_("A quote was sent %(days)s ago and has no answer."),
        advice=_("Ask what they think of the quote"),
    ),
    Rule(
        code="opponent", title=_("Somebody with influence is against it"), place="committee", finds=_opponent,
        reason=_("Against it and of high influence: %(names)s."),
        advice=_("Hear what speaks against it"),
    ),
    Rule(
        code="no_decision_maker", title=_("No decision maker"), place="committee", finds=_no_decision_maker, days=14,
        reason=_("After %(days)s we have no contact with anybody who decides."),
        advice=_("Find out who decides, and meet them"),
    ),
    Rule(
        code="decision_maker_silent", title=_("The decision maker is silent"), place="write",
        finds=_decision_maker_silent, reason=_("No contact with the decision maker for %(days)s."),
        advice=_("Get in touch with the decision maker"),
    ),
    Rule(
        code="no_contact", title=_("No contact"), place="write", finds=_no_contact, days=14,
        reason=_("Nothing happened about this deal for %(days)s."),
        advice=_("Call or visit the customer"),
    ),
    Rule(
        code="rotting", title=_("Too long in its stage"), place="move", finds=_rotting,
        reason=_("In this stage for %(days)s; %(expected_days)s are usual."),
        advice=_("Move it on, or close it as lost"),
    ),
    Rule(
        code="unmet", title=_("The next stage still needs something"), place="page", finds=_unmet,
        reason=_("Before “%(stage)s” it still needs: %(needs)s."),
        advice=_("Bring what the next stage needs"),
    ),
    Rule(
        code="single_thread", title=_("Everything hangs on one person"), place="committee", finds=_single_thread,
        reason=_("We are in contact with one person of the committee only."),
        advice=_("Ask to be introduced to others"),
    ),
    Rule(
        code="few_people", title=_("Few people know us"), place="committee", finds=_few_people,
        reason=_("We are in contact with %(people)s people of the committee; %(fewest)s or more are safer."),
        advice=_("Meet another person of the committee"),
    ),
    Rule(
        code="no_next_step", title=_("No task ahead"), place="write", finds=_no_next_step,
        reason=_("No task is open with this customer."),
        advice=_("Agree on the next step"),
    ),
    Rule(
        code="no_close_day", title=_("No expected day"), place="edit", finds=_no_close_day,
        reason=_("No day is set on which it is expected to close, so no forecast holds it."),
        advice=_("Set the expected day"),
    ),
    Rule(
        code="no_amount", title=_("No amount"), place="edit", finds=_no_amount,
        reason=_("Its amount is not known, so no sum holds it."),
        advice=_("Estimate the amount"),
    ),
    Rule(
        code="no_customer", title=_("No customer"), place="edit", finds=_no_customer,
        reason=_("Neither a company nor a person is named."),
        advice=_("Name the customer"),
    ),
    Rule(
        code="no_owner", title=_("No owner"), place="edit", finds=_no_owner,
        reason=_("Nobody is in charge of it."),
        advice=_("Give it to somebody"),
    ),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
