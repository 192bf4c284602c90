"""Imports as the pages show them: states, steps, what came of them, the first rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.identity.queries import organisation
from rapport.imports import messages, queries, storage
from rapport.imports.fields import Field, Kind
from rapport.imports.labels import label
from rapport.imports.models import Import, Target
from rapport.imports.own import OwnField, every_field
from rapport.web import formats

Status = Import.Status
HUES = {
    Status.MAPPING: "plain",
    Status.QUEUED: "info",
    Status.CHECKING: "info",
    Status.CHECKED: "info",
    Status.LOADING: "info",
    Status.DONE: "good",
    Status.REFUSED: "warn",
    Status.FAILED: "bad",
    Status.UNDONE: "plain",
}
STEPS: dict[str, str | Promise] = {
    "reading": gettext_lazy("Reading the file"),
    "checking": gettext_lazy("Checking every value"),
    "staging": gettext_lazy("Telling rows apart"),
    "linking": gettext_lazy("Finding what the rows name"),
    "writing": gettext_lazy("Comparing with the records"),
}
KINDS = ("companies", "people", "products", "deals", "orders", "pipelines", "stages", "users", "teams")
NUMBERS = (Kind.NUMBER, Kind.INTEGER)
LISTS: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    Target.PEOPLE: (("people:list", gettext_lazy("People")), ("companies:list", gettext_lazy("Companies"))),
    Target.COMPANIES: (("companies:list", gettext_lazy("Companies")),),
    Target.AFFILIATIONS: (
        ("people:list", gettext_lazy("People")),
        ("companies:list", gettext_lazy("Companies")),
    ),
    Target.PRODUCTS: (("products:list", gettext_lazy("Products")),),
    Target.DEALS: (("deals:list", gettext_lazy("Deals")), ("companies:list", gettext_lazy("Companies"))),
    Target.STAGE_CHANGES: (("deals:list", gettext_lazy("Deals")),),
    Target.ORDERS: (("orders:list", gettext_lazy("Orders")), ("people:list", gettext_lazy("People"))),
    Target.ORDER_LINES: (
        ("orders:list", gettext_lazy("Orders")),
        ("products:list", gettext_lazy("Products")),
        ("people:list", gettext_lazy("People")),
    ),
    Target.INTERACTIONS: (
        ("people:list", gettext_lazy("People")),
        ("companies:list", gettext_lazy("Companies")),
    ),
    Target.COLLEAGUES: (("settings:users", gettext_lazy("Colleagues")), ("settings:teams", gettext_lazy("Teams"))),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One big number of a result; `hue` only where it says something."""

    label: str
    value: int
    hue: str = ""
    note: str = ""


def context(job: Import) -> dict[str, Any]:
    """What the page of an import needs, whatever its state."""
    running = queries.is_running(job)
    shown: dict[str, Any] = {
        "job": job,
        "running": running,
        "undoing": queries.is_being_undone(job),
        "hue": HUES[Status(job.status)],
    }
    if running:
        return shown | _progress(job)
    found = queries.problems(job)
    return shown | {
        "figures": figures(job),
        "also": also_created(job),
        "remarks": remarks(job),
        "problems": found,
        "more_problems": max(job.rejected - len(found), 0),
        "has_rejected_file": bool(job.rejected) and storage.rejected_rows(job.pk).is_file(),
        "has_file": bool(job.file),
        "good_rows": job.rows - job.rejected,
        "preview": preview(job) if job.status == Status.CHECKED else None,
        "lists": lists(job),
    }


def _progress(job: Import) -> dict[str, Any]:
    """How far it is, and whether anybody works on it at all."""
    writes = job.status == Status.LOADING and job.step == "writing"
    waits = _("In the queue") if job.status == Status.QUEUED else _("Starting")
    return {
        "percent": round(100 * job.done_share),
        "step": _("Writing the records") if writes else STEPS.get(job.step, waits),
        "no_worker": not queries.worker_is_alive(at=clock.now()),
        "waits_for_another": queries.waits_for_another(job),
    }


