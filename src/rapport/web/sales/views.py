"""The pages of sales, and their tables as CSV."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.insight import access
from rapport.web.insight import state as states
from rapport.web.insight.views import csv_response, problems, reader
from rapport.web.sales.asked import answer
from rapport.web.sales.forms import SalesFilterForm
from rapport.web.sales.sheets import FORECAST, SHEETS, Sheet, sheet


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of sales: figures and pictures, narrowed as asked; 422 where what is asked makes no sense."""
    user = reader(request)
    chosen = sheet(name)
    form = _form(request, chosen)
    complaint, found, status = "", None, 200
    if not form.is_valid():
        complaint, status = " ".join(str(each) for errors in form.errors.values() for each in errors), 422
    try:
        found = answer(chosen.metric, form)
    except RapportError as error:
        complaint, status = str(error), 422
    query = request.GET.urlencode() if form.is_narrow() else ""
    return render(request, "sales/page.html", _context(user, name, form, found) | {
        "complaint": complaint,
        "pictures": chosen.shown(found, user=user, query=query),
        "tabs": [(reverse(each.url_name) + (f"?{query}" if query and each.window else ""), each.tab, each is chosen)
                 for each in SHEETS],
    }, status=status)  # fmt: skip


def _form(request: HttpRequest, chosen: Sheet) -> SalesFilterForm:
    return SalesFilterForm(request.GET if chosen.window else {}, with_probability=chosen.metric == FORECAST)


def _context(user: User, name: str, form: SalesFilterForm, found: dict[str, Any] | None) -> dict[str, Any]:
    chosen = sheet(name)
    return {
        "sheet": chosen,
        "form": form,
        "state": states.state(),
        "may_refresh": access.may_refresh(user),
        "figures": chosen.figures(found),
        "problems": problems({chosen.metric: found}) if found else [],
    }


@require_safe
def csv(request: HttpRequest, name: str, table: str) -> HttpResponse:
    """The table of one picture, whole, narrowed as asked."""
    user = reader(request)
    chosen = sheet(name)
    form = _form(request, chosen)
    if not form.is_valid():
        raise Http404
    try:
        shown = chosen.shown(answer(chosen.metric, form), user=user)
    except RapportError as error:
        raise Http404 from error
    found = next((each.table for each in shown if each.name == table and each.table), None)
    if found is None:
        raise Http404
    return csv_response(found, f"{name}-{table}")
