"""What a person's page shows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.commerce.queries import orders_summary
from rapport.core import clock
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.insight.queries import traits_of_person
from rapport.people import queries
from rapport.people.access import may_edit
from rapport.people.models import Person
from rapport.people.queries import PersonFacts
from rapport.segments.queries import segments_of_person
from rapport.web.people.business import deal_lines
from rapport.web.people.forms import ContactPointForm, PostForm
from rapport.web.timeline import compose
from rapport.web.timeline.compose import TimelinePart
from rapport.web.timeline.forms import Composer


def show(request: HttpRequest, user: User, person: Person, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a person; `forms` are those that were sent and cannot be accepted."""
    facts = queries.person_facts(user=user, person=person)
    context = {
        "person": person,
        "facts": facts,
        "may_edit": may_edit(user, person),
        "deals": deal_lines(user=user, person_id=person.pk),
        "orders": orders_summary(user=user, person_id=person.pk),
        "traits": traits_of_person(user=user, person_id=person.pk),
        "segments": segments_of_person(user=user, person=person) if access.may(user, Kind.SEGMENT, Action.SEE) else [],
        "may_see_reports": access.may_see_reports(user),
        "contact_point_form": ContactPointForm(),
        "post_form": PostForm(user=user),
        "today": clock.today(),
    }
    composer = forms.pop("composer", None) or composer_for(user, person, facts)
    context["timeline"] = timeline_part(request, user, person, composer)
    return render(request, "people/page.html", context | forms, status=status)


def composer_for(user: User, person: Person, facts: PersonFacts, data: Any = None) -> Composer | None:
    """The form that writes on the person's timeline; None for who may only read.

    It offers the person's companies, and who else works at the first of them.
    """
    if not access.may_add(user, Kind.INTERACTION):
        return None
    companies = list({post.company_id: post.company for post in facts.present_posts}.values())
    beside = queries.people_of_company(user=user, company=companies[0]) if companies else []
    others = {post.person_id: post.person for post in beside if post.person_id != person.pk}
    return Composer(data, people=list(others.values()), companies=companies, now=clock.now(), user=user)


def timeline_part(request: HttpRequest, user: User, person: Person, composer: Composer | None) -> TimelinePart:
    """The timeline of the person."""
    return compose.part(
        request=request,
        user=user,
        composer=composer,
        write_address=reverse("people:write", args=[person.pk]),
        page_address=reverse("people:page", args=[person.pk]),
        person=person,
    )
