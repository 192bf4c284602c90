"""The button of a message that takes back what it tells of."""

from django import template
from django.contrib.messages.storage.base import Message

from rapport.web import undoing

register = template.Library()


@register.filter
def undo_address(note: Message) -> str:
    """`{{ note|undo_address }}`: where the button posts to; empty for a message without one."""
    return undoing.address_of(note.extra_tags or "")
