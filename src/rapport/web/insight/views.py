"""Pages of the customer base, their tables as CSV, and the entries that say how each number is counted."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.analytics import scores
from rapport.core import clock
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.insight import access, products, queries, tasks, words
from rapport.insight.catalogue import METRICS
from rapport.lists.access import check_may_export
from rapport.web.insight import base, value
from rapport.web.insight import state as states
from rapport.web.insight.due import people_columns, people_rows
from rapport.web.insight.sheets import SHEETS, Answers, Sheet, sheet
from rapport.web.insight.tables import Table, as_csv, csv_pieces
from rapport.web.parts import back, whole_or_part

CSV = "text/csv; charset=utf-8"


def reader(request: HttpRequest) -> User:
    """Who asks, if reports are open to them. Raises NotAllowed."""
    user = cast(User, request.user)
    access.check_may_see_reports(user)
    return user


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of the customer base: figures and pictures of the kept answers, or why there are none."""
    user = reader(request)
    chosen = sheet(name)
    answers = queries.answers(chosen.metrics)
    return render(request, "insight/page.html", _context(request, user, chosen, answers))


def _context(request: HttpRequest, user: User, chosen: Sheet, answers: Answers) -> dict[str, Any]:
    return {
        "sheet": chosen,
        "tabs": [(reverse(each.url_name), each.tab, each.name == chosen.name) for each in SHEETS],
        "state": states.state(),
        "may_refresh": access.may_refresh(user),
        "pictures": chosen.shown(answers, request.GET) if answers else [],
        "figures": _figures(chosen.name, answers) if answers else [],
        "problems": problems(answers),
        "lake": states.lake() if chosen.name == "base" else None,
    }


def _figures(name: str, answers: Answers) -> list[base.Figure]:
    if name == "base":
        return base.figures(
            repeat=answers.get("repeat-purchase"),
            revenue=answers.get("revenue"),
            worth=answers.get("lifetime-value"),
            due_now=answers.get("due"),
        )
    if name == "value":
        found = value.headline(answers.get(value.METRIC))
        return [base.Figure(label=label, value=figure, note=note, metric=value.METRIC) for label, figure, note in found]
    return []


def problems(answers: Answers) -> list[str]:
    """What to know about the answers, each thing once."""
    return words.problems([each for answer in answers.values() for each in answer.get("problems", [])])


@require_safe
def due_page(request: HttpRequest) -> HttpResponse:
    """What is due: the products, and the people page by page, those who came due last first."""
    user = reader(request)
    people = queries.due_people(user=user, today=clock.today(), cursor=request.GET.get("cursor", ""))
    numbers = [row.traits.due_product_id for row in people.rows]
    chosen = sheet("due")
    context = _context(request, user, chosen, queries.answers(chosen.metrics)) | {
        "people": people,
        "next_cursor": people.next_cursor,
        "product_names": products.names(numbers, user=user),
        "currency": _currency_of_traits(),
    }
    return whole_or_part(request, "insight/due.html", "insight/_due_people.html", context)


@require_safe
def due_people_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Everybody who is due, with what one needs to reach them."""
    user = reader(request)
    check_may_export(user, Kind.PERSON)
    today = clock.today()
    names = products.names(products.due_products(user=user, today=today), user=user)
    rows = people_rows(products.people_due(user=user, today=today), names)
    pieces = csv_pieces(people_columns(), rows, currency=_currency_of_traits())
    return StreamingHttpResponse(pieces, content_type=CSV, headers=_as_file("due-people"))


def _currency_of_traits() -> str:
    fresh = queries.freshness()
    return fresh.currency if fresh else ""


@require_safe
def csv(request: HttpRequest, name: str, table: str) -> HttpResponse:
    """The table of one picture, whole."""
    reader(request)
    chosen = sheet(name)
    shown = chosen.shown(queries.answers(chosen.metrics), request.GET)
    found = next((each.table for each in shown if each.name == table and each.table), None)
    if found is None:
        raise Http404
    return csv_response(found, f"{name}-{table}")


def csv_response(table: Table, name: str) -> HttpResponse:
    """The table as a file to download."""
    return HttpResponse(as_csv(table), content_type=CSV, headers=_as_file(name))


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="rapport-{name}.csv"'}


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Have everything counted anew in the background."""
    user = cast(User, request.user)
    access.check_may_refresh(user)
    if not tasks.request(by=user, at=clock.now()):
        messages.info(request, _("The numbers are being counted already."))
    return back(request, reverse("insight:base"))


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far the counting is, asked for by the page; once it is over the page is asked to come anew."""
    reader(request)
    found = states.state()
    if not found.running:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "insight/_counting.html", {"state": found})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric with what it counts."""
    reader(request)
    shown = [
        {"name": name, "title": _(each.metric.title), "counts": _(each.metric.counts)} for name, each in METRICS.items()
    ]
    return render(request, "insight/metrics.html", {"metrics": shown})


@require_safe
def metric(request: HttpRequest, name: str) -> HttpResponse:
    """One entry of the registry: how a number is counted, and when it last was."""
    reader(request)
    if name not in METRICS:
        raise Http404
    entry = METRICS[name].metric
    words = {
        field: _(getattr(entry, field))
        for field in ("title", "counts", "population", "window", "rule", "unit", "source")
    }
    result = queries.result(name)
    context = {
        "metric": words | {"name": entry.name, "version": entry.version},
        "segments": [(_(each.title), each.rule) for each in scores.SEGMENTS] if name == "rfm" else [],
        "result": result,
        "problems": problems({name: result.payload}) if result else [],
        "pages": [(reverse(each.url_name), each.heading) for each in SHEETS if name in each.metrics],
    }
    return render(request, "insight/metric.html", context)
