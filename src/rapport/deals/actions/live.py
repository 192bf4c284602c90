"""The door to a deal that is about to be changed together with what hangs on it."""

from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError
from rapport.deals.models import Deal


class ArchivedDeal(RapportError):
    """What is put away does not change, and does not move."""


def live_deal(deal_id: int) -> Deal:
    """The deal, locked before what hangs on it so that all wait in one order. Raises ArchivedDeal.

    Without its stage and its product: a row that is locked after a wait no longer joins to what it has just left.
    """
    deal: Deal = Deal.objects.locked().get(pk=deal_id)
    if deal.archived_at is not None:
        raise ArchivedDeal(_("This deal was put away. Fetch it back before changing it."))
    return deal
