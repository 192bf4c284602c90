"""What becomes of a quote: asked to be approved, decided on, sent, accepted, declined, expired."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from rapport.commerce import actions as commerce
from rapport.commerce.models import Order
from rapport.core import audit
from rapport.core.errors import NotAllowed, RapportError
from rapport.core.text import tidy
from rapport.deals.actions.deals import change_deal
from rapport.deals.actions.live import live_deal
from rapport.deals.actions.quotes import announce, keep, lock
from rapport.deals.models import Approval, Deal, Quote, QuoteLine
from rapport.deals.queries import approvals as approval_queries
from rapport.deals.queries import quotes as quote_queries
from rapport.identity.models import User
from rapport.people.actions import WrongValue

_FRACTION = Decimal("0.0001")
Status = Quote.Status
Decision = Approval.Decision


class EmptyQuote(RapportError):
    """A quote without a line says nothing."""


class NobodyToDecide(RapportError):
    """A rule asks for a yes that nobody but the quote's author could give."""


class AlreadyDecided(RapportError):
    """Another decided first, or nobody waits for this yes any more."""


class QuoteTooOld(RapportError):
    """The last day on which the quote held is past."""


@transaction.atomic
def submit(*, quote: Quote, version: int, by: User, at: datetime, today: date) -> Quote:
    """Finish a draft: whoever the approval rules name is asked; where they name nobody it is ready to send.

    Raises ChangedByAnother, QuoteStandsElsewhere, EmptyQuote, QuoteTooOld, WrongValue for a deal without a
    customer, NobodyToDecide.
    """
    quote = lock(quote, version=version, verb="submit")
    if not quote.lines.exists():
        raise EmptyQuote(_("A quote has at least one line."))
    _check_is_for_somebody(quote)
    _check_still_holds(quote, today)
    quote.submitted_by, quote.submitted_at = by, at
    asked = approval_queries.rules_that_ask(quote=quote, on=quote.quoted_on)
    for rule in asked:
        if not approval_queries.could_decide(rule=rule, quote=quote):
            raise NobodyToDecide(
                _("%(who)s would have to approve this quote, but nobody else could: you cannot approve your own.")
                % {"who": approval_queries.asked_words(rule)}
            )
    Approval.objects.bulk_create(
        Approval(
            quote=quote, level=rule.level, discount_above=rule.discount_above, total_above=rule.total_above,
            approver=rule.approver, role=rule.role, asked_at=at,
        )
        for rule in asked
    )  # fmt: skip
    quote.status = Status.WAITING if asked else Status.APPROVED
    keep(quote, ["status", "submitted_by", "submitted_at"])
    audit.record("deals.quote_submitted", target=quote, by=by, at=at, data={"asked": len(asked)})
    announce(quote)
    return quote


@transaction.atomic
def take_back(*, quote: Quote, version: int, by: User, at: datetime) -> Quote:
    """Make a draft again of a quote that waits or is ready; nobody is asked any more.

    Raises ChangedByAnother, QuoteStandsElsewhere.
    """
    quote = lock(quote, version=version, verb="take_back")
    _ask_no_more(quote, at=at)
    quote.status = Status.DRAFT
    keep(quote, ["status"])
    audit.record("deals.quote_taken_back", target=quote, by=by, at=at)
    announce(quote)
    return quote


@transaction.atomic
def decide(
    *, approval: Approval, is_approved: bool, comment: str = "", by: User, at: datetime, today: date
) -> Approval:
    """Say yes or no to a quote. The last yes makes it ready to send; a no makes it a draft again.

    Raises AlreadyDecided, NotAllowed for whom it is not to decide or not yet, WrongValue for a no without a
    reason.
    """
    quote = Quote.objects.select_for_update(of=("self",)).select_related("deal").get(pk=approval.quote_id)
    approval = Approval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if approval.decision != Decision.PENDING or quote.status != Status.WAITING:
        raise AlreadyDecided(
            _("This was decided meanwhile: %(decision)s.") % {"decision": approval.get_decision_display()}
        )
    seat = approval_queries.seat(approval=approval, quote=quote, user=by, today=today)
    if seat is None:
        raise NotAllowed(_("You cannot decide on this quote: it is your own, or somebody else is asked."))
    if approval.level != approval_queries.current_level(quote):
        raise NotAllowed(_("The level before yours has not decided yet."))
    comment = tidy(comment)[:500]
    if not is_approved and not comment:
        raise WrongValue("comment", _("Say why, so that the quote can be mended."))
    approval.decision = Decision.APPROVED if is_approved else Decision.REFUSED
    approval.decided_by, approval.on_behalf_of, approval.decided_at = by, seat.on_behalf_of, at
    approval.comment = comment
    approval.save(update_fields=["decision", "decided_by", "on_behalf_of", "decided_at", "comment"])
    data = {"approval": approval.pk, "level": approval.level, "is_approved": is_approved}
    audit.record("deals.quote_decided", target=quote, by=by, at=at, data=data)
    _follow(quote, approval, at=at)
    return approval


