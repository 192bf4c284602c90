"""Requirements on the first page of a deal."""

from typing import Any

from django.http import HttpRequest

from rapport.deals.models import Deal
from rapport.deals.queries import tailoring as queries
from rapport.identity.models import User


def context(request: HttpRequest, user: User, deal: Deal) -> dict[str, Any]:
    """How many requirements there are, how many are accepted, and what changes took."""
    return {"register": queries.register(deal=deal, user=user)}
