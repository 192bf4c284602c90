"""Quotes of a deal, who they are from and to, tax rates of a day, and what a deal's rules may ask of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from rapport.commerce.models import ExchangeRate
from rapport.core import paging
from rapport.core.paging import Page, Sort
from rapport.core.querysets import RecordQuerySet
from rapport.deals.models import Deal, Quote, QuoteLine, QuoteProfile, Stage, TaxRate
from rapport.deals.rules import quotes as rules
from rapport.deals.rules.quotes import NO_DISCOUNT, LineAmounts, Totals, Whole
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.people.customers import Parties, parties


@dataclass(frozen=True)
class QuoteGroup:
    """One offer: its newest version, and the earlier ones, the newest first."""

    newest: Quote
    earlier: list[Quote]

    @property
    def standing(self) -> Quote | None:
        """The earlier version that the customer holds while the newest was not sent."""
        return next((quote for quote in self.earlier if quote.status == Quote.Status.SENT), None)


@dataclass(frozen=True)
class QuoteRow:
    """A quote as a list shows it."""

    quote: Quote
    parties: Parties


@dataclass(frozen=True)
class LineRow:
    """A line of a quote with what it comes to."""

    line: QuoteLine
    amounts: LineAmounts


@dataclass(frozen=True)
class QuoteFacts:
    """A quote's lines, what is taken off the whole of it, and what that comes to."""

    rows: list[LineRow]
    whole: Whole
    totals: Totals

    @property
    def has_line_discounts(self) -> bool:
        """Whether anything is taken off a single line."""
        return bool(self.totals.off_lines)


def profile() -> QuoteProfile:
    """What stands on every quote; not saved yet where nobody wrote it."""
    return QuoteProfile.objects.filter(pk=1).first() or QuoteProfile(pk=1)


def quote_groups(*, deal: Deal) -> list[QuoteGroup]:
    """The offers of a deal, the newest number first; two queries."""
    rows = Quote.objects.filter(deal=deal).select_related("made_by").order_by("-number", "-edition")
    found: dict[str, list[Quote]] = {}
    for quote in rows:
        found.setdefault(quote.number, []).append(quote)
    return [QuoteGroup(editions[0], editions[1:]) for editions in found.values()]


def quote_facts(*, quote: Quote) -> QuoteFacts:
    """Lines and sums of a quote."""
    lines = quote.lines.select_related("product", "tax_rate").order_by("position")
    return facts_of(lines, currency=quote.currency, whole=whole_discount(quote))


def whole_discount(quote: Quote) -> Whole:
    """What is taken off the whole quote."""
    return Whole(value=Decimal(quote.discount), is_percent=quote.discount_in == Quote.DiscountIn.PERCENT)


def facts_of(lines: Iterable[QuoteLine], *, currency: str, whole: Whole = NO_DISCOUNT) -> QuoteFacts:
    """Sums of lines, saved or not, after a discount over the whole."""
    given = list(lines)
    alone = [(amounts_of(line, currency=currency), line.tax_percent) for line in given]
    counted = rules.shared(alone, whole=whole, currency=currency)
    rows = [LineRow(line, amounts) for line, (amounts, _) in zip(given, counted, strict=True)]
    return QuoteFacts(rows, whole, rules.totals(counted))


def amounts_of(line: QuoteLine, *, currency: str) -> LineAmounts:
    """What one line comes to by itself."""
    return rules.line_amounts(
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        tax_percent=line.tax_percent,
        currency=currency,
    )


def others_sent(*, quote: Quote) -> QuerySet[Quote]:
    """The quotes of the same deal with other numbers that wait for the customer's answer."""
    rows = Quote.objects.filter(deal_id=quote.deal_id, status=Quote.Status.SENT).exclude(number=quote.number)
    return rows.order_by("number", "edition")


def won_stage_ahead(deal: Deal) -> Stage | None:
    """The stage in which a deal that is still open would be won; None where it is closed or none is in use."""
    if deal.stage.status != Stage.Status.OPEN:
        return None
    stages = Stage.objects.filter(pipeline=deal.pipeline_id, status=Stage.Status.WON, retired_at=None)
    return stages.order_by("position").first()


def tax_rates_on(day: date) -> QuerySet[TaxRate]:
    """The tax rates in force on a day, the highest first and what is not taxed last."""
    in_force = TaxRate.objects.filter(since_on__lte=day).filter(Q(until_on__isnull=True) | Q(until_on__gte=day))
    return in_force.order_by(F("percent").desc(nulls_last=True), "name")


def parties_of(quote: Quote) -> dict[str, Any]:
    """Who sells to whom, as the paper says it; as it was when the quote was sent, once it was."""
    if quote.parties:
        return dict(quote.parties)
    ours, deal = profile(), quote.deal
    company = deal.company
    person = deal.person
    return {
        "seller": {
            "name": ours.company_name or organisation().name,
            "address": ours.address,
            "tax_id": ours.tax_id,
            "phone": ours.phone,
            "email": ours.email,
            "bank_account": ours.bank_account,
            "signer": ours.signer,
        },
        "customer": {
            "name": str(company or person or ""),
            "tax_id": company.tax_id if company else "",
            "place": (company or person).province if company or person else "",  # type: ignore[union-attr]
            "contact": str(person) if company and person else "",
        },
    }


def in_own_currency(amount: Decimal, *, currency: str, on: date) -> Decimal | None:
    """The amount in the company's own currency by the rate of that day; None without one."""
    if currency == organisation().currency:
        return amount
    rates = ExchangeRate.objects.filter(currency=currency, since_on__lte=on).order_by("-since_on")
    rate = rates.values_list("rate", flat=True).first()
    return None if rate is None else amount * rate


def quotes_page(*, user: User, status: str = "", cursor: str = "") -> Page[QuoteRow]:
    """One page of the quotes of deals the user may see, the newest first, each with its customer."""
    rows = RecordQuerySet(Quote).filter(deal__in=Deal.objects.visible_to(user).values("pk"))
    if status in Quote.Status.values:
        rows = rows.filter(status=status)
    found = paging.page(rows.select_related("deal"), sort=Sort("made_at", descending=True), cursor=cursor)
    known = parties([quote.deal for quote in found.rows], user=user)
    return Page([QuoteRow(quote, known[quote.deal_id]) for quote in found.rows], found.next_cursor)
