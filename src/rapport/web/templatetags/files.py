"""The panel of a record's files, and what a page shows of each."""

from typing import Any

from django import template

from rapport.commerce.keepers import KEEPERS
from rapport.core import previews, sniffing
from rapport.timeline.attachments import Attachment, KeptFile
from rapport.timeline.models import Interaction
from rapport.timeline.queries import TimelineEntry
from rapport.web.files.kinds import address

register = template.Library()
SHOWN = 6


@register.inclusion_tag("files/_panel.html", takes_context=True)
def files_panel(context: dict[str, Any], kind: str, record: Any, may_edit: bool) -> dict[str, Any]:
    """The newest files of a record of this kind, and the form that adds one."""
    keeper = KEEPERS[kind]
    present = keeper.files(record).present
    return {
        "files": present[:SHOWN], "more": max(0, len(present) - SHOWN), "keeper": keeper, "record": record,
        "address": address(keeper, "page", record.pk), "may_edit": may_edit, "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.simple_tag
def file_address(row: KeptFile, name: str = "file") -> str:
    """The address of a file of a record: to save it, its `preview`, or to `put` it away."""
    return address(KEEPERS[row.field], name, getattr(row, f"{row.field}_id"), row.pk)


@register.simple_tag
def files_of_entries(entries: list[TimelineEntry]) -> dict[int, list[Attachment]]:
    """The files of the interactions among the lines of a timeline, in one query."""
    numbers = [entry.record for entry in entries if _is_interaction(entry)]
    found: dict[int, list[Attachment]] = {}
    for row in Attachment.objects.filter(interaction__in=numbers, removed_at=None).order_by("added_at", "pk"):
        found.setdefault(row.interaction_id or 0, []).append(row)
    return found


@register.filter
def of_entry(found: Any, entry: TimelineEntry) -> list[Attachment]:
    """The files of one line, among those of all."""
    return found.get(entry.record, []) if found and _is_interaction(entry) else []


def _is_interaction(entry: TimelineEntry) -> bool:
    return entry.kind in Interaction.Kind.values


@register.filter
def has_preview(row: KeptFile) -> bool:
    """Whether a picture can be shown of the file, as far as is known."""
    return previews.has_preview(row.content_type) and not previews.is_hopeless(stored=row.stored)


@register.filter
def file_icon(row: KeptFile) -> str:
    """The icon of a kind of file."""
    return "image" if row.content_type in sniffing.PICTURES else "file-text"
