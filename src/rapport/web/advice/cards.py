"""The weightiest advice of each deal, as one line of its card on the board."""

from collections.abc import Sequence

from rapport.core import clock
from rapport.deals.models import Deal
from rapport.deals.queries import next_actions
from rapport.identity.models import User
from rapport.web.advice.words import ICONS
from rapport.web.board.card_line import CardLine


def card_lines(user: User, deals: Sequence[Deal]) -> dict[int, CardLine]:
    """What to do first about each open deal; the deals come with their stage."""
    still_open = [deal for deal in deals if deal.closed_at is None]
    found = next_actions.advice_for(still_open, user=user, now=clock.now(), today=clock.today())
    return {
        pk: CardLine(icon=ICONS[advice[0].rule.place], text=str(advice[0].rule.advice), hue="relation")
        for pk, advice in found.items()
        if advice
    }
