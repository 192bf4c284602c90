"""The buying committees of the demo's deals: who took part in the talks, what they are, how they stand to us.

Written as history: a person comes in at their first talk, and contact grows with the talks. Some gaps are left on
purpose: roles nobody asked about, people nobody put on a committee, a sentence that names the decision maker.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TypeVar

import numpy as np

from rapport.deals import actions
from rapport.deals.actions import committee
from rapport.deals.models import Confidence, Coverage, Deal, DealInteraction, Influence, Participant
from rapport.deals.rules import committee as rules
from rapport.demo.drawing import Draw
from rapport.identity.models import User
from rapport.people.models import Affiliation, Person
from rapport.timeline.models import InteractionPerson

Value = TypeVar("Value")
# The newest deals: enough to look around in.
OPEN, CLOSED = 70, 20
# How often it is known that the first one spoken with had started it all.
STARTERS = 0.7
DECIDES = "decision_maker"
# How people of a role stand to a supplier they talk with: from against to fighting for.
STANCES = {"buyer": (0.12, 0.28, 0.3, 0.22, 0.08), "": (0.04, 0.14, 0.32, 0.32, 0.18)}
WEIGHTS = {"decision_maker": (0, 0, 0.15, 0.85), "buyer": (0, 0.2, 0.5, 0.3), "": (0.15, 0.4, 0.3, 0.15)}
SAID = "Trao đổi về cách bên khách duyệt nhà cung cấp. {person} là người quyết định cuối cùng. Hẹn gặp trong tháng."


def fill(*, by: User, at: datetime, seed: int) -> int:
    """Give the newest deals their committees; says how many entries were written. Loading again changes nothing."""
    if Participant.objects.exists():
        return 0
    draw = np.random.default_rng([seed, 3])
    newest = Deal.objects.filter(company__isnull=False).order_by("-created_at", "-pk")
    deals = [*newest.filter(closed_at=None)[:OPEN], *newest.filter(closed_at__isnull=False)[:CLOSED]]
    talks = _talks(deals, until=at)
    titles = _titles(deals)
    rows: list[Participant] = []
    lines: list[Influence] = []
    for deal in deals:
        people = {person: days for person, days in talks[deal.pk].items() if draw.random() < 0.85}
        members = _roles(draw, people, titles)
        first = min(people, key=lambda person: people[person][0], default=0) if draw.random() < STARTERS else 0
        for person, role in members.items():
            roles = [each for each in ("initiator" if person == first else "", role) if each]
            rows += _periods(draw, deal, person, roles=roles, days=people[person], by=by)
        lines += _lines(deal, members, by=by)
    # Now and then somebody loses the other's ear: the map of an earlier day still has that line.
    for line in [line for line in lines if line.kind == "influences"][::4]:
        line.until = line.since + (at - line.since) * 0.7
    Participant.objects.bulk_create(rows)
    Influence.objects.bulk_create(lines)
    _call_in_a_consultant(deals, by=by, at=at)
    _say_who_decides([deal for deal in deals if deal.closed_at is None][:5], talks, by=by, at=at)
    return len(rows)


def _talks(deals: list[Deal], *, until: datetime) -> dict[int, dict[int, list[datetime]]]:
    """When each person of each deal was spoken with, in order."""
    about = {
        row.interaction_id: row.deal_id
        for row in DealInteraction.objects.filter(deal__in=deals, at__lt=until).exclude(interaction__kind="note")
    }
    found: dict[int, dict[int, list[datetime]]] = {deal.pk: defaultdict(list) for deal in deals}
    rows = InteractionPerson.objects.filter(interaction__in=about).order_by("at", "pk")
    for row in rows:
        found[about[row.interaction_id]][row.person_id].append(row.at)
    return found


def _titles(deals: list[Deal]) -> dict[int, str]:
    posts = Affiliation.objects.filter(company__in=[deal.company_id for deal in deals], until=None).order_by("pk")
    return dict(posts.values_list("person", "title"))


def _roles(draw: Draw, people: dict[int, list[datetime]], titles: dict[int, str]) -> dict[int, str]:
    """The role of each person by title; one in eight was never asked, and one man decides for most companies."""
    found = {}
    for person in people:
        role = rules.role_by_title(titles.get(person, ""))
        found[person] = "" if draw.random() < 0.12 else role
    if people and DECIDES not in found.values() and draw.random() < 0.35:
        found[max(people, key=lambda person: len(people[person]))] = DECIDES
    return found


def _periods(
    draw: Draw, deal: Deal, person: int, *, roles: list[str], days: list[datetime], by: User
) -> list[Participant]:
    """What was held of a person, from their first talk on: contact grows at the second and at the fifth."""
    role = roles[-1] if roles else ""
    stance = _one_of(draw, (-2, -1, 0, 1, 2), STANCES.get(role, STANCES[""]))
    weight = _one_of(draw, (0, 1, 2, 3), WEIGHTS.get(role, WEIGHTS[""]))
    is_asked = draw.random() < 0.8
    steps = [(days[place], contact) for place, contact in _growth(len(days))]
    found: list[Participant] = []
    for place, (since, contact) in enumerate(steps):
        is_last = place == len(steps) - 1
        found.append(
            Participant(
                deal=deal,
                person_id=person,
                roles=roles if place or is_last or draw.random() < 0.8 else [],
                stance=stance if is_asked and (place or is_last) else None,
                influence=weight if is_asked else None,
                coverage=contact,
                confidence=_one_of(draw, (Confidence.STATED, Confidence.INFERRED), (0.4, 0.6))
                if is_asked
                else "unknown",
                since=since,
                until=None if is_last else steps[place + 1][0],
                by_id=deal.owner_id or by.pk,
            )
        )
    return found


def _growth(talks: int) -> list[tuple[int, str]]:
    """At which talk, from 0, contact became what."""
    steps = [(0, Coverage.BRIEF), (1, Coverage.SEVERAL), (4, Coverage.IN_DEPTH)]
    return [(place, str(contact)) for place, contact in steps if place < talks]


def _lines(deal: Deal, members: dict[int, str], *, by: User) -> list[Influence]:
    """Everybody whose role is known reports to the decision maker; an influencer influences the buyer."""
    first = next((person for person, role in members.items() if role == DECIDES), None)
    buyer = next((person for person, role in members.items() if role == "buyer"), None)
    at = deal.created_at or deal.recorded_at
    found = []
    for person, role in members.items():
        if first and person != first and role in ("buyer", "user", "gatekeeper"):
            found.append(
                Influence(deal=deal, from_person_id=person, to_person_id=first, kind="reports_to", since=at, by=by)
            )
        if buyer and role == "influencer":
            found.append(
                Influence(deal=deal, from_person_id=person, to_person_id=buyer, kind="influences", since=at, by=by)
            )
    return found


def _call_in_a_consultant(deals: list[Deal], *, by: User, at: datetime) -> None:
    """Somebody of another company has a say in the newest deal: a consultant, and the page says so."""
    others = Affiliation.objects.filter(until=None).exclude(company__in=[deal.company_id for deal in deals])
    post = others.select_related("person").order_by("pk").first()
    if deals and post:
        committee.join(
            deal=deals[0], person=post.person, by=deals[0].owner or by, at=at, roles=["influencer"], coverage="brief",
            confidence="stated", evidence="Khách mời làm tư vấn độc lập, góp ý kỹ thuật cho hồ sơ.",
        )  # fmt: skip


def _say_who_decides(deals: list[Deal], talks: dict[int, dict[int, list[datetime]]], *, by: User, at: datetime) -> None:
    """A call in which one person names another as the one who decides: Rapport suggests it, and quotes them."""
    names = Person.objects.in_bulk([person for deal in deals for person in talks[deal.pk]])
    for place, deal in enumerate(deals):
        people = [names[person] for person in talks[deal.pk]]
        if len(people) < 2:
            continue
        actions.record_interaction(
            deal=deal, kind="call", direction="out", minutes=14, subject="Hỏi quy trình phê duyệt",
            body=SAID.format(person=people[-1]), people=[people[0]], company=deal.company, by=deal.owner or by, at=at,
            happened_at=max(at - timedelta(days=3 + place), deal.created_at or at),
        )  # fmt: skip


def _one_of(draw: Draw, values: tuple[Value, ...], chances: tuple[float, ...]) -> Value:
    """One of the values by its chance."""
    return values[int(draw.choice(len(values), p=np.asarray(chances) / sum(chances)))]
