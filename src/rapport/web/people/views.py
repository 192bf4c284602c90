"""The list of people, one person's page, and the forms that make and change a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.identity.access import Action, Kind, may_add
from rapport.identity.models import User
from rapport.people import access, actions, queries
from rapport.people.models import Person
from rapport.people.rules import places
from rapport.timeline.access import person_for_writing
from rapport.web import conflict, undoing
from rapport.web.parts import is_part, sent
from rapport.web.people import lists
from rapport.web.people.forms import PersonForm
from rapport.web.people.page import composer_for, show, timeline_part
from rapport.web.timeline import compose


def list_people(request: HttpRequest) -> HttpResponse:
    """The people the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    return lists.show(request)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: facts left, timeline right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    person = access.person_for_view(request.user, pk)
    if person.merged_into_id:
        return redirect("people:page", person.merged_into_id)
    if is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        part = timeline_part(request, request.user, person, None)
        context = {"timeline": part, "may_write": may_add(request.user, Kind.INTERACTION)}
        return render(request, "timeline/_list.html", context)
    return show(request, request.user, person)


def new(request: HttpRequest) -> HttpResponse:
    """Add a person, at a company if one is named."""
    assert isinstance(request.user, User)
    user = request.user
    access.check_may_add(user, Kind.PERSON)
    initial = {"owner": user, "country": "VN", "company": request.GET.get("company", "")}
    form = PersonForm(sent(request), user=user, initial=initial)
    person = form.saved(
        lambda: actions.add_person(values=form.values(), company=form.company_given(), by=user, at=clock.now())
    )
    if person:
        messages.success(request, _("%(name)s was added.") % {"name": person})
        return redirect("people:page", person.pk)
    return _form_page(request, form, None)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    assert isinstance(request.user, User)
    user = request.user
    person = access.person_for_edit(user, pk)
    form = PersonForm(sent(request), user=user, person=person, initial=PersonForm.initial_of(person))
    changed = form.saved(
        lambda: actions.change_person(
            person=person,
            version=form.cleaned_data["version"] or 0,
            changes=conflict.kept(request, form.values()),
            by=user,
            at=clock.now(),
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("people:page", person.pk)
    if form.is_conflict:
        back = reverse("people:page", args=[person.pk])
        return conflict.page(request, form, person, initial_of=PersonForm.initial_of, back=back)
    return _form_page(request, form, person)


def _form_page(request: HttpRequest, form: PersonForm, person: Person | None) -> HttpResponse:
    context = {"form": form, "person": person, "provinces": places.provinces()}
    return render(request, "people/form.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    person = access.person_for(request.user, pk, Action.ARCHIVE)
    if request.POST.get("restore"):
        actions.restore_person(person=person, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": person})
    else:
        actions.archive_person(person=person, by=request.user, at=clock.now())
        undoing.told(request, _("%(name)s is now in the archive.") % {"name": person}, address=request.path)
    return redirect("people:page", person.pk)


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write on a person's timeline; htmx gets the timeline anew, others the page."""
    assert isinstance(request.user, User)
    person = person_for_writing(request.user, pk)
    facts = queries.person_facts(user=request.user, person=person)
    composer = composer_for(request.user, person, facts, request.POST)
    assert composer is not None
    written = compose.write(composer=composer, by=request.user, at=clock.now(), person=person)
    if written:
        messages.success(request, compose.said(composer))
    if not is_part(request):
        if written:
            return redirect("people:page", person.pk)
        return show(request, request.user, person, status=422, composer=composer)
    if written:
        composer = composer_for(request.user, person, facts)
    context = {"timeline": timeline_part(request, request.user, person, composer), "may_write": True}
    return render(request, "timeline/_timeline.html", context, status=200 if written else 422)
