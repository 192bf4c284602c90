"""What pages show of answers, traits, and of how fresh both are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.commerce.models import Product
from rapport.core import paging
from rapport.core.paging import Page, Sort
from rapport.identity.models import User
from rapport.insight import access
from rapport.insight.models import Offered, PersonTraits, Refresh, Result
from rapport.insight.querysets import TraitFilters, TraitsQuerySet
from rapport.people import queries as people
from rapport.people.models import Affiliation, Person

FEW = 2_000
LAST_STAMPS = 200
TRAIT_SORTS = {
    "value": Sort("expected_value"),
    "-value": Sort("expected_value", descending=True),
    "last": Sort("last_on"),
    "-last": Sort("last_on", descending=True),
    "due": Sort("due_on"),
    "-due": Sort("due_on", descending=True),
}


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """Of which day the traits in the records are, when they were counted, and the currency of their money."""

    as_of: date
    counted_at: datetime
    currency: str


@dataclass(frozen=True)
class TraitsRow:
    """A person of a list, with the present post and the traits of who has bought."""

    person: Person
    post: Affiliation | None
    traits: PersonTraits | None


@dataclass(frozen=True)
class OfferLine:
    """A product to offer next, why, and the product that speaks for it."""

    product: Product
    offered: Offered
    because: Product | None


@dataclass(frozen=True)
class TraitsOfPerson:
    """What a person's page shows of the traits."""

    traits: PersonTraits
    due_product: Product | None
    offers: list[OfferLine]
    freshness: Freshness


def result(metric: str) -> Result | None:
    """The last answer of a metric that holds numbers, else the last one; None where it was never counted."""
    newest = Result.objects.newest(metric)
    return newest.good().first() or newest.first()


def answers(metrics: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The payloads of `result` for several metrics; those never counted are missing."""
    found = {name: result(name) for name in metrics}
    return {name: each.payload for name, each in found.items() if each is not None}


def last_refresh() -> Refresh | None:
    """The refresh begun last, whatever became of it."""
    return Refresh.objects.order_by("-began_at", "-pk").first()


def is_refreshing() -> bool:
    """Whether a refresh runs, waits for a worker, or is said to run."""
    # A job that was taken up, too: its refresh is recorded only after it has begun.
    asked = ProcrastinateJob.objects.filter(task_name__endswith="refresh_now", status__in=("todo", "doing"))
    return asked.exists() or Refresh.objects.filter(status=Refresh.Status.RUNNING).exists()


def freshness() -> Freshness | None:
    """How fresh the traits in the records are; None where none were written."""
    wrote = _wrote_traits()
    if wrote is None:
        return None
    return Freshness(as_of=wrote.as_of, counted_at=wrote.finished_at or wrote.began_at, currency=wrote.currency)


def traits_stamp() -> str:
    """The stamp of the traits in the records; empty where none were written."""
    wrote = _wrote_traits()
    return wrote.traits_stamp if wrote else ""


def traits_stamps(*, as_of: date) -> list[str]:
    """The stamps of the traits written as of a day, the last ones first."""
    wrote = Refresh.objects.filter(as_of=as_of).exclude(traits_stamp="").order_by("-pk")
    return list(wrote.values_list("traits_stamp", flat=True)[:LAST_STAMPS])


def _wrote_traits() -> Refresh | None:
    return Refresh.objects.exclude(traits_stamp="").order_by("-pk").first()


def people_page(
    *, user: User, filters: people.Filters, traits: TraitFilters, today: date, at: tuple[str, str] = ("name", "")
) -> Page[TraitsRow]:
    """One page of the people the user may see, narrowed by record and by traits; `at` is (sort, cursor).

    Three or four queries. Sorted by a trait, the list holds those who have it: who never bought has no last purchase.
    """
    sort, cursor = at
    if sort in TRAIT_SORTS:
        return _page_by_trait(user=user, filters=filters, traits=traits, today=today, at=at)
    rows = people.people_found(user=user, filters=filters)
    if traits.is_narrow:
        rows = rows.filter(pk__in=_chosen(traits, today=today).values("person"))
    found = paging.page(rows.select_related("owner"), sort=people.SORTS.get(sort, people.SORTS["name"]), cursor=cursor)
    known = PersonTraits.objects.in_bulk([person.pk for person in found.rows])
    return Page(_with_posts([(person, known.get(person.pk)) for person in found.rows]), found.next_cursor)


def _page_by_trait(
    *, user: User, filters: people.Filters, traits: TraitFilters, today: date, at: tuple[str, str]
) -> Page[TraitsRow]:
    sort, cursor = TRAIT_SORTS[at[0]], at[1]
    rows = _chosen(traits, today=today).filter(
        **{f"{sort.column}__isnull": False}, person__in=people.people_found(user=user, filters=filters)
    )
    found = paging.page(rows.select_related("person__owner"), sort=sort, cursor=cursor)
    return Page(_with_posts([(each.person, each) for each in found.rows]), found.next_cursor)


def _chosen(traits: TraitFilters, *, today: date) -> TraitsQuerySet:
    """The traits that fit; where they are few, by their numbers.

    Traits depend on each other (who is lost is never due), which the planner does not know: looking for fifty where
    there are none it would walk through everybody in the order of the list.
    """
    rows = PersonTraits.objects.narrowed(traits, today=today)
    if not traits.is_narrow:
        return rows
    numbers = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows if len(numbers) > FEW else PersonTraits.objects.filter(pk__in=numbers)


def _with_posts(rows: list[tuple[Person, PersonTraits | None]]) -> list[TraitsRow]:
    posts = people.present_posts([person.pk for person, _traits in rows])
    return [TraitsRow(person, posts.get(person.pk), traits) for person, traits in rows]


def traits_of_person(*, user: User, person_id: int) -> TraitsOfPerson | None:
    """The traits of one person with the products that they name; None for who never bought. At most three queries."""
    traits = access.traits_for_view(user, person_id)
    fresh = freshness() if traits else None
    if traits is None or fresh is None:
        return None
    offered = traits.offered
    named = {traits.due_product_id, *(each.product_id for each in offered)}
    named |= {each.because_product_id for each in offered}
    products = Product.objects.visible_to(user).in_bulk([number for number in named if number is not None])
    lines = [
        OfferLine(products[each.product_id], each, products.get(each.because_product_id or 0))
        for each in offered
        if each.product_id in products
    ]
    return TraitsOfPerson(traits, products.get(traits.due_product_id or 0), lines, fresh)
