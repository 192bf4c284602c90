"""How much of the buying committee is met, as a short mark on each card."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rapport.deals.models import Deal
from rapport.deals.queries import committee
from rapport.identity.models import User
from rapport.web.board.card_line import CardLine


def card_lines(user: User, deals: Sequence[Deal]) -> dict[int, CardLine]:
    """Roles in contact of those the stage requires, for open deals whose stage requires any; four queries."""
    still_open = [deal for deal in deals if deal.closed_at is None]
    if not still_open:
        return {}
    return {
        pk: CardLine(
            text=_("Committee: %(met)s of %(all)s required roles in contact")
            % {"met": len(covered.met), "all": len(covered.required)},
            short=f"{len(covered.met)}/{len(covered.required)}",
            icon="users",
            hue="plain",
        )
        for pk, covered in committee.coverage_of_deals(still_open).items()
        if covered.required
    }
