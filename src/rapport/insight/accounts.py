"""The relationship with one company over the years, and its health, gathered from what every app keeps of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from rapport.commerce import accounts as commerce
from rapport.deals.models import Deal, Pipeline
from rapport.deals.models.committee import CommitteeRole, Participant
from rapport.deals.queries import accounts as deals
from rapport.deals.queries import open_deals_of
from rapport.deals.queries.committee import coverage_now_and_then
from rapport.deals.rules.committee import Covered
from rapport.identity.models import User
from rapport.insight import health
from rapport.insight.health import Facts, Health, Part
from rapport.insight.models import HealthWeight
from rapport.people.models import Affiliation, Company, Person
from rapport.timeline import accounts as timeline

AHEAD = timedelta(days=365)
MOST_PEOPLE, MOST_DEALS = 40, 50
LAST_QUARTER = timedelta(days=91)
TWO_YEARS = timedelta(days=730)
Sums = dict[str, Decimal]


@dataclass
class Year:
    """One year with a company. Orders and won deals are two views of one business and are never added up."""

    year: int
    ordered: Sums = field(default_factory=dict)
    orders: int = 0
    won: int = 0
    lost: int = 0
    won_value: Sums = field(default_factory=dict)
    interactions: int = 0
    minutes: int = 0
    timed: int = 0

    @property
    def win_rate(self) -> float | None:
        """Won of those decided; None where none was."""
        return self.won / (self.won + self.lost) if self.won + self.lost else None

    @property
    def minutes_a_deal(self) -> float | None:
        """Minutes of contact for each deal won; None where none was won or no minutes are known."""
        return self.minutes / self.won if self.won and self.timed else None

    @property
    def won_an_hour(self) -> Sums:
        """The value of the won deals for each hour of contact, by currency; empty where no minutes are known."""
        if not self.minutes:
            return {}
        return {currency: value * 60 / self.minutes for currency, value in self.won_value.items()}


@dataclass(frozen=True)
class Span:
    """A stretch of time in somebody's story: what it says, and from when to when; None is not known, or still."""

    text: str
    since: date | None
    until: date | None
    deal: Deal | None = None


@dataclass
class PersonOverTime:
    """A person of an account: posts there, and the roles held on committees of its deals."""

    person: Person
    posts: list[Span] = field(default_factory=list)
    roles: list[Span] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        """Whether they have a post there today."""
        return any(post.until is None for post in self.posts)


@dataclass(frozen=True)
class CoveredDeal:
    """An open deal with its coverage now, and a quarter ago where it was there already."""

    deal: Deal
    now: Covered
    before: float | None


@dataclass(frozen=True)
class WhatIsAhead:
    """What is to come: won deals that run out, open deals that are to renew, other open ones expected within a year.

    `running_out` by the day they run out, the others by the day they are expected to close, late ones first.
    """

    running_out: list[Deal] = field(default_factory=list)
    renewals: list[Deal] = field(default_factory=list)
    purchases: list[Deal] = field(default_factory=list)


@dataclass(frozen=True)
class Account:
    """What stands on the page of an account."""

    years: list[Year]
    currency: str
    reasons: list[tuple[str, int]]
    people: list[PersonOverTime]
    has_more_people: bool
    covered: list[CoveredDeal]
    coverage: float | None
    ahead: WhatIsAhead
    next_purchase_on: date | None
    usual_gap_days: float | None
    health: Health
    facts: Facts

    @property
    def has_decided(self) -> bool:
        """Whether any deal was won or lost."""
        return any(year.won or year.lost for year in self.years)

    @property
    def has_contact(self) -> bool:
        """Whether any interaction is recorded."""
        return any(year.interactions for year in self.years)

    @property
    def effort(self) -> list[tuple[Year, Sums]]:
        """Each year with contact, and what was won in it for each hour of contact that is known, by currency."""
        return [(year, year.won_an_hour) for year in self.years if year.interactions]


