"""Whom we know at a company, over all its deals: posts past and present, roles, how well, and who moved where."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from rapport.deals.models import CommitteeRole, Coverage, Deal, Participant, Stage
from rapport.deals.queries.committee import last_contacts, posts_of
from rapport.deals.rules import committee as rules
from rapport.identity.models import User
from rapport.people.models import Affiliation, Company, Person

MOST_PEOPLE = 200


@dataclass(frozen=True)
class Known:
    """A person of a company, or on a committee of its deals.

    `post` is the present one there (or the last one, then `has_left`), `elsewhere` where they work now if they left,
    `before` where they worked before; `places` are their present rows on committees of the company's deals, open
    deals first. `coverage` is the closest contact over those.
    """

    person: Person
    post: Affiliation | None
    elsewhere: Affiliation | None
    before: Affiliation | None
    has_left: bool
    places: list[Participant] = field(default_factory=list)
    last_contact_at: datetime | None = None

    @property
    def roles(self) -> list[str]:
        """Every role they hold on any of the deals, in the order of the glossary."""
        held = {role for place in self.places for role in place.roles}
        return [role for role in CommitteeRole.values if role in held]

    @property
    def coverage(self) -> str:
        """The closest contact over the deals; not known where they are on none."""
        order = Coverage.values
        return max((place.coverage for place in self.places), key=order.index, default=str(Coverage.UNKNOWN))

    @property
    def coverage_name(self) -> str:
        """The closest contact in words."""
        return str(Coverage(self.coverage).label)


@dataclass(frozen=True)
class Acquaintance:
    """Whom we know at a company; `covered` is by all six roles, over its open deals. `hidden` may not be shown."""

    company: Company
    people: list[Known]
    covered: rules.Covered
    open_deals: int
    hidden: int
    has_more: bool

    @property
    def present(self) -> list[Known]:
        """Those who work there, or never had a post there."""
        return [each for each in self.people if not each.has_left]

    @property
    def gone(self) -> list[Known]:
        """Those who left."""
        return [each for each in self.people if each.has_left]


def whom_we_know(*, user: User, company: Company, now: datetime, limit: int = MOST_PEOPLE) -> Acquaintance:
    """The people of a company and of its deals' committees that the reader may see; six queries.

    Those whose word decides come first, then by name. Deals in the archive do not count.
    """
    deals = Deal.objects.visible_to(user).live().filter(company=company)
    rows = Participant.objects.filter(deal__in=deals, until=None).select_related("deal", "deal__stage")
    places: dict[int, list[Participant]] = defaultdict(list)
    for row in rows.order_by("-deal__recorded_at", "-pk"):
        places[row.person_id].append(row)
    for held in places.values():
        held.sort(key=lambda row: row.deal.stage.status != Stage.Status.OPEN)
    wanted = Q(pk__in=Affiliation.objects.filter(company=company).values("person")) | Q(pk__in=list(places))
    people = list(Person.objects.visible_to(user).live().filter(wanted).order_by("sort_name", "pk")[: limit + 1])
    shown = people[:limit]
    posts = posts_of([person.pk for person in shown], user=user)
    contacts = last_contacts([person.pk for person in shown], until=now)
    known = [
        _known(company, person, posts.get(person.pk, []), places.get(person.pk, []), contacts.get(person.pk))
        for person in shown
    ]
    return Acquaintance(
        company=company,
        people=sorted(known, key=_order),
        covered=rules.covered(required=CommitteeRole.values, held=_held(places)),
        open_deals=deals.open().count(),
        hidden=len(set(places) - {person.pk for person in people}) if len(people) <= limit else 0,
        has_more=len(people) > limit,
    )


def _held(places: dict[int, list[Participant]]) -> set[str]:
    """The roles held with contact on open deals."""
    rows = (row for held in places.values() for row in held if row.deal.stage.status == Stage.Status.OPEN)
    return {role for row in rows if row.coverage in rules.IN_CONTACT for role in row.roles}


def _known(
    company: Company, person: Person, posts: list[Affiliation], places: list[Participant], contact: datetime | None
) -> Known:
    here = [post for post in posts if post.company_id == company.pk]
    present = next((post for post in here if post.until is None), None)
    others = [post for post in posts if post.company_id != company.pk]
    began = min((post.since for post in here if post.since), default=None)
    before = next((post for post in others if post.until and (began is None or post.until <= began)), None)
    return Known(
        person=person,
        post=present or next(iter(here), None),
        elsewhere=next((post for post in others if post.until is None), None),
        before=before,
        has_left=bool(here) and present is None,
        places=places,
        last_contact_at=contact,
    )


def _order(known: Known) -> tuple[bool, bool, str, int]:
    return (rules.DECIDES not in known.roles, not known.places, known.person.sort_name, known.person.pk)
