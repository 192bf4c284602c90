"""What a deal's page shows, and writing on its timeline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import actions, queries
from rapport.deals.models import Deal
from rapport.identity.access import Kind, may_add
from rapport.identity.models import User
from rapport.people.access import check_may_add
from rapport.people.models import Company, Person
from rapport.people.queries import people_of_company
from rapport.timeline import actions as timeline
from rapport.timeline.rules import split_text
from rapport.web.board.forms import MoveForm
from rapport.web.deals import panels
from rapport.web.timeline import compose
from rapport.web.timeline.compose import TimelinePart
from rapport.web.timeline.forms import Composer


def show(request: HttpRequest, user: User, deal: Deal, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a deal; `forms` are those that were sent and cannot be accepted, `complaint` says why."""
    tabs = panels.tab_context(user, deal, current="deals:page")
    is_editable = tabs["may_edit"]
    facts = queries.deal_facts(user=user, deal=deal, now=clock.now(), known=tabs["parties"])
    composer = forms.pop("composer", None) or composer_for(user, deal)
    context = {
        "facts": facts,
        "move_form": MoveForm(deal=deal) if is_editable and deal.archived_at is None else None,
        "timeline": timeline_part(request, user, deal, composer),
        "today": clock.today(),
        "panels": panels.shown_panels(request, user, deal),
    }
    return render(request, "deals/page.html", tabs | context | forms, status=status)


def composer_for(user: User, deal: Deal, data: Any = None) -> Composer | None:
    """The form that writes on the deal's timeline; None for who may only read, or without a customer to speak
    of.

    It offers the deal's contact and who else works at its company.
    """
    if not may_add(user, Kind.INTERACTION) or not (deal.company_id or deal.person_id):
        return None
    company = Company.objects.visible_to(user).filter(pk=deal.company_id).first()
    posts = people_of_company(user=user, company=company) if company else []
    contacts = Person.objects.visible_to(user).filter(pk=deal.person_id)
    people = {person.pk: person for person in (*contacts, *(post.person for post in posts))}
    if company is None and not people:
        return None
    companies = [company] if company else []
    return Composer(data, people=list(people.values()), companies=companies, now=clock.now(), user=user)


def timeline_part(request: HttpRequest, user: User, deal: Deal, composer: Composer | None) -> TimelinePart:
    """The timeline of the deal."""
    return compose.part(
        request=request,
        user=user,
        composer=composer,
        write_address=reverse("deals:write", args=[deal.pk]),
        page_address=reverse("deals:page", args=[deal.pk]),
        deal=deal,
    )


def write(*, composer: Composer, deal: Deal, by: User) -> bool:
    """Write what the form holds onto the deal's timeline; False, the reason in the form, if not."""
    if not composer.is_valid():
        return False
    given = composer.cleaned_data
    company = composer.chosen_company()
    people = composer.took_part() or (list(composer.known.values())[:1] if company is None else [])
    try:
        if composer.is_task:
            check_may_add(by, Kind.TASK)
            timeline.add_task(
                what=given["text"], due_on=given["due_on"], owner=given["owner"], company=company,
                person=people[0] if people else None, by=by, at=clock.now(),
            )  # fmt: skip
        else:
            subject, body = split_text(given["text"])
            actions.record_interaction(
                deal=deal, kind=given["kind"], happened_at=given["happened_at"], minutes=given["minutes"],
                direction=given["direction"], subject=subject, body=body, people=people, company=company,
                by=by, at=clock.now(),
            )  # fmt: skip
    except RapportError as error:
        composer.add_error(None, str(error))
        return False
    return True