def weights() -> dict[Part, int]:
    """How much each part of health counts, as set or as it comes; one query."""
    kept = dict(HealthWeight.objects.values_list("part", "weight"))
    return {part: kept.get(part.value, weight) for part, weight in health.WEIGHTS.items()}


def account(*, user: User, company: Company, now: datetime) -> Account:
    """The relationship with a company as far as the user may see it; about twenty queries."""
    today = timezone.localtime(now).date()
    years, reasons = _years(user, company)
    people, has_more = people_over_time(user=user, company=company)
    still_open = open_deals_of(user=user, company_id=company.pk, limit=MOST_DEALS)
    covered = _covered(still_open, now)
    facts = _facts(user, company, now, covered)
    gap = facts.usual_gap_days
    return Account(
        years=years,
        currency=_main_currency(years),
        reasons=reasons,
        people=people,
        has_more_people=has_more,
        covered=covered,
        coverage=facts.coverage,
        ahead=_ahead(still_open, deals.running_out(user=user, company_id=company.pk, today=today), today),
        next_purchase_on=facts.purchase_days[-1] + timedelta(days=round(gap)) if gap is not None else None,
        usual_gap_days=gap,
        health=health.health(facts, weights()),
        facts=facts,
    )


def _years(user: User, company: Company) -> tuple[list[Year], list[tuple[str, int]]]:
    """Every year from the first with anything up to the last, the newest first; and all reasons for losing."""
    found: dict[int, Year] = {}
    reasons: Counter[str] = Counter()
    for orders in commerce.years_of_orders(user=user, company_id=company.pk):
        each = found.setdefault(orders.year, Year(orders.year))
        each.ordered[orders.currency] = orders.total
        each.orders += orders.orders
    for decided in deals.years_of_deals(user=user, company_id=company.pk):
        each = found.setdefault(decided.year, Year(decided.year))
        each.won, each.lost, each.won_value = decided.won, decided.lost, decided.won_value
        reasons += decided.reasons
    for contact in timeline.years_of_contact(company=company):
        each = found.setdefault(contact.year, Year(contact.year))
        each.interactions, each.minutes, each.timed = contact.interactions, contact.minutes, contact.timed
    span = range(max(found), min(found) - 1, -1) if found else range(0)
    return [found.get(year) or Year(year) for year in span], reasons.most_common()


def _main_currency(years: Iterable[Year]) -> str:
    """The currency in which most was ordered, in years; without orders that of the won deals."""
    ordered: Counter[str] = Counter()
    for year in years:
        ordered.update(dict.fromkeys(year.ordered, 2))
        ordered.update(dict.fromkeys(year.won_value, 1))
    return ordered.most_common(1)[0][0] if ordered else ""


def people_over_time(*, user: User, company: Company) -> tuple[list[PersonOverTime], bool]:
    """Who works or worked there, and who sits on committees of its deals; those there today first; three queries.

    Gives at most MOST_PEOPLE, and whether there are more.
    """
    seen = Person.objects.visible_to(user).filter(merged_into__isnull=True)
    found: dict[int, PersonOverTime] = {}
    posts = Affiliation.objects.filter(company=company, person__in=seen).select_related("person")
    for post in posts.order_by("since", "pk"):
        told = ", ".join(text for text in (post.title, post.department) if text)
        entry = found.setdefault(post.person_id, PersonOverTime(post.person))
        entry.posts.append(Span(told, post.since, post.until))
    visible = Deal.objects.visible_to(user).live().filter(company=company)
    places = Participant.objects.filter(deal__in=visible, person__in=seen).select_related("person", "deal")
    held: dict[tuple[int, int], list[Participant]] = defaultdict(list)
    for row in places.order_by("since", "pk"):
        found.setdefault(row.person_id, PersonOverTime(row.person))
        held[row.person_id, row.deal_id].append(row)
    for (person_id, _deal), periods in held.items():
        found[person_id].roles += _role_spans(periods)
    ordered = sorted(found.values(), key=lambda each: (not each.is_here, -len(each.roles), each.person.sort_name))
    return ordered[:MOST_PEOPLE], len(ordered) > MOST_PEOPLE


