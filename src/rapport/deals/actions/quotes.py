"""Drafting quotes: a new one, its lines, another version, throwing a draft away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.deals.actions.live import live_deal
from rapport.deals.actions.quote_settings import first_tax_rates
from rapport.deals.events import QuoteStatusChanged
from rapport.deals.models import Deal, Quote, QuoteLine, QuoteSeries, TaxRate
from rapport.deals.queries import quotes as quote_queries
from rapport.deals.rules import quotes as rules
from rapport.identity.models import User
from rapport.people.actions import WrongValue

MOST_LINES = 200
_FACTS = ("currency", "quoted_on", "valid_until", "discount", "discount_in")
_TEXTS = {"payment_terms": 1000, "delivery_terms": 1000, "note": 2000}


class QuoteStandsElsewhere(RapportError):
    """The quote has a status from which this cannot be done."""


class WrongLine(RapportError):
    """A line makes no sense; `line` counts from 1, `field` names what is meant."""

    def __init__(self, line: int, field: str, message: str | Promise) -> None:
        self.line, self.field = line, field
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class LineDraft:
    """A line as somebody wrote it; discount in percent. Without a description the product's name stands there."""

    quantity: Decimal
    unit_price: Decimal
    tax_rate: TaxRate
    product: Product | None = None
    description: str = ""
    unit: str = ""
    discount: Decimal = Decimal(0)


@transaction.atomic
def make_quote(*, deal: Deal, by: User, at: datetime, today: date) -> Quote:
    """A draft for a deal with the next number of the year, in the deal's currency, with the usual terms.

    The deal's product is its first line, where its price is known in that currency. Raises ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    first_tax_rates(by=by, at=at)
    usual = quote_queries.profile()
    quote = Quote.objects.create(
        deal=deal,
        number=_next_number(today.year),
        currency=deal.currency,
        quoted_on=today,
        valid_until=today + timedelta(days=usual.valid_days),
        payment_terms=usual.payment_terms,
        delivery_terms=usual.delivery_terms,
        made_by=by,
        made_at=at,
    )
    product, rate = deal.product, quote_queries.tax_rates_on(today).first()
    if product and rate and product.price is not None and product.currency == quote.currency:
        drafted = LineDraft(product=product, quantity=Decimal(1), unit_price=product.price, tax_rate=rate)
        _write_lines(quote, [drafted])
    audit.record("deals.quote_made", target=quote, by=by, at=at, data={"deal": deal.pk})
    announce(quote)
    return quote


@transaction.atomic
def change_quote(
    *, quote: Quote, version: int, values: dict[str, Any], lines: Sequence[LineDraft], by: User, at: datetime
) -> Quote:
    """Write a draft anew: its currency, days and texts, the discount over the whole of it, and all its lines.

    Raises ChangedByAnother if `version` is stale, QuoteStandsElsewhere if it is no draft, WrongValue, WrongLine.
    """
    quote = lock(quote, version=version, verb="change")
    for name in _FACTS:
        setattr(quote, name, values.get(name, getattr(quote, name)))
    for name, longest in _TEXTS.items():
        setattr(quote, name, str(values.get(name, getattr(quote, name))).strip()[:longest])
    if quote.valid_until < quote.quoted_on:
        raise WrongValue("valid_until", _("A quote cannot end before its date."))
    _write_lines(quote, lines)
    keep(quote, [*_FACTS, *_TEXTS])
    audit.record("deals.quote_changed", target=quote, by=by, at=at, data={"lines": len(lines)})
    return quote


@transaction.atomic
def revise(*, quote: Quote, by: User, at: datetime, today: date) -> Quote:
    """A draft of the next version of a quote that was sent; the sent one stands until the new one is sent.

    Raises QuoteStandsElsewhere for one that was not sent, was accepted, or has a newer version already.
    """
    quote = Quote.objects.select_for_update().get(pk=quote.pk)
    check_step(quote, "revise")
    newest = Quote.objects.filter(number=quote.number).aggregate(last=Max("edition"))["last"]
    if newest != quote.edition:
        raise QuoteStandsElsewhere(_("There is a newer version of this quote already."))
    usual = quote_queries.profile()
    draft = Quote.objects.create(
        deal_id=quote.deal_id,
        number=quote.number,
        edition=quote.edition + 1,
        currency=quote.currency,
        quoted_on=today,
        valid_until=today + timedelta(days=usual.valid_days),
        payment_terms=quote.payment_terms,
        delivery_terms=quote.delivery_terms,
        note=quote.note,
        discount=quote.discount,
        discount_in=quote.discount_in,
        made_by=by,
        made_at=at,
    )
    _write_lines(draft, [_again(line, today) for line in quote.lines.select_related("product", "tax_rate")])
    audit.record("deals.quote_revised", target=draft, by=by, at=at, data={"from": quote.pk})
    announce(draft)
    return draft


@transaction.atomic
def discard(*, quote: Quote, version: int, by: User, at: datetime) -> None:
    """Throw a draft away; its number is not given again. Raises ChangedByAnother, QuoteStandsElsewhere."""
    quote = lock(quote, version=version, verb="discard")
    audit.record(
        "deals.quote_discarded", target=quote, by=by, at=at, data={"number": str(quote), "deal": quote.deal_id}
    )
    quote.delete()


def lock(quote: Quote, *, version: int, verb: str) -> Quote:
    """The quote, locked, and still as it was read. Raises ChangedByAnother, QuoteStandsElsewhere."""
    quote = Quote.objects.select_for_update(of=("self",)).select_related("deal").get(pk=quote.pk)
    if quote.version != version:
        raise ChangedByAnother(_("Someone else changed this quote. Look at it again, then go on."))
    check_step(quote, verb)
    return quote


def check_step(quote: Quote, verb: str) -> None:
    """Raises QuoteStandsElsewhere where the quote's status does not allow the step."""
    if quote.status not in rules.MAY[verb]:
        raise QuoteStandsElsewhere(
            _("This cannot be done with a quote that is “%(status)s”.") % {"status": quote.get_status_display()}
        )


