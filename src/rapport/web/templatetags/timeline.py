"""Template tags of the timeline."""

from django import template

from rapport.core import clock
from rapport.timeline.queries import TimelineEntry
from rapport.web.timeline.sources import HUES, address

register = template.Library()


@register.filter
def entry_hue(entry: TimelineEntry) -> str:
    """`{{ entry|entry_hue }}`: the class that colours an entry by its kind, and a task by its state."""
    if entry.done is None:
        return f"hue-{HUES.get(entry.kind, 'relation')}"
    if entry.done:
        return "hue-good"
    is_late = entry.due_on is not None and entry.due_on < clock.today()
    return "hue-bad" if is_late else "hue-warn"


@register.filter
def entry_address(entry: TimelineEntry) -> str:
    """`{{ entry|entry_address }}`: the page of the record that the entry tells of, or nothing."""
    return entry.url or address(entry)
