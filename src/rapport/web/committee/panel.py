"""The committee on the first page of a deal."""

from typing import Any

from django.http import HttpRequest

from rapport.core import clock
from rapport.deals.models import Deal
from rapport.deals.queries import committee as queries
from rapport.identity.models import User
from rapport.web.committee import words

MOST_SHOWN = 6


def context(request: HttpRequest, user: User, deal: Deal) -> dict[str, Any]:
    """What `committee/_panel.html` needs."""
    committee = queries.committee(user=user, deal=deal, now=clock.now())
    seats = committee.seats[:MOST_SHOWN]
    return {
        "deal": deal,
        "committee": committee,
        "alarms": words.told(committee),
        "required": words.required(committee),
        "seated": [(seat, words.name_of(seat), words.roles(seat.participant.roles)) for seat in seats],
        "more": len(committee.seats) - len(seats),
    }
