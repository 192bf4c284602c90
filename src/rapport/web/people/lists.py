"""The list of people: how to reach them, or what they buy, once the metrics have said something of it."""

from dataclasses import dataclass

from django.http import QueryDict

from rapport.core import clock
from rapport.core.paging import Page
from rapport.identity.models import Organisation, User
from rapport.identity.queries import colleagues, organisation
from rapport.insight import queries
from rapport.insight.queries import Freshness, TraitsRow
from rapport.insight.querysets import TraitFilters
from rapport.people.queries import SORTS, Filters
from rapport.web.people.forms import BuyersFilters, PeopleFilters

CONTACT, PURCHASES = "contact", "purchases"


@dataclass(frozen=True)
class PeopleList:
    """One page of the list, what it was asked for, and how fresh the traits in it are (None before the first)."""

    form: PeopleFilters
    page: Page[TraitsRow]
    sort: str
    filters: Filters
    traits: TraitFilters
    view: str
    fresh: Freshness | None

    @property
    def is_narrow(self) -> bool:
        """Whether anybody is left out by a filter."""
        return self.filters.is_narrow or self.traits.is_narrow

    @property
    def is_by_trait(self) -> bool:
        """Whether it is sorted by something that only buyers have."""
        return self.sort in queries.TRAIT_SORTS


def people_list(*, user: User, asked: QueryDict) -> PeopleList:
    """The page of the list that was asked for."""
    fresh, sort = queries.freshness(), asked.get("sort", "name")
    traits = TraitFilters()
    if fresh is None:
        form = PeopleFilters(asked, colleagues=colleagues())
        filters = form.filters()
        sort = sort if sort in SORTS else "name"
    else:
        form = BuyersFilters(asked, colleagues=colleagues())
        filters, traits = form.filters(), form.trait_filters()
    page = queries.people_page(
        user=user, filters=filters, traits=traits, today=clock.today(), at=(sort, asked.get("cursor", ""))
    )
    view = _view(asked.get("view", ""), fresh=fresh, about_buying=sort in queries.TRAIT_SORTS or traits.is_narrow)
    return PeopleList(form, page, sort, filters, traits, view, fresh)


def _view(asked: str, *, fresh: Freshness | None, about_buying: bool) -> str:
    """What the rows tell: as asked, else what fits the question and the company."""
    if fresh is None:
        return CONTACT
    if asked in (CONTACT, PURCHASES):
        return asked
    sells_to_people_only = organisation().sells_to == Organisation.Selling.TO_PEOPLE
    return PURCHASES if about_buying or sells_to_people_only else CONTACT
