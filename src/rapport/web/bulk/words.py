"""Why rows of a change of many records stay as they are, in words: beforehand on the preview, afterwards on the run."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.lists.bulk.models import BulkRow
from rapport.lists.bulk.preview import WHY

State = BulkRow.State
# What stands against it, and the sentence below.
REASONS: dict[State, tuple[str | Promise, str | Promise]] = {
    State.REFUSED: (_("Out of your reach"), _("You may see them, but your role does not let you change them.")),
    State.MERGED: (_("Merged with another record"), _("What they said belongs to the record that stayed.")),
    State.TOO_EARLY: (_("Came up after that day"), _("No deal is expected to close before it came up.")),
    State.GONE: (_("Not there any more"), _("Deleted, or out of sight, since they were ticked.")),
}
# Of a run, which may be another's, and old: its first runs told no reasons.
OF_A_RUN: dict[State, tuple[str | Promise, str | Promise]] = REASONS | {
    State.REFUSED: (_("Out of reach"), _("The role of whoever began it did not let them change these.")),
    State.GONE: (_("Not there any more"), _("Deleted, or out of sight, before it was their turn.")),
}


def reasons(
    numbers: Mapping[State, int], words: Mapping[State, tuple[str | Promise, str | Promise]]
) -> list[tuple[str | Promise, int, str | Promise]]:
    """Each reason with how many rows it keeps as they are, and what it means."""
    return [(words[state][0], numbers[state], words[state][1]) for state in WHY if numbers.get(state)]
