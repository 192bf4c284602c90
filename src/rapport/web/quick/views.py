"""Quick entry: the form of each kind, as a dialog for htmx and as a page of its own for others."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import actions as deals
from rapport.deals.models import Deal
from rapport.identity import access as rights
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.people import actions as people
from rapport.people.access import check_may_add
from rapport.people.models import Company, Person
from rapport.timeline import actions as timeline
from rapport.web.parts import is_part
from rapport.web.quick.forms import QuickDeal, QuickForm, QuickInteraction, QuickTask
from rapport.web.shell import TO_COMPANIES

# The routes of all pages of a deal begin so, and each names the number as it likes.
OF_A_DEAL = re.compile(r"deals/<int:(\w+)>/")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was added: in words, and where it is."""

    said: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One form of quick entry."""

    form: Callable[..., QuickForm]
    label: str | Promise
    icon: str
    write: Callable[[Any, User], Written]
    right: rights.Kind


def entry(request: HttpRequest, kind: str) -> HttpResponse:
    """Look at the form of a kind, filled in from the page where one is, or write what it holds."""
    assert isinstance(request.user, User)
    user = request.user
    if kind not in offered():
        raise Http404
    chosen = KINDS[kind]
    check_may_add(user, chosen.right)
    if request.method != "POST":
        place = request.GET.get("place", "")[:500]
        return _form(request, kind, chosen.form(user=user, initial=_beginning(place, user) | {"place": place}))
    form = chosen.form(request.POST, user=user)
    try:
        written = form.saved(lambda: chosen.write(form, user))
    except RapportError as error:
        form.add_error(None, str(error))
        written = None
    if written is None:
        return _form(request, kind, form, status=422)
    if not is_part(request):
        messages.success(request, written.said)
        return redirect(written.address)
    context = {"kind": kind, "written": written, "place": form.cleaned_data.get("place", "")}
    response = render(request, "quick/_done.html", context)
    response.headers["HX-Trigger-After-Swap"] = "quick-added"
    return response


def offered() -> dict[str, Kind]:
    """The kinds that this company needs."""
    sells_to_companies = organisation().sells_to in TO_COMPANIES
    return {code: kind for code, kind in KINDS.items() if code != "deal" or sells_to_companies}


def _open_to(user: User) -> dict[str, Kind]:
    """The kinds that this company needs and the user may add."""
    return {code: kind for code, kind in offered().items() if rights.may_add(user, kind.right)}


def _form(request: HttpRequest, kind: str, form: QuickForm, *, status: int = 200) -> HttpResponse:
    place = str(form["place"].value() or "")
    context = {"kind": kind, "form": form, "kinds": _open_to(cast(User, request.user)), "place": place}
    whole = "quick/_form.html" if is_part(request) else "quick/page.html"
    return render(request, whole, context, status=status)


def _beginning(place: str, user: User) -> dict[str, Any]:
    """The customer of the page from which one comes, as far as the user may see it."""
    found: dict[str, Any] = {"currency": organisation().currency}
    try:
        match = resolve(urlsplit(place).path)
    except (Resolver404, ValueError):
        return found
    pk = match.kwargs.get("pk")
    if match.namespace == "companies" and pk:
        company = Company.objects.visible_to(user).live().filter(pk=pk).first()
        return found | {"company": company}
    if match.namespace == "people" and pk:
        return found | {"person": Person.objects.visible_to(user).live().filter(pk=pk).first()}
    deal = _deal_of(place, user)
    if deal is not None:
        company = Company.objects.visible_to(user).filter(pk=deal.company_id).first()
        person = Person.objects.visible_to(user).filter(pk=deal.person_id).first()
        return found | {"company": company, "person": person}
    return found


def _deal_of(place: str, user: User) -> Deal | None:
    """The deal on one of whose pages one is: the first number of their addresses, whatever they call it."""
    try:
        match = resolve(urlsplit(place).path)
    except (Resolver404, ValueError):
        return None
    named = OF_A_DEAL.match(match.route)
    return Deal.objects.visible_to(user).live().filter(pk=match.kwargs[named[1]]).first() if named else None


@transaction.atomic
def _add_deal(form: QuickDeal, user: User) -> Written:
    values = form.values()
    stage = values.pop("stage", None)
    if form.new_company:
        check_may_add(user, rights.Kind.COMPANY)
        values["company"] = people.add_company(values={"name": form.new_company}, by=user, at=clock.now())
    deal = deals.add_deal(values=values, stage=stage, by=user, at=clock.now())
    return Written(said=_("%(name)s was added.") % {"name": deal}, address=reverse("deals:page", args=[deal.pk]))


def _record(form: QuickInteraction, user: User) -> Written:
    values = form.values()
    deal = _deal_of(form.cleaned_data["place"], user)
    is_of_deal = deal is not None and values["company"] == deal.company and (deal.company or deal.person_id)
    if deal is not None and is_of_deal:
        deals.record_interaction(deal=deal, by=user, at=clock.now(), **values)
        return Written(said=_("Added to the timeline."), address=reverse("deals:page", args=[deal.pk]))
    timeline.record_interaction(by=user, at=clock.now(), **values)
    return Written(said=_("Added to the timeline."), address=_page_of(values["company"], *values["people"]))


def _add_task(form: QuickTask, user: User) -> Written:
    timeline.add_task(**form.values(), by=user, at=clock.now())
    return Written(said=_("Task added."), address=reverse("tasks:list"))


def _page_of(company: Company | None, person: Person | None = None) -> str:
    if company is not None:
        return reverse("companies:page", args=[company.pk])
    return reverse("people:page", args=[person.pk]) if person is not None else reverse("home:page")


KINDS: dict[str, Kind] = {
    "deal": Kind(
        form=QuickDeal, label=gettext_lazy("Deal"), icon="square-kanban", write=_add_deal, right=rights.Kind.DEAL
    ),
    "interaction": Kind(
        form=QuickInteraction,
        label=gettext_lazy("What happened"),
        icon="message-square",
        write=_record,
        right=rights.Kind.INTERACTION,
    ),
    "task": Kind(
        form=QuickTask, label=gettext_lazy("Task"), icon="list-checks", write=_add_task, right=rights.Kind.TASK
    ),
}
