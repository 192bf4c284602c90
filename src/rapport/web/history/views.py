"""The history of one record for whoever may see it, and of everything for the administrator."""

import re
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
BULK = re.compile(r"^(?:undo of )?bulk (\d+)$")
# What pages and jobs are called that do more than change one record.
SAID = {
    "people:merge": gettext_lazy("Merging"),
    "companies:merge": gettext_lazy("Merging"),
    "people:unmerge": gettext_lazy("Merging taken back"),
    "companies:unmerge": gettext_lazy("Merging taken back"),
    "rapport.people.tasks.erase_person": gettext_lazy("Erasure of a person"),
    "rapport.deals.tasks.expire_quotes": gettext_lazy("Quotes that ran out"),
}
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
    whole_address: str


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
        "page_address": place.address(found),
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
    form = HistoryFilters(request.GET, reader=user, users=User.objects.order_by("full_name", "pk"), without=without)
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
    return Line(
        version=version,
        label=str(Entry.Label(version.label).label),
        hue=HUES.get(version.label, "plain"),
        way=_way(version),
        way_address=_way_address(version),
        address=reach.page_address(version.kind, version.record_id) if version.label != Entry.Label.REMOVED else "",
        whole_address=reach.page_address(*version.whole[:2]) if version.whole else "",
    )


def _way_address(version: Version) -> str:
    """The page of the import or of the change of many records, "" for any other way."""
    for pattern, page in ((IMPORT, "imports:page"), (BULK, "bulk:run")):
        found = pattern.match(version.what)
        if found:
            return reverse(page, args=[int(found[1])])
    return ""


def _way(version: Version) -> str:
    """Through what it came, in words; "" where nobody said."""
    is_undo = version.what.startswith("undo")
    if batch := IMPORT.match(version.what):
        words = _("Undo of import %(number)s") if is_undo else _("Import %(number)s")
        return words % {"number": batch[1]}
    if run := BULK.match(version.what):
        words = _("Undo of change of many no. %(number)s") if is_undo else _("Change of many no. %(number)s")
        return words % {"number": run[1]}
    if version.through not in Entry.Way.values:
        return ""
    way = str(Entry.Way(version.through).label)
    # What other pages are called inside says nothing to people; a command or an operation of the API they know.
    known = version.what if version.through in (Entry.Way.API, Entry.Way.TERMINAL) else SAID.get(version.what, "")
    return f"{way} · {known}" if known else way
