"""The network of a company, and the account over the years."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.core import clock
from rapport.identity.access import may_configure
from rapport.identity.models import User
from rapport.insight import accounts
from rapport.people import access
from rapport.people.network import MOST_COMPANIES, MOST_LEVELS, reach
from rapport.web.companies.tabs import tabs_of
from rapport.web.network import picture, showing, spans
from rapport.web.network.rollup import rollup


def network(request: HttpRequest, pk: int) -> HttpResponse:
    """The companies around one: the tree, who supplies it, its customers and theirs; drawn, and as a table."""
    assert isinstance(request.user, User)
    company = access.company_for_view(request.user, pk)
    if company.merged_into_id:
        return redirect("companies:network", company.merged_into_id)
    found = reach(user=request.user, company=company)
    rolled = rollup(user=request.user, reach=found)
    context = {
        "company": company,
        "tabs": tabs_of(company, current="companies:network"),
        "may_edit": access.may_edit(request.user, company),
        "is_alone": len(found.companies) == 1,
        "rollup": rolled,
        "drawing": showing.network_cards(picture.draw(found, asked=company), rolled),
        "parts": showing.parts(rolled),
        "is_cut": found.is_cut,
        "most_levels": MOST_LEVELS,
        "most_companies": MOST_COMPANIES,
    }
    return render(request, "network/network.html", context)


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The relationship with a company: health, value, deals, people, coverage, what is ahead, effort."""
    assert isinstance(request.user, User)
    company = access.company_for_view(request.user, pk)
    if company.merged_into_id:
        return redirect("companies:account", company.merged_into_id)
    found = accounts.account(user=request.user, company=company, now=clock.now())
    today = clock.today()
    context = {
        "company": company,
        "tabs": tabs_of(company, current="companies:account"),
        "account": found,
        "health": showing.health(found),
        "bars": showing.year_bars(found),
        "chart": spans.draw(found.people, today=today),
        "may_weigh": may_configure(request.user),
        "today": today,
    }
    return render(request, "network/account.html", context)
