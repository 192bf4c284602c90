"""The page on which two records become one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.core import clock, holders
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.people import access, actions, alike, search
from rapport.people.models import Company, Person
from rapport.web import formats
from rapport.web.insight.wording import language

Record = Person | Company
MOST_FOUND = 8
SHARED: dict[str, str | Promise] = {
    "name": gettext_lazy("same name"),
    "email": gettext_lazy("same e-mail"),
    "phone": gettext_lazy("same phone number"),
    "tax_id": gettext_lazy("same tax id"),
    "domain": gettext_lazy("same website"),
}


@dataclass(frozen=True)
class Kind:
    """What differs between people and companies."""

    holder: str
    page: str
    merge_page: str
    hue: str
    model: type[Record]
    door: Callable[[User, int], Any]
    alike: Callable[[User, Any], list[alike.Alike]]
    search: Callable[..., list[Any]]
    act: Callable[..., Any]
    fields: tuple[str, ...]


PEOPLE = Kind(
    holder="people.Person", page="people:page", merge_page="people:merge", hue="person", model=Person,
    door=access.person_for_edit,
    alike=lambda user, person: alike.people_alike(user=user, person=person),
    search=search.persons,
    act=actions.merge_people,
    fields=("full_name", "email", "phone", "title", "birthday", "province", "country", "owner", "source",
            "external_id", "tags"),
)  # fmt: skip
COMPANIES = Kind(
    holder="people.Company", page="companies:page", merge_page="companies:merge", hue="company", model=Company,
    door=access.company_for_edit,
    alike=lambda user, company: alike.companies_alike(user=user, company=company),
    search=search.companies,
    act=actions.merge_companies,
    fields=("name", "tax_id", "domain", "industry", "employees", "revenue", "province", "country", "owner", "source",
            "external_id", "tags"),
)  # fmt: skip


def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a person with another record of the same one."""
    return _page(request, PEOPLE, pk)


def companies(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a company with another record of the same one."""
    return _page(request, COMPANIES, pk)


def _page(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """Choose the other record; with `?with=` look at both; sent, do it."""
    assert isinstance(request.user, User)
    user = request.user
    record = kind.door(user, pk)
    asked = request.POST.get("with") or request.GET.get("with")
    if not asked:
        return _choose(request, kind, record)
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    other = kind.door(user, int(asked))
    if request.method == "POST":
        return _merge(request, kind, record, other)
    return _look(request, kind, record, other)


def _choose(request: HttpRequest, kind: Kind, record: Record) -> HttpResponse:
    """Records that share something, and those that a search finds."""
    assert isinstance(request.user, User)
    user = request.user
    words = request.GET.get("words", "").strip()
    found = []
    if words:
        hits = [each.pk for each in kind.search(query=words, user=user, limit=MOST_FOUND + 1) if each.pk != record.pk]
        editable = set(kind.model.objects.editable_by(user).filter(pk__in=hits).values_list("pk", flat=True))
        rows = {row.pk: row for row in kind.model.objects.filter(pk__in=editable).select_related("owner")}
        found = [rows[hit] for hit in hits if hit in rows][:MOST_FOUND]
    context = {
        "kind": kind,
        "record": record,
        "words": words,
        "found": found,
        "alike": [(each.record, [SHARED[code] for code in each.shares]) for each in kind.alike(user, record)],
    }
    return render(request, "merging/choose.html", context)


def _look(
    request: HttpRequest, kind: Kind, record: Record, other: Record, *, complaint: str = "", status: int = 200
) -> HttpResponse:
    """Both records side by side, what hangs on each, and one question."""
    context = {
        "kind": kind,
        "record": record,
        "other": other,
        "rows": _compared(kind, record, other),
        "held": _held(kind, record, other),
        "is_same": record.pk == other.pk,
        "complaint": complaint,
    }
    return render(request, "merging/look.html", context, status=status)


def _merge(request: HttpRequest, kind: Kind, record: Record, other: Record) -> HttpResponse:
    """Do it; what stands against it is told on the page."""
    keep = request.POST.get("keep")
    pair = {str(record.pk): (record, other), str(other.pk): (other, record)}
    if keep not in pair:
        return _look(request, kind, record, other, complaint=_("Choose which record stays."), status=422)
    kept, gone = pair[keep]
    versions = tuple(_number(request.POST.get(f"version-{each.pk}")) for each in (kept, gone))
    try:
        kind.act(kept=kept, gone=gone, versions=versions, by=request.user, at=clock.now())
    except RapportError as error:
        return _look(request, kind, record, other, complaint=str(error), status=422)
    messages.success(request, _("The two records are one now: %(name)s.") % {"name": kept})
    return redirect(kind.page, kept.pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _compared(kind: Kind, record: Record, other: Record) -> list[tuple[Any, str, str, bool]]:
    """What each record says in each field in which either says something, and whether they differ."""
    found = []
    for name in kind.fields:
        label = kind.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        one, two = _written(getattr(record, name)), _written(getattr(other, name))
        if one or two:
            found.append((label, one, two, one != two))
    found.append((_("Added"), _written(record.recorded_at.date()), _written(other.recorded_at.date()), False))
    return found


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, int | Decimal):
        return formats.number(value, language=language())
    return formats.day(value, language=language()) if isinstance(value, date) else str(value)


def _held(kind: Kind, record: Record, other: Record) -> list[tuple[str, int, int]]:
    """How much hangs on each of the two, by what it is."""
    one, two = dict(holders.counts(kind.holder, record.pk)), dict(holders.counts(kind.holder, other.pk))
    return [(label, one.get(label, 0), two.get(label, 0)) for label in dict.fromkeys([*one, *two])]
