"""A message that what was done can be taken back, with the button that does it."""

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"


def told(request: HttpRequest, text: str, *, address: str) -> None:
    """Say that something was put away; the toast's button posts `restore` to the address."""
    messages.success(request, text, extra_tags=UNDO + address)


def address_of(tags: str) -> str:
    """Where the button of a message posts to, from its tags; empty for one that has none."""
    return tags.removeprefix(UNDO) if tags.startswith(f"{UNDO}/") else ""
