"""Criteria on the first page of a deal."""

from typing import Any

from django.http import HttpRequest

from rapport.deals.models import Deal
from rapport.deals.queries import criteria as queries
from rapport.identity.models import User


def context(request: HttpRequest, user: User, deal: Deal) -> dict[str, Any]:
    """How our offer stands."""
    return {"matrix": queries.matrix(deal=deal, user=user)}
