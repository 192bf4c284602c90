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
from rapport.people import queries as people
from rapport.people.models import Affiliation, Person

FEW = 2_000
LAST_STAMPS = 200
BY_DUE = Sort("due_on", descending=True)


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """Of which day the traits in the records are, when they were counted, and the currency of their money."""

    as_of: date
    counted_at: datetime
    currency: str


@dataclass(frozen=True)
class TraitsRow:
    """A person of a list, with the present post and the traits."""

    person: Person
    post: Affiliation | None
    traits: PersonTraits


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


def due_people(*, user: User, today: date, cursor: str = "") -> Page[TraitsRow]:
    """One page of the people the user may see whose next purchase is due by today, who came due last first.

    Three queries. Where few are due, they are asked for by their numbers: traits depend on each other, which
    the planner does not know; looking for fifty where there are none it would walk through everybody in the order of
    the list.
    """
    rows = PersonTraits.objects.due(today=today)
    numbers = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(numbers) <= FEW:
        rows = PersonTraits.objects.filter(pk__in=numbers)
    rows = rows.filter(due_on__isnull=False, person__in=Person.objects.visible_to(user).live())
    found = paging.page(rows.select_related("person__owner"), sort=BY_DUE, cursor=cursor)
    posts = people.present_posts([each.person_id for each in found.rows])
    return Page([TraitsRow(each.person, posts.get(each.person_id), each) for each in found.rows], found.next_cursor)


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
