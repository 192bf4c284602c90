"""The register of requests about personal data, in the settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.core import clock
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.identity.models import User
from rapport.people.models import Person, PrivacyRequest, PrivacyTerm
from rapport.people.privacy import requests
from rapport.people.registers import RequestKind
from rapport.web.parts import sent, version_of
from rapport.web.privacy.forms import RequestForm, TermForm
from rapport.web.settings.views import acted, administrators_only, settings_page

MOST = 200


@administrators_only
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """What is open first, the most urgent on top; then what is done."""
    rows = PrivacyRequest.objects.select_related("person", "asked_by")
    return settings_page(
        request, "privacy/register.html",
        open=rows.filter(outcome="").order_by("due_on", "pk")[:MOST],
        over=rows.exclude(outcome="").order_by("-done_at", "-pk")[:MOST], today=clock.today(),
    )  # fmt: skip


@administrators_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Note a request, of a person in the base or not."""
    assert isinstance(request.user, User)
    user = request.user
    form = RequestForm(sent(request), user=user)
    made = form.saved(lambda: requests.add(**form.values(), by=user, at=clock.now()))
    if made:
        messages.success(request, _("The request is noted."))
        return redirect("settings:privacy-request", made.pk)
    return settings_page(request, "privacy/new.html", form=form)


@administrators_only
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request; sent, it was answered, done or refused."""
    assert isinstance(request.user, User)
    found = get_object_or_404(PrivacyRequest.objects.select_related("person", "asked_by"), pk=pk)
    complaint = ""
    status = 422
    if request.method == "POST":
        try:
            _step(request, found)
        except RapportError as error:
            complaint = str(error)
            status = 409 if isinstance(error, ChangedByAnother) else 422
            found.refresh_from_db()
        else:
            return redirect("settings:privacy-request", found.pk)
    person = found.person if found.person and _may_see(request.user, found.person) else None
    response = settings_page(
        request,
        "privacy/one.html",
        asked=found,
        person=person,
        complaint=complaint,
        today=clock.today(),
        reason=request.POST.get("reason", ""),
    )
    response.status_code = status if complaint else 200
    return response


def _may_see(user: User, person: Person) -> bool:
    return bool(Person.objects.visible_to(user).filter(pk=person.pk).exists())


def _step(request: HttpRequest, found: PrivacyRequest) -> None:
    """What was pressed. Raises RapportError."""
    version = version_of(request.POST.get("version"))
    if request.POST.get("step") == "answered":
        requests.answered(request=found, version=version, **acted(request))
        messages.success(request, _("Noted as answered."))
        return
    refused = request.POST.get("step") == "refused"
    reason = request.POST.get("reason", "").replace("\x00", "")
    requests.finish(request=found, version=version, refused=refused, reason=reason, **acted(request))
    messages.success(request, _("Noted as refused.") if refused else _("Noted as done."))


@administrators_only
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """How long there is for each kind of request, and which rule says so."""
    order = {code: place for place, code in enumerate((requests.ANSWER, *RequestKind.values))}
    rows = sorted(PrivacyTerm.objects.all(), key=lambda term: order.get(term.code, 99))
    forms = [(term, TermForm(sent(request), instance=term, prefix=term.code)) for term in rows]
    if request.method == "POST" and all([form.is_valid() for _term, form in forms]):  # noqa: C419 # every form is to say what is wrong
        requests.change_terms(terms={term.code: form.cleaned_data for term, form in forms}, **acted(request))
        messages.success(request, _("Saved."))
        return redirect("settings:privacy-terms")
    response = settings_page(request, "privacy/terms.html", terms=forms)
    response.status_code = 422 if any(form.errors for _term, form in forms) else 200
    return response
