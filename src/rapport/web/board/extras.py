"""Short lines that other parts of a deal put onto its card: what is lacking, what is best done next.

A part brings a function that gives, for the deals of a board, at most one line each, in few queries for all of them
together, and is named here, once.
"""

from collections.abc import Callable, Sequence

from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.web.advice import cards as advice
from rapport.web.board import coverage
from rapport.web.board.card_line import CardLine

Lines = Callable[[User, Sequence[Deal]], dict[int, CardLine]]
CARD_LINES: tuple[Lines, ...] = (coverage.card_lines, advice.card_lines)


def lines(user: User, deals: Sequence[Deal]) -> dict[int, list[CardLine]]:
    """The lines of each deal by its id, in the order of the parts."""
    found: dict[int, list[CardLine]] = {}
    for part in CARD_LINES:
        for pk, line in part(user, deals).items():
            found.setdefault(pk, []).append(line)
    return found