def figures(job: Import) -> list[Figure]:
    """The four numbers; in the mood of what would be, or of what is."""
    if job.status == Status.CHECKED:
        names = (_("Would be created"), _("Would be updated"), _("Unchanged"), _("Would be rejected"))
    else:
        names = (pgettext("import", "Created"), _("Updated"), _("Unchanged"), _("Rejected"))
    hues = ("good" if job.created else "", "info" if job.updated else "", "", "warn" if job.rejected else "")
    numbers = (job.created, job.updated, job.unchanged, job.rejected)
    return [Figure(name, number, hue) for name, number, hue in zip(names, numbers, hues, strict=True)]


def also_created(job: Import) -> list[str]:
    """What else an import makes on the way: `85 companies`."""
    language = (get_language() or "en").split("-")[0]
    found = []
    for kind in KINDS:
        count = int(job.also_created.get(kind) or 0)
        if count:
            words = _counted(kind, count)
            found.append(words % {"count": formats.number(count, language=language)})
    return found


def remarks(job: Import) -> list[str]:
    """What was taken as it is but is worth a word."""
    own = organisation().currency
    return [
        messages.remark(kind, int(job.also_created[kind]), currency=own)
        for kind in messages.REMARKS
        if job.also_created.get(kind)
    ]


def _counted(kind: str, count: int) -> str:
    known = {
        "people": ngettext("%(count)s person", "%(count)s people", count),
        "companies": ngettext("%(count)s company", "%(count)s companies", count),
        "products": ngettext("%(count)s product", "%(count)s products", count),
        "deals": ngettext("%(count)s deal", "%(count)s deals", count),
        "orders": ngettext("%(count)s order", "%(count)s orders", count),
        "users": ngettext("%(count)s colleague", "%(count)s colleagues", count),
        "teams": ngettext("%(count)s team", "%(count)s teams", count),
        "pipelines": ngettext("%(count)s pipeline", "%(count)s pipelines", count),
        "stages": ngettext("%(count)s stage", "%(count)s stages", count),
    }
    return known[kind]


def preview(job: Import) -> dict[str, Any]:
    """The first rows as they would be: the labels of the fields that hold anything, and the rows."""
    known = every_field(job.target, by_id=job.by_id).values()
    held = [one for one in known if any(row.get(one.name) for row in job.preview)]
    return {
        "labels": [(_labelled(job, one), one.kind in NUMBERS) for one in held],
        "rows": [
            {
                "line": row["line"],
                "status": row["status"],
                "cells": [(_cell(one, row.get(one.name)), one.kind in NUMBERS) for one in held],
            }
            for row in job.preview
        ],
    }  # fmt: skip


def _labelled(job: Import, one: Field) -> str:
    return one.label if isinstance(one, OwnField) else label(job.target, one.name)


def _cell(one: Field, text: str | None) -> str:
    """A value of the preview as the page writes such values."""
    if not text:
        return ""
    language = (get_language() or "en").split("-")[0]
    try:
        if one.kind is Kind.DATE:
            return formats.day(date.fromisoformat(text[:10]), language=language)
        if one.kind is Kind.INSTANT:
            return _instant(text, language)
        if one.kind in NUMBERS:
            return formats.number(Decimal(text), language=language)
    except (ValueError, InvalidOperation):
        return text
    if one.kind is Kind.TAGS:
        return text.strip("{}").replace('"', "").replace(",", ", ")
    return text if len(text) <= 80 else text[:79] + "…"


def _instant(text: str, language: str) -> str:
    """An instant of the staged rows; one at midnight is a day."""
    moment = datetime.fromisoformat(text)
    local = timezone.localtime(moment) if moment.tzinfo else moment
    midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return formats.day(local.date(), language=language) if midnight else formats.instant(local, language=language)


def lists(job: Import) -> list[tuple[str, str | Promise]]:
    """Where what was loaded is to be seen: (address, words)."""
    found = []
    for name, words in LISTS[job.target]:
        try:
            found.append((reverse(name), words))
        except NoReverseMatch:
            continue
    return found