def keep(quote: Quote, fields: list[str]) -> None:
    """Save the named fields and say that the quote changed."""
    quote.version += 1
    quote.save(update_fields=[*fields, "version"])


def announce(quote: Quote) -> None:
    """Say to whom it concerns which status the quote has now."""
    outbox.put(QuoteStatusChanged(quote_id=quote.pk, deal_id=quote.deal_id, status=quote.status))


def _write_lines(quote: Quote, lines: Sequence[LineDraft]) -> None:
    """Replace the lines of a draft and sum them up."""
    if len(lines) > MOST_LINES:
        raise WrongValue("lines", _("A quote has at most %(most)s lines.") % {"most": MOST_LINES})
    rows = [_line(quote, place, each) for place, each in enumerate(lines, start=1)]
    whole = _whole(quote)
    facts = quote_queries.facts_of(rows, currency=quote.currency, whole=whole)
    if rows and not whole.is_percent and rules.rounded(whole.value, currency=quote.currency) > facts.totals.lines:
        raise WrongValue("discount", _("This is more than all lines together come to."))
    for row in facts.rows:
        row.line.net, row.line.tax = row.amounts.net, row.amounts.tax
    if facts.totals.gross + facts.totals.tax >= rules.LARGEST:
        raise WrongValue("lines", _("The sum of this quote is too large to be true."))
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(rows)
    quote.gross, quote.net = facts.totals.gross, facts.totals.net
    quote.tax, quote.total = facts.totals.tax, facts.totals.total
    quote.save(update_fields=["gross", "net", "tax", "total"])


def _whole(quote: Quote) -> rules.Whole:
    """What is taken off the whole quote. Raises WrongValue."""
    found = quote_queries.whole_discount(quote)
    if not found.value.is_finite() or not 0 <= found.value < rules.LARGEST:
        raise WrongValue("discount", _("A discount is not less than zero."))
    if found.is_percent and found.value > rules.HUNDRED:
        raise WrongValue("discount", _("A discount is between 0 and 100 percent."))
    return found


def _line(quote: Quote, place: int, drafted: LineDraft) -> QuoteLine:
    """The line as it is stored. Raises WrongLine."""
    description = "\n".join(tidy(part) for part in drafted.description.splitlines()).strip()
    description = (description or (drafted.product.name if drafted.product else ""))[:500]
    rate = drafted.tax_rate
    if not description:
        raise WrongLine(place, "description", _("Say what this line is for."))
    if not drafted.quantity.is_finite() or drafted.quantity <= 0:
        raise WrongLine(place, "quantity", _("A quantity is more than zero. What comes back is not quoted."))
    if not drafted.unit_price.is_finite() or drafted.unit_price < 0:
        raise WrongLine(place, "unit_price", _("A price cannot be less than zero; take something off by a discount."))
    if not 0 <= drafted.discount <= rules.HUNDRED:
        raise WrongLine(place, "discount", _("A discount is between 0 and 100 percent."))
    if drafted.quantity * drafted.unit_price >= rules.LARGEST:
        raise WrongLine(place, "quantity", _("This line is too large to be true."))
    if rate.since_on > quote.quoted_on or (rate.until_on and rate.until_on < quote.quoted_on):
        words = _("The tax rate “%(name)s” does not count on the date of this quote.") % {"name": rate.name}
        raise WrongLine(place, "tax_rate", words)
    return QuoteLine(
        quote=quote,
        position=place,
        product=drafted.product,
        description=description,
        unit=tidy(drafted.unit)[:40],
        quantity=drafted.quantity,
        unit_price=drafted.unit_price,
        discount=drafted.discount,
        tax_rate=rate,
        tax_percent=rate.percent,
    )


def _again(line: QuoteLine, today: date) -> LineDraft:
    """The line for a quote of today: its tax rate, or that of the same name or height that counts now."""
    offered = list(quote_queries.tax_rates_on(today))
    alike = [rate for rate in offered if rate.pk == line.tax_rate_id]
    alike += [rate for rate in offered if rate.name == line.tax_rate.name]
    alike += [rate for rate in offered if rate.percent == line.tax_percent]
    return LineDraft(
        product=line.product,
        description=line.description,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        tax_rate=(alike or offered or [line.tax_rate])[0],
    )


def _next_number(year: int) -> str:
    """The next number of a year; who else wants one waits until this transaction ends."""
    QuoteSeries.objects.get_or_create(year=year)
    series = QuoteSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return rules.number_of(year=year, count=series.last)
