"""The list of people: with which view it begins, and how fresh what the metrics say in it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from rapport.identity.access import Kind, may_see_reports
from rapport.identity.models import Organisation
from rapport.identity.queries import organisation
from rapport.insight.queries import freshness
from rapport.lists.catalogue.shared import METRICS
from rapport.web.lists.page import show as show_list
from rapport.web.lists.screen import Screen

PURCHASES = "purchases"


def show(request: HttpRequest) -> HttpResponse:
    """The list; a company that sells to people only sees first what they buy, once something is known of that."""
    sells_to_people_only = organisation().sells_to == Organisation.Selling.TO_PEOPLE
    by_default = PURCHASES if sells_to_people_only and freshness() else ""
    return show_list(request, Kind.PERSON, "people/list.html", more=_counted, by_default=by_default)


def _counted(found: Screen) -> dict[str, Any]:
    """How fresh the traits are, where a column tells of them."""
    tells = any(column.group == METRICS for column in found.chosen_columns)
    return {"fresh": freshness() if tells else None, "may_see_reports": may_see_reports(found.user)}
