"""Contact points and posts, changed from a person's page, which is shown anew."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.identity.models import User
from rapport.people import access, actions
from rapport.web.parts import back
from rapport.web.people.forms import ContactPointForm, PostForm
from rapport.web.people.page import show


@require_POST
def add_contact_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a way to reach a person."""
    assert isinstance(request.user, User)
    person = access.person_for_edit(request.user, pk)
    form = ContactPointForm(request.POST)
    user = request.user
    if form.saved(lambda: actions.add_contact_point(person=person, **form.cleaned_data, by=user, at=clock.now())):
        return redirect("people:page", person.pk)
    return show(request, request.user, person, status=422, contact_point_form=form)


@require_POST
def make_main(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a further e-mail or phone the main one."""
    assert isinstance(request.user, User)
    point = access.contact_point_for_edit(request.user, pk)
    person = actions.make_main(point=point, by=request.user, at=clock.now())
    return redirect("people:page", person.pk)


@require_POST
def remove_contact_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a further way to reach a person away."""
    assert isinstance(request.user, User)
    point = access.contact_point_for_edit(request.user, pk)
    person = actions.remove_contact_point(point=point, by=request.user, at=clock.now())
    return redirect("people:page", person.pk)


@require_POST
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a post at a company."""
    assert isinstance(request.user, User)
    person = access.person_for_edit(request.user, pk)
    form = PostForm(request.POST, user=request.user)
    user = request.user
    if form.saved(lambda: actions.set_affiliation(person=person, **form.cleaned_data, by=user, at=clock.now())):
        return redirect("people:page", person.pk)
    return show(request, request.user, person, status=422, post_form=form)


@require_POST
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """The person left the post today."""
    assert isinstance(request.user, User)
    post = access.affiliation_for_edit(request.user, pk)
    actions.end_affiliation(affiliation=post, on=clock.today(), by=request.user, at=clock.now())
    return back(request, reverse("people:page", args=[post.person_id]))


@require_POST
def remove_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a post that was entered by mistake."""
    assert isinstance(request.user, User)
    post = access.affiliation_for_edit(request.user, pk)
    actions.remove_affiliation(affiliation=post, by=request.user, at=clock.now())
    return back(request, reverse("people:page", args=[post.person_id]))
