"""What a company's page shows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.commerce.queries import orders_summary
from rapport.core import clock
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people import queries
from rapport.people.access import may_edit
from rapport.people.models import Affiliation, Company
from rapport.web.companies.forms import LinkForm
from rapport.web.companies.tabs import tabs_of
from rapport.web.people.business import deal_lines
from rapport.web.timeline import compose
from rapport.web.timeline.compose import TimelinePart
from rapport.web.timeline.forms import Composer

MOST_PEOPLE = 12


def show(request: HttpRequest, user: User, company: Company, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a company; `forms` are those that were sent and cannot be accepted."""
    posts = queries.people_of_company(user=user, company=company, limit=MOST_PEOPLE + 1)
    composer = forms.pop("composer", None) or composer_for(user, company, posts[:MOST_PEOPLE])
    context = {
        "company": company,
        "tabs": tabs_of(company, current="companies:page"),
        "posts": posts[:MOST_PEOPLE],
        "has_more_people": len(posts) > MOST_PEOPLE,
        "network": queries.network(user=user, company=company),
        "may_edit": may_edit(user, company),
        "deals": deal_lines(user=user, company_id=company.pk),
        "orders": orders_summary(user=user, company_id=company.pk),
        "link_form": LinkForm(user=user),
        "timeline": timeline_part(request, user, company, composer),
        "today": clock.today(),
    }
    return render(request, "companies/page.html", context | forms, status=status)


def composer_for(user: User, company: Company, posts: list[Affiliation], data: Any = None) -> Composer | None:
    """The form that writes on the company's timeline and offers its people; None for who may only read."""
    if not access.may_add(user, Kind.INTERACTION):
        return None
    people = {post.person_id: post.person for post in posts}
    return Composer(data, people=list(people.values()), now=clock.now(), user=user)


def timeline_part(request: HttpRequest, user: User, company: Company, composer: Composer | None) -> TimelinePart:
    """The timeline of the company."""
    return compose.part(
        request=request,
        user=user,
        composer=composer,
        write_address=reverse("companies:write", args=[company.pk]),
        page_address=reverse("companies:page", args=[company.pk]),
        company=company,
    )
