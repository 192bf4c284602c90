"""What the rules of advice need to know of deals, gathered for many at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _

from rapport.deals import rules
from rapport.deals.models import Deal, DealInteraction
from rapport.deals.models.committee import CommitteeRole, Participant
from rapport.deals.models.quotes import Quote
from rapport.deals.queries.committee import committee_settings, last_contacts
from rapport.deals.rules import committee as committee_rules
from rapport.deals.rules.next_actions import DealState
from rapport.deals.rules.rotting import is_rotting
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.timeline.models import Interaction, Task


@dataclass
class _Committee:
    """Who is on the committee of a deal now."""

    in_contact: int = 0
    deciding: list[int] = field(default_factory=list)
    opposing: list[int] = field(default_factory=list)


def states(deals: Sequence[Deal], *, user: User, now: datetime, today: date) -> dict[int, DealState]:
    """The state of each deal, by its number; at most eight queries, however many there are.

    The deals come with their stage. Names of people whom the user may not see are not told.
    """
    numbers = [deal.pk for deal in deals]
    if not numbers:
        return {}
    contacts = _contacts(numbers)
    quotes = dict(
        Quote.objects.filter(deal__in=numbers, status=Quote.Status.SENT)
        .values_list("deal")
        .annotate(oldest=Min("sent_at"))
    )
    committees = _committees(numbers)
    deciding = [person for each in committees.values() for person in each.deciding]
    met = last_contacts(deciding, until=now)
    names = _names([person for each in committees.values() for person in each.opposing], user=user)
    settled = committee_settings()
    tasks = _customers_with_tasks(deals)
    found = {}
    for deal in deals:
        began = deal.created_at or deal.recorded_at
        stage = deal.stage
        found[deal.pk] = DealState(
            today=today,
            is_open=stage.status == rules.OPEN,
            age_days=rules.days_between(began, now),
            stage_days=rules.days_between(deal.stage_since, now),
            expected_days=stage.expected_days,
            is_rotting=is_rotting(since=deal.stage_since, expected_days=stage.expected_days, now=now),
            expected_close_on=deal.expected_close_on,
            has_amount=deal.amount is not None,
            has_customer=deal.company_id is not None or deal.person_id is not None,
            has_owner=deal.owner_id is not None,
            has_open_task=("company", deal.company_id) in tasks or ("person", deal.person_id) in tasks,
            contacts=contacts.get(deal.pk, (None, 0))[1],
            contact_days=_days(contacts.get(deal.pk, (None, 0))[0], now),
            quote_days=_days(quotes.get(deal.pk), now),
            quiet_days=settled.quiet_days,
            fewest_people=settled.fewest_people,
            **_of_committee(committees.get(deal.pk), met=met, names=names, now=now),
        )
    return found


def _of_committee(
    committee: _Committee | None, *, met: dict[int, datetime], names: dict[int, str], now: datetime
) -> dict[str, Any]:
    """The part of a state that the committee tells; nothing where nobody is on it."""
    if committee is None:
        return {}
    talks = [met[person] for person in committee.deciding if person in met]
    hidden = _("somebody you may not see")
    return {
        "people_in_contact": committee.in_contact,
        "has_decision_maker": bool(committee.deciding),
        "decision_maker_days": _days(max(talks), now) if talks else None,
        "opponents": tuple(dict.fromkeys(names.get(person, hidden) for person in committee.opposing)),
    }


def _committees(numbers: Collection[int]) -> dict[int, _Committee]:
    present = Participant.objects.filter(deal__in=numbers, until__isnull=True).order_by("deal", "pk")
    found: dict[int, _Committee] = defaultdict(_Committee)
    for deal, person, roles, stance, influence, coverage in present.values_list(
        "deal", "person", "roles", "stance", "influence", "coverage"
    ):
        committee = found[deal]
        is_known = coverage in committee_rules.IN_CONTACT
        committee.in_contact += is_known
        if is_known and CommitteeRole.DECISION_MAKER in roles:
            committee.deciding.append(person)
        if stance is not None and stance < 0 and influence == committee_rules.HIGH:
            committee.opposing.append(person)
    return dict(found)


def _contacts(numbers: Collection[int]) -> dict[int, tuple[datetime | None, int]]:
    """When something last happened with the customer about each deal, and how often; our own notes are no contact."""
    rows = DealInteraction.objects.filter(deal__in=numbers, interaction__archived_at__isnull=True)
    rows = rows.exclude(interaction__kind=Interaction.Kind.NOTE)
    counted = rows.values_list("deal").annotate(last=Max("at"), often=Count("pk"))
    return {deal: (last, often) for deal, last, often in counted}


def _names(people: Collection[int], *, user: User) -> dict[int, str]:
    if not people:
        return {}
    return {person.pk: str(person) for person in Person.objects.visible_to(user).filter(pk__in=people)}


def _customers_with_tasks(deals: Sequence[Deal]) -> set[tuple[str, int]]:
    """The customers of these deals with whom a task is open: ("company" or "person", number)."""
    companies = {deal.company_id for deal in deals if deal.company_id is not None}
    people = {deal.person_id for deal in deals if deal.person_id is not None}
    rows = Task.objects.open().filter(Q(company__in=companies) | Q(person__in=people))
    named = rows.values_list("company", "person")
    return {
        key for company, person in named for key in (("company", company), ("person", person)) if key[1] is not None
    }


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else rules.days_between(since, now)