def _role_spans(periods: list[Participant]) -> list[Span]:
    """The roles of one person on one deal; periods that touch and say the same are one."""
    labels = dict(CommitteeRole.choices)
    spans: list[Span] = []
    for row in periods:
        text = ", ".join(str(labels.get(role, role)) for role in row.roles)
        since = timezone.localtime(row.since).date()
        until = timezone.localtime(row.until).date() if row.until else None
        last = spans[-1] if spans else None
        if last and last.text == text and last.until is not None and last.until >= since:
            spans[-1] = Span(text, last.since, until, row.deal)
        else:
            spans.append(Span(text, since, until, row.deal))
    return [span for span in spans if span.text]


def _ahead(still_open: list[Deal], running_out: list[Deal], today: date) -> WhatIsAhead:
    renewals = [deal for deal in still_open if deal.pipeline.kind == Pipeline.Kind.RENEWAL]
    others = [deal for deal in still_open if deal.pipeline.kind != Pipeline.Kind.RENEWAL]
    soon = [deal for deal in others if deal.expected_close_on and deal.expected_close_on <= today + AHEAD]
    return WhatIsAhead(running_out, sorted(renewals, key=_expected), sorted(soon, key=_expected))


def _expected(deal: Deal) -> tuple[date, int]:
    """Deals without an expected day come last."""
    return (deal.expected_close_on or date.max, deal.pk)


def _covered(still_open: list[Deal], now: datetime) -> list[CoveredDeal]:
    """The open deals with their coverage now and, where they were there already, a quarter ago."""
    if not still_open:
        return []
    before = now - LAST_QUARTER
    present, then = coverage_now_and_then(still_open, then=before)
    return [
        CoveredDeal(
            deal, present[deal.pk], then[deal.pk].share if (deal.created_at or deal.recorded_at) <= before else None
        )
        for deal in still_open
    ]


def _facts(user: User, company: Company, now: datetime, covered: list[CoveredDeal]) -> Facts:
    """What health is counted from."""
    today = timezone.localtime(now).date()
    ordered = commerce.order_days(user=user, company_id=company.pk)
    won_days = deals.won_days(user=user, company_id=company.pk)
    last = timeline.last_contact(company=company)
    window = now - timedelta(days=health.CONTACT_WINDOW_DAYS)
    won, lost = deals.decided_since(user=user, company_id=company.pk, since=now - TWO_YEARS)
    shares = [each.now.share for each in covered if each.now.share is not None]
    value_now, value_before = _two_years_of_value(user, company, now)
    return Facts(
        today=today,
        # Where orders are recorded they are the purchases; a won deal and its orders would count twice.
        purchase_days=tuple(ordered or sorted(set(won_days))),
        value_now=value_now,
        value_before=value_before,
        last_contact_on=timezone.localtime(last).date() if last else None,
        people=timeline.people_in_contact(user=user, company=company, since=window) if last else None,
        coverage=sum(shares) / len(shares) if shares else None,
        won=won,
        lost=lost,
    )


def _two_years_of_value(user: User, company: Company, now: datetime) -> tuple[float | None, float | None]:
    """What was ordered in the last twelve months and in the twelve before, in the currency of the earlier ones."""
    year = timedelta(days=365)
    before = commerce.ordered_between(user=user, company_id=company.pk, since=now - 2 * year, until=now - year)
    if not before:
        return None, None
    currency = max(before, key=lambda code: before[code])
    recent = commerce.ordered_between(user=user, company_id=company.pk, since=now - year, until=now)
    return float(recent.get(currency, Decimal(0))), float(before[currency])
