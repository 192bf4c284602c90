"""Switching rules of advice, and putting advice aside for a deal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import RapportError
from rapport.deals.events import AdvicePutAside, AdviceTakenUp
from rapport.deals.models import Deal
from rapport.deals.models.next_steps import AdviceRule, AdviceSnooze
from rapport.deals.rules.next_actions import BY_CODE
from rapport.identity.models import User

LONGEST_DAYS = 365
MOST_DAYS = 3_650


class UnknownRule(RapportError):
    """There is no rule of that code."""


class WrongThreshold(RapportError):
    """A threshold is a whole number of days that makes sense; `code` names the rule."""

    def __init__(self, code: str) -> None:
        super().__init__(_("Give a number of days from 1 to 3650."))
        self.code = code


class WrongDay(RapportError):
    """Advice is put aside up to a day that is still to come, or for good."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """How a rule is wanted; `days` is None for the threshold it comes with."""

    is_on: bool
    days: int | None = None


@transaction.atomic
def switch_rules(*, switches: Mapping[str, Switch], by: User, at: datetime) -> list[str]:
    """Switch the named rules on or off and set their thresholds; the codes of those that differ from before.

    Raises UnknownRule, WrongThreshold.
    """
    kept = {each.code: each for each in AdviceRule.objects.select_for_update()}
    changed = []
    for code, wanted in switches.items():
        rule = BY_CODE.get(code)
        if rule is None:
            raise UnknownRule(_("There is no such rule."))
        days = wanted.days if rule.days is not None and wanted.days != rule.days else None
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise WrongThreshold(code)
        own = kept.get(code) or AdviceRule(code=code)
        if (own.is_on, own.days) == (wanted.is_on, days):
            continue
        own, _made = AdviceRule.objects.update_or_create(code=code, defaults={"is_on": wanted.is_on, "days": days})
        audit.record("deals.advice_switched", target=own, by=by, at=at, data={"is_on": own.is_on, "days": own.days})
        changed.append(code)
    return changed


@transaction.atomic
def put_aside(*, deal: Deal, code: str, until: date | None, by: User, at: datetime, today: date) -> AdviceSnooze:
    """Let one rule be silent for a deal up to and including a day within a year, or for good.

    The deal itself does not change. Raises UnknownRule, WrongDay.
    """
    if code not in BY_CODE:
        raise UnknownRule(_("There is no such rule."))
    if until is not None and not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise WrongDay(_("Choose a day from today up to a year ahead."))
    deal = Deal.objects.locked().get(pk=deal.pk)
    snooze, _made = AdviceSnooze.objects.update_or_create(
        deal=deal, code=code, defaults={"until": until, "by": by, "at": at}
    )
    data = {"code": code, "until": until.isoformat() if until else None}
    audit.record("deals.advice_put_aside", target=deal, by=by, at=at, data=data)
    outbox.put(AdvicePutAside(deal_id=deal.pk, rule=code))
    return snooze


@transaction.atomic
def take_up(*, deal: Deal, code: str, by: User, at: datetime) -> bool:
    """Let a rule speak again for a deal; whether it was silent."""
    deal = Deal.objects.locked().get(pk=deal.pk)
    gone, _rows = AdviceSnooze.objects.filter(deal=deal, code=code).delete()
    if not gone:
        return False
    audit.record("deals.advice_taken_up", target=deal, by=by, at=at, data={"code": code})
    outbox.put(AdviceTakenUp(deal_id=deal.pk, rule=code))
    return True
