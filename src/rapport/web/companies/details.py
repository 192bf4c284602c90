"""Links between companies, and companies offered as one types."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.identity.models import User
from rapport.people import access, actions, queries
from rapport.web.companies.forms import EndLinkForm, LinkForm
from rapport.web.companies.page import show
from rapport.web.fields import company_choice
from rapport.web.parts import back


def named(request: HttpRequest) -> HttpResponse:
    """Companies whose names begin with the words in `company`, as choices for a field."""
    assert isinstance(request.user, User)
    found = queries.companies_named(user=request.user, words=request.GET.get("company", ""))
    names = Counter(company.name for company in found)
    choices = [
        (company_choice(company, is_double=names[company.name] > 1), company.tax_id or company.province)
        for company in found
    ]
    return render(request, "companies/_choices.html", {"choices": choices})


@require_POST
def add_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how another company belongs together with this one."""
    assert isinstance(request.user, User)
    company = access.company_for_edit(request.user, pk)
    form = LinkForm(request.POST, user=request.user)
    user = request.user
    if form.saved(lambda: actions.link_companies(**form.link_from(company), by=user, at=clock.now())):
        return redirect("companies:page", company.pk)
    return show(request, request.user, company, status=422, link_form=form)


@require_POST
def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say until when a link held; it then stands among the earlier ones. `company` is whose page it came from."""
    assert isinstance(request.user, User)
    user = request.user
    link = access.link_for_edit(user, pk)
    form = EndLinkForm(request.POST, link=link)
    if form.saved(lambda: actions.end_link(link=link, on=form.cleaned_data["until"], by=user, at=clock.now())):
        return back(request, reverse("companies:page", args=[link.from_company_id]))
    ends = (link.from_company_id, link.to_company_id)
    asked = request.POST.get("company", "")
    company = access.company_for_view(user, int(asked) if asked in map(str, ends) else ends[0])
    return show(request, user, company, status=422, end_form=form)


@require_POST
def remove_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link away that was entered by mistake."""
    assert isinstance(request.user, User)
    link = access.link_for_edit(request.user, pk)
    actions.unlink_companies(link=link, by=request.user, at=clock.now())
    return back(request, reverse("companies:page", args=[link.from_company_id]))
