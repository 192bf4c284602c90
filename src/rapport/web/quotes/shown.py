"""What pages of quotes have in common: finding one behind its deal's door, what may be done with it, words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rapport.core import money
from rapport.deals.models import Approval, Deal, Quote, Stage
from rapport.deals.queries import approvals
from rapport.deals.queries import quotes as queries
from rapport.deals.rules import quotes as rules
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.web.quotes.forms import percent_words

HUES = {
    "draft": ("plain", "pencil"),
    "waiting": ("warn", "hourglass"),
    "approved": ("info", "badge-check"),
    "sent": ("info", "send"),
    "accepted": ("good", "circle-check"),
    "declined": ("bad", "circle-x"),
    "expired": ("warn", "clock"),
    "replaced": ("plain", "history"),
}


@dataclass(frozen=True)
class ApprovalRow:
    """A yes that was asked for: who is asked and why, and whether the reader may decide now."""

    approval: Approval
    asked: str
    because: str
    may_decide: bool
    on_behalf_of: User | None


@dataclass(frozen=True)
class Left:
    """What is still to do after the customer accepted: other offers they hold, and where a deal that is open goes."""

    others: list[Quote]
    won: Stage | None


def left_of(quote: Quote, deal: Deal) -> Left | None:
    """What is left after a yes; None where nothing is."""
    if quote.status != Quote.Status.ACCEPTED or deal.archived_at is not None:
        return None
    found = Left(list(queries.others_sent(quote=quote)), queries.won_stage_ahead(deal))
    return found if found.others or found.won else None


def quote_of(deal: Deal, pk: int) -> Quote:
    """A quote of the deal, behind whose door the reader stands already. Raises Http404."""
    quote = Quote.objects.select_related("deal", "made_by", "submitted_by", "order").filter(deal=deal, pk=pk).first()
    if quote is None:
        raise Http404
    return quote


def steps_of(quote: Quote, *, is_newest: bool, today: date) -> set[str]:
    """The steps that the quote's status allows now."""
    found = {verb for verb, statuses in rules.MAY.items() if quote.status in statuses}
    found.discard("decline_others")
    if not is_newest:
        found.discard("revise")
    if is_overdue(quote, today=today):
        found.discard("answer")
        found.discard("send")
        if quote.status == Quote.Status.SENT:
            found.add("decline")
    return found


def is_overdue(quote: Quote, *, today: date) -> bool:
    """Whether an offer that is not answered yet held until a day that is past."""
    return quote.status in ("draft", "waiting", "approved", "sent") and quote.valid_until < today


def said_of(quote: Quote) -> str:
    """What is told after a step."""
    return {
        "waiting": _("Approval is asked for."),
        "approved": _("The quote is ready to send."),
        "sent": _("The quote is marked as sent and stays as it is."),
        "accepted": _("Accepted. The amount of the deal is now that of the quote."),
        "declined": _("Marked as declined."),
        "draft": _("The quote is a draft again."),
    }.get(quote.status, _("Saved."))


def approval_rows(quote: Quote, *, user: User, today: date) -> list[ApprovalRow]:
    """All approvals of a quote as its page shows them."""
    level = approvals.current_level(quote)
    rows = []
    for approval in approvals.approvals_of(quote=quote):
        is_up = approval.decision == Approval.Decision.PENDING and approval.level == level
        is_up = is_up and quote.status == Quote.Status.WAITING
        seat = approvals.seat(approval=approval, quote=quote, user=user, today=today) if is_up else None
        behalf = seat.on_behalf_of if seat else None
        rows.append(ApprovalRow(approval, approvals.asked_words(approval), because(approval), seat is not None, behalf))
    return rows


def will_ask(quote: Quote) -> list[str]:
    """Whom the approval rules name for a draft as it is, each with the reason."""
    asked = approvals.rules_that_ask(quote=quote, on=quote.quoted_on)
    return [f"{approvals.asked_words(rule)} ({because(rule)})" for rule in asked]


def because(rule: Any) -> str:
    """Why a rule asks, in words."""
    parts = []
    if rule.discount_above is not None:
        parts.append(_("discount above %(share)s") % {"share": percent_words(rule.discount_above)})
    if rule.total_above is not None:
        parts.append(_("amount above %(amount)s") % {"amount": own_money(rule.total_above)})
    joint = pgettext("reasons", "or")
    return f" {joint} ".join(parts)


def own_money(amount: Decimal) -> str:
    """An amount in the company's own currency, as one reads it."""
    language = (get_language() or "en").split("-")[0]
    return money.written(amount, currency=organisation().currency, language=language)


def panel(_request: HttpRequest, _user: User, deal: Deal) -> dict[str, Any]:
    """The panel on the first page of a deal: its newest offers."""
    return {"quote_groups": queries.quote_groups(deal=deal)[:3]}