@transaction.atomic
def send(*, quote: Quote, version: int, by: User, at: datetime, today: date) -> Quote:
    """Note that the quote went to the customer: from now on it stays as it is, and earlier versions are replaced.

    Raises ChangedByAnother, QuoteStandsElsewhere, QuoteTooOld, WrongValue for a deal without a customer.
    """
    quote = lock(quote, version=version, verb="send")
    _check_is_for_somebody(quote)
    _check_still_holds(quote, today)
    quote.parties = quote_queries.parties_of(quote)
    quote.status, quote.sent_at = Status.SENT, at
    keep(quote, ["parties", "status", "sent_at"])
    earlier = Quote.objects.select_for_update().filter(number=quote.number, edition__lt=quote.edition)
    for old in earlier.filter(status__in=[Status.SENT, Status.EXPIRED]):
        old.status = Status.REPLACED
        keep(old, ["status"])
        announce(old)
    audit.record("deals.quote_sent", target=quote, by=by, at=at)
    announce(quote)
    return quote


@transaction.atomic
def accept(
    *, quote: Quote, version: int, with_order: bool = False, note: str = "", by: User, at: datetime, today: date
) -> Quote:
    """Note that the customer accepts: the deal's amount becomes that of the quote before tax, and if wanted an
    order is made.

    Raises ChangedByAnother, QuoteStandsElsewhere, QuoteTooOld, ArchivedDeal, WrongValue.
    """
    quote = lock(quote, version=version, verb="answer")
    _check_still_holds(quote, today)
    deal = live_deal(quote.deal_id)
    if with_order:
        quote.order = _order_of(quote, deal, by=by, at=at)
    changes = {"amount": quote.net, "currency": quote.currency}
    change_deal(deal=deal, version=deal.version, changes=changes, by=by, at=at)
    quote.status, quote.answered_at, quote.answer_note = Status.ACCEPTED, at, tidy(note)[:500]
    keep(quote, ["status", "answered_at", "answer_note", "order"])
    audit.record("deals.quote_accepted", target=quote, by=by, at=at, data={"order": quote.order_id})
    announce(quote)
    return quote


@transaction.atomic
def decline(*, quote: Quote, version: int, note: str = "", by: User, at: datetime) -> Quote:
    """Note that the customer declines. Raises ChangedByAnother, QuoteStandsElsewhere."""
    quote = lock(quote, version=version, verb="answer")
    quote.status, quote.answered_at, quote.answer_note = Status.DECLINED, at, tidy(note)[:500]
    keep(quote, ["status", "answered_at", "answer_note"])
    audit.record("deals.quote_declined", target=quote, by=by, at=at)
    announce(quote)
    return quote


@transaction.atomic
def decline_others(*, quote: Quote, version: int, by: User, at: datetime) -> int:
    """Note that the customer, who accepted this quote, takes none of the others sent for the deal; says how many.

    Raises ChangedByAnother, QuoteStandsElsewhere for one that was not accepted.
    """
    quote = lock(quote, version=version, verb="decline_others")
    note = gettext("Quote %(number)s was accepted instead.") % {"number": quote}
    others = list(quote_queries.others_sent(quote=quote).select_for_update())
    for other in others:
        decline(quote=other, version=other.version, note=note, by=by, at=at)
    return len(others)


@transaction.atomic
def expire_quotes(*, at: datetime, today: date) -> int:
    """Mark as expired what was sent, has no answer, and held until a day that is past; says how many."""
    old = Quote.objects.select_for_update(skip_locked=True).filter(status=Status.SENT, valid_until__lt=today)
    expired = list(old)
    for quote in expired:
        quote.status = Status.EXPIRED
        keep(quote, ["status"])
        audit.record("deals.quote_expired", target=quote, by=None, at=at)
        announce(quote)
    return len(expired)


def _follow(quote: Quote, approval: Approval, *, at: datetime) -> None:
    """What a decision makes of the quote."""
    if approval.decision == Decision.REFUSED:
        _ask_no_more(quote, at=at)
        quote.status = Status.DRAFT
    elif not quote.approvals.filter(decision=Decision.PENDING).exists():
        quote.status = Status.APPROVED
    keep(quote, ["status"])
    if quote.status != Status.WAITING:
        announce(quote)


def _ask_no_more(quote: Quote, *, at: datetime) -> None:
    """End what still waits."""
    waiting = quote.approvals.filter(decision=Decision.PENDING)
    waiting.update(decision=Decision.WITHDRAWN, decided_at=at)


def _check_is_for_somebody(quote: Quote) -> None:
    if not quote.deal.company_id and not quote.deal.person_id:
        raise WrongValue("deal", _("Name the customer of this deal first: a quote is for somebody."))


def _check_still_holds(quote: Quote, today: date) -> None:
    if quote.valid_until < today:
        raise QuoteTooOld(_("This quote held until a day that is past. Make a new version, or set a later day."))


def _order_of(quote: Quote, deal: Deal, *, by: User, at: datetime) -> Order:
    """The order for what was quoted, before tax. Free lines have no product and count in its total alone."""
    lines = quote.lines.select_related("product").filter(product__isnull=False).order_by("position")
    return commerce.add_order(
        lines=[_order_line(line) for line in lines],
        placed_at=at,
        currency=quote.currency,
        company=deal.company,
        person=deal.person,
        external_id=str(quote),
        channel=pgettext("quote", "quote"),
        total=quote.net,
        by=by,
        at=at,
    )


def _order_line(line: QuoteLine) -> commerce.Line:
    """A line of the order, at the price after its discount."""
    assert line.product is not None
    price = (line.net / line.quantity).quantize(_FRACTION)
    return commerce.Line(product=line.product, quantity=line.quantity, unit_price=price)
