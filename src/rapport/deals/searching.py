"""What deals are found by."""

from rapport.deals.models import Deal
from rapport.fields import search
from rapport.identity.rights import Kind
from rapport.people.rules import naming


def search_text(deal: Deal) -> str:
    """The folded words of its name, its customer, its external id and its own fields."""
    return naming.deal_search_text(
        name=deal.name,
        customer=str(deal.company or deal.person or ""),
        external_id=deal.external_id,
        own=search.texts(Kind.DEAL, deal.custom),
    )
