"""The history of one record for whoever may see it, and of everything for the administrator."""

import re
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.history import queries, tracking
from rapport.history.models import Entry
from rapport.history.queries import Asked, Version
from rapport.identity.models import User
from rapport.people.models import Company
from rapport.web.companies.tabs import tabs_of
from rapport.web.history import reach
from rapport.web.history.forms import HistoryFilters
from rapport.web.parts import whole_or_part
from rapport.web.settings.views import administrators_only, settings_page

IMPORT = re.compile(r"^(?:undo of )?import (\d+)$")
HUES = {Entry.Label.CREATED.value: "good", Entry.Label.REMOVED.value: "bad"}


@dataclass(frozen=True)
class Line:
    """One version as a row of a table; addresses are "" where there is no page."""

    version: Version
    label: str
    hue: str
    way: str
    way_address: str
    address: str


@require_safe
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Every change of one record that the user may see; htmx gets the list alone."""
    user = cast(User, request.user)
    place = reach.PLACES.get(kind)
    if place is None:
        raise Http404
    found = place.door(user, pk)
    if isinstance(found, Company) and found.merged_into_id:
        return redirect("history:record", kind, found.merged_into_id)
    model = tracking.registered()[kind].model
    loose, cursor = "talks" in request.GET, request.GET.get("cursor", "")
    versions = queries.versions(model, pk, reader=user, cursor=cursor, loose=loose)
    context: dict[str, Any] = {
        "record": found,
        "kind": kind,
        "address": reverse("history:record", args=[kind, pk]),
        "page_address": reverse(place.page, args=[pk]),
        "lines": [_line(version) for version in versions.rows],
        "next_cursor": versions.next_cursor,
        "loose": loose,
        "has_talks": any(each.loose and kind in each.wholes() for each in tracking.registered().values()),
    }
    if isinstance(found, Company):
        context |= {"company": found, "tabs": tabs_of(found, current="history:record")}
        return whole_or_part(request, "history/company.html", "history/_list.html", context)
    return whole_or_part(request, "history/page.html", "history/_list.html", context)


@administrators_only
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Every change of every record, for whoever may open the settings, as far as their role sees all of a kind."""
    user = cast(User, request.user)
    without = reach.kinds_out_of_reach(user)
    form = HistoryFilters(request.GET, users=User.objects.order_by("full_name", "pk"), without=without)
    asked = form.asked()
    found = queries.search(asked, reader=user, cursor=request.GET.get("cursor", ""))
    return settings_page(
        request,
        "settings/history.html",
        filters=form,
        lines=[_line(version) for version in found.rows],
        next_cursor=found.next_cursor,
        looked_back_to=found.looked_back_to,
        is_narrow=asked != Asked(without=without),
        left_out=bool(without),
    )


def _line(version: Version) -> Line:
    batch = IMPORT.match(version.what)
    return Line(
        version=version,
        label=str(Entry.Label(version.label).label),
        hue=HUES.get(version.label, "plain"),
        way=_way(version),
        way_address=reverse("imports:page", args=[int(batch[1])]) if batch else "",
        address=reach.page_address(version.kind, version.record_id) if version.label != Entry.Label.REMOVED else "",
    )


def _way(version: Version) -> str:
    """Through what it came, in words; "" where nobody said."""
    batch = IMPORT.match(version.what)
    if batch:
        words = _("Undo of import %(number)s") if version.what.startswith("undo") else _("Import %(number)s")
        return words % {"number": batch[1]}
    return str(Entry.Way(version.through).label) if version.through in Entry.Way.values else ""
