"""The list of companies, one company's page, and the forms that make and change a company."""

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
from rapport.people.models import Company
from rapport.people.rules import places
from rapport.timeline.access import company_for_writing
from rapport.web import conflict, undoing
from rapport.web.companies.forms import CompanyForm
from rapport.web.companies.page import MOST_PEOPLE, composer_for, show, timeline_part
from rapport.web.lists.page import show as show_list
from rapport.web.parts import is_part, sent
from rapport.web.timeline import compose


def list_companies(request: HttpRequest) -> HttpResponse:
    """The companies the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    return show_list(request, Kind.COMPANY, "companies/list.html")


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One company: facts left, timeline right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    company = access.company_for_view(request.user, pk)
    if company.merged_into_id:
        return redirect("companies:page", company.merged_into_id)
    if is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        part = timeline_part(request, request.user, company, None)
        context = {"timeline": part, "may_write": may_add(request.user, Kind.INTERACTION)}
        return render(request, "timeline/_list.html", context)
    return show(request, request.user, company)


def new(request: HttpRequest) -> HttpResponse:
    """Add a company."""
    assert isinstance(request.user, User)
    user = request.user
    access.check_may_add(user, Kind.COMPANY)
    form = CompanyForm(sent(request), user=user, initial={"owner": user, "country": "VN"})
    company = form.saved(lambda: actions.add_company(values=form.values(), by=user, at=clock.now()))
    if company:
        messages.success(request, _("%(name)s was added.") % {"name": company})
        return redirect("companies:page", company.pk)
    return _form_page(request, user, form, None)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a company."""
    assert isinstance(request.user, User)
    user = request.user
    company = access.company_for_edit(user, pk)
    form = CompanyForm(sent(request), user=user, company=company, initial=CompanyForm.initial_of(company))
    changed = form.saved(
        lambda: actions.change_company(
            company=company,
            version=form.cleaned_data["version"] or 0,
            changes=conflict.kept(request, form.values()),
            by=user,
            at=clock.now(),
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("companies:page", company.pk)
    if form.is_conflict:
        back = reverse("companies:page", args=[company.pk])
        return conflict.page(request, form, company, initial_of=CompanyForm.initial_of, back=back)
    return _form_page(request, user, form, company)


def _form_page(request: HttpRequest, user: User, form: CompanyForm, company: Company | None) -> HttpResponse:
    context = {
        "form": form,
        "company": company,
        "provinces": places.provinces(),
        "industries": queries.industries_in_use(Company.objects.visible_to(user)),
    }
    return render(request, "companies/form.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a company away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    company = access.company_for(request.user, pk, Action.ARCHIVE)
    if request.POST.get("restore"):
        actions.restore_company(company=company, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": company})
    else:
        actions.archive_company(company=company, by=request.user, at=clock.now())
        undoing.told(request, _("%(name)s is now in the archive.") % {"name": company}, address=request.path)
    return redirect("companies:page", company.pk)


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write on a company's timeline; htmx gets the timeline anew, others the page."""
    assert isinstance(request.user, User)
    company = company_for_writing(request.user, pk)
    posts = queries.people_of_company(user=request.user, company=company, limit=MOST_PEOPLE)
    composer = composer_for(request.user, company, posts, request.POST)
    assert composer is not None
    written = compose.write(composer=composer, by=request.user, at=clock.now(), company=company)
    if written:
        messages.success(request, compose.said(composer))
    if not is_part(request):
        if written:
            return redirect("companies:page", company.pk)
        return show(request, request.user, company, status=422, composer=composer)
    if written:
        composer = composer_for(request.user, company, posts)
    context = {"timeline": timeline_part(request, request.user, company, composer), "may_write": True}
    return render(request, "timeline/_timeline.html", context, status=200 if written else 422)
