"""One person's data: what is held, an archive of it, its erasure."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import clock
from rapport.deals.models.process import DealDocument
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people import access, tasks
from rapport.people.models import Person, PrivacyRequest
from rapport.people.privacy import archive, files, held, identity, requests
from rapport.people.privacy.identity import Identity
from rapport.people.registers import RequestKind
from rapport.timeline.attachments import KeptFile
from rapport.web.parts import sent
from rapport.web.privacy.forms import ErasureForm, RequestForm
from rapport.web.templatetags.files import file_address

MOST_FILES = 30


def _door(request: HttpRequest, pk: int) -> tuple[User, Person]:
    assert isinstance(request.user, User)
    return request.user, access.person_for(request.user, pk, Action.ERASE)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held of a person and what they asked; sent, a request is noted."""
    user, person = _door(request, pk)
    form = RequestForm(sent(request), user=user, person=person)
    if form.saved(lambda: requests.add(**form.values(), person=person, by=user, at=clock.now())):
        messages.success(request, _("The request is noted."))
        return redirect("people:privacy", person.pk)
    context = _context(person, identity.of(person)) | {"form": form, "user_pk": user.pk, "now": clock.now()}
    return render(request, "privacy/person.html", context, status=422 if form.errors else 200)


def _context(person: Person, who: Identity) -> dict[str, Any]:
    rows = held.of(who.ids)
    return {
        "person": person,
        "goes": [row for row in rows if not row.stays],
        "stays": [row for row in rows if row.stays],
        "requests": PrivacyRequest.objects.filter(person__in=who.ids).order_by("-pk")[:30],
        "merged": len(who.ids) - 1,
    }


@require_POST
def make_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the archive made, for the open request or for a new one."""
    user, person = _door(request, pk)
    at = clock.now()
    open_one = PrivacyRequest.objects.filter(person=person, kind=RequestKind.ACCESS, outcome="").order_by("pk").first()
    asked = open_one or requests.add(kind=RequestKind.ACCESS, received_on=clock.today(), by=user, at=at, person=person)
    tasks.ask_for_archive(request=asked, version=asked.version, by=user, at=at)
    messages.success(request, _("The archive is being made. Open this page again in a moment."))
    return redirect("people:privacy", person.pk)


@never_cache
@require_safe
def archive_file(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The archive, for whoever had it made, until its days are over."""
    user, person = _door(request, pk)
    at = clock.now()
    found = PrivacyRequest.objects.filter(pk=number, person=person, asked_by=user, file_until__gt=at).exclude(file="")
    asked = found.first()
    if asked is None or not files.path(asked.file).exists():
        raise Http404
    archive.fetched(request=asked, by=user, at=at)
    return FileResponse(
        files.path(asked.file).open("rb"), as_attachment=True, filename=f"personal-data-{person.pk}.zip",
        content_type="application/zip",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes and what stays; with the name typed out, the worker erases the person."""
    user, person = _door(request, pk)
    who = identity.of(person)
    namesakes = who.namesakes()
    form = ErasureForm(sent(request), person=person, namesakes=namesakes)
    if form.is_valid():
        given, at = form.cleaned_data, clock.now()
        asked = form.saved(
            lambda: requests.add(
                kind=RequestKind.ERASE, received_on=given["received_on"], by=user, at=at, person=person,
                reason=given["reason"],
            )
        )  # fmt: skip
        if asked:
            tasks.ask_for_erasure(request=asked, version=asked.version, names_too=given["names_too"], by=user, at=at)
            messages.success(request, _("The person is being erased. The register says when it is done."))
            return redirect("people:list")
    shared = len(who.words.emails) + len(who.words.phones)
    alone = who.not_shared()
    context = _context(person, who) | {
        "form": form, "namesakes": namesakes, "shared": shared - len(alone.emails) - len(alone.phones),
        "one_word": bool(who.words.names) and not who.words.long_names, "files": _files(user, who),
    }  # fmt: skip
    return render(request, "privacy/erase.html", context, status=422 if form.errors else 200)


def _files(user: User, who: Identity) -> list[tuple[held.FileElsewhere, str]]:
    """The first files that nobody but people can look through, and where each is saved from."""
    return [(each, _address(each.row)) for each in islice(held.files_elsewhere(user, who.ids), MOST_FILES)]


def _address(row: KeptFile) -> str:
    if isinstance(row, DealDocument):
        return reverse("process:document", args=[row.deal_id, row.pk])
    return file_address(row)
