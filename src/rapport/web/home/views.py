"""Today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rapport.commerce import queries as commerce
from rapport.core import clock
from rapport.deals import queries as deals
from rapport.deals.queries.approvals import waiting_for
from rapport.identity.access import may_import
from rapport.identity.models import Organisation, User
from rapport.identity.queries import organisation
from rapport.imports import access as imports
from rapport.people import queries as people
from rapport.timeline.queries import open_tasks
from rapport.web.advice.panel import first_page
from rapport.web.home import charts

NEWEST = 5
MOST_TASKS = 7
MOST_CURRENCIES = 3


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What came in, what is open by stage, what was sold by month, and the tasks of today."""
    assert isinstance(request.user, User)
    user, today = request.user, clock.today()
    language = (get_language() or "en").split("-")[0]
    sells_to_companies = organisation().sells_to != Organisation.Selling.TO_PEOPLE
    tasks = open_tasks(user=user, today=today)
    due = [*tasks.overdue, *tasks.today]
    revenue = commerce.revenue_by_month(user=user, today=today)[:MOST_CURRENCIES]
    context = {
        "people": people.newest_people(user=user, limit=NEWEST),
        "companies": people.newest_companies(user=user, limit=NEWEST) if sells_to_companies else [],
        "deals": deals.newest_deals(user=user, limit=NEWEST) if sells_to_companies else [],
        "orders": commerce.newest_orders(user=user, limit=NEWEST),
        "imports": imports.visible_to(user).order_by("-made_at", "-pk")[:NEWEST] if may_import(user) else [],
        "pipelines": [charts.pipeline_chart(each) for each in deals.open_pipeline(user=user)],
        "revenues": [charts.revenue_chart(each, today=today, language=language) for each in revenue],
        "tasks": due[:MOST_TASKS],
        "tasks_beyond": max(len(due) - MOST_TASKS, 0),
        "later_tasks": len(tasks.later),
        "next_steps": first_page(user) if sells_to_companies else None,
        "approvals_waiting": waiting_for(user=user, today=today) if sells_to_companies else [],
        "today": today,
    }
    context["is_empty"] = not any(context[name] for name in ("people", "companies", "deals", "orders"))
    return render(request, "home/page.html", context)
