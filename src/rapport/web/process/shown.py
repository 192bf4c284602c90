"""The panels of the process on the first page of a deal: what its next stage still needs, and its documents."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from rapport.deals.models import Deal
from rapport.deals.queries import documents as files
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import Needed
from rapport.web.deals.seen import SeenDeal
from rapport.web.process import places

SHOWN_DOCUMENTS = 5


@dataclass(frozen=True)
class NeedRow:
    """A requirement of the next stage: what it is called, whether it is met, where it is met."""

    words: str
    is_met: bool
    is_hard: bool
    address: str


def needs(request: HttpRequest, seen: SeenDeal) -> dict[str, Any]:
    """What the stage ahead of the deal asks for, what is lacking first."""
    deal, ahead = seen.deal, seen.ahead
    if ahead is None:
        return {"ahead": None}
    rows = [row(deal, each.needed, each.is_met) for each in ahead.verdicts]
    return {"ahead": ahead, "needs": rows, "lacking": sum(1 for each in rows if not each.is_met)}


def row(deal: Deal, needed: Needed, is_met: bool) -> NeedRow:
    """A requirement as a page shows it."""
    return NeedRow(requirement_words.words(needed), is_met, needed.is_hard, places.address(deal.pk, needed))


def documents(request: HttpRequest, seen: SeenDeal) -> dict[str, Any]:
    """The newest documents of the deal."""
    present = files.documents(seen.deal).present
    return {"documents": present[:SHOWN_DOCUMENTS], "more": max(len(present) - SHOWN_DOCUMENTS, 0)}
