"""The paper of a quote: every word and number that the template of `papers/` sets."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from rapport.core import spelled
from rapport.core.money import written
from rapport.core.typesetting import typeset
from rapport.core.written import day, number, percent
from rapport.deals.models import Quote
from rapport.deals.queries import quotes as queries
from rapport.deals.queries.quotes import LineRow, QuoteFacts
from rapport.deals.rules.quotes import rounded

LANGUAGES = ("vi", "en")


def set_quote(quote: Quote, *, language: str) -> bytes:
    """The quote as PDF in Vietnamese or English."""
    with override(language):
        return typeset("quote", paper_data(quote, language=language), at=quote.sent_at or quote.made_at)


def paper_data(quote: Quote, *, language: str) -> dict[str, Any]:
    """What the paper says, in the language that is active."""
    facts, parties = queries.quote_facts(quote=quote), queries.parties_of(quote)
    seller, customer = parties["seller"], parties["customer"]
    version = _("version %(edition)s") % {"edition": quote.edition}
    named = f"{quote.number} · {version}" if quote.edition > 1 else quote.number
    return {
        "language": language,
        "title": _("Quote %(number)s") % {"number": quote},
        "heading": _("Quote"),
        "foot": " · ".join(part for part in (seller["name"], named, _draft_mark(quote)) if part),
        "number": " · ".join(part for part in (named, _draft_mark(quote)) if part),
        "seller": {"name": seller["name"] or _("Our company"), "lines": _seller_lines(seller)},
        "customer": {
            "label": pgettext("addressee", "To"),
            "name": customer["name"] or _("Customer not named yet"),
            "lines": _customer_lines(customer),
        },
        "facts": [
            [_("Date"), day(quote.quoted_on, language=language)],
            [_("Valid until"), day(quote.valid_until, language=language)],
            [_("Currency"), quote.currency],
        ],
        "columns": _columns(facts),
        "rows": [_row(row, facts, currency=quote.currency, language=language) for row in facts.rows],
        "sums": _sums(quote, facts, language=language),
        "words_label": pgettext("amount", "In words:"),
        "words": _in_words(quote, language=language),
        "sections": _sections(quote, seller),
        "signatures": [
            [_("For the customer"), _("Signature, full name"), ""],
            [_("For the seller"), _("Signature, full name"), seller["signer"]],
        ],
    }


def _draft_mark(quote: Quote) -> str:
    """A paper that was not sent says so."""
    return _("Draft, not an offer") if quote.status in ("draft", "waiting") else ""


def _seller_lines(seller: dict[str, str]) -> list[str]:
    tax = _("Tax code: %(code)s") % {"code": seller["tax_id"]} if seller["tax_id"] else ""
    reach = " · ".join(part for part in (seller["phone"], seller["email"]) if part)
    return [line for line in (seller["address"], tax, reach) if line]


def _customer_lines(customer: dict[str, str]) -> list[str]:
    tax = _("Tax code: %(code)s") % {"code": customer["tax_id"]} if customer["tax_id"] else ""
    contact = _("Attention: %(name)s") % {"name": customer["contact"]} if customer["contact"] else ""
    return [line for line in (customer["place"], tax, contact) if line]


def _columns(facts: QuoteFacts) -> list[dict[str, Any]]:
    """The heads of the table; without any discount its column is left out."""
    names = [
        ("#", False, False), (_("Description"), False, True), (_("Unit"), False, False), (_("Quantity"), True, False),
        (_("Unit price"), True, False), (_("Discount"), True, False), (_("Tax"), True, False),
        (pgettext("line of a quote", "Amount"), True, False),
    ]  # fmt: skip
    kept = names if facts.has_line_discounts else names[:5] + names[6:]
    return [{"name": name, "number": is_number, "wide": is_wide} for name, is_number, is_wide in kept]


def _row(row: LineRow, facts: QuoteFacts, *, currency: str, language: str) -> list[str]:
    line = row.line
    discount = [percent(line.discount, language=language) if line.discount else ""] if facts.has_line_discounts else []
    return [
        str(line.position),
        line.description,
        line.unit,
        number(line.quantity, language=language, digits=3),
        price(line.unit_price, currency=currency, language=language),
        *discount,
        percent(line.tax_percent, language=language) or "–",
        bare(row.amounts.before_share, currency=currency, language=language),
    ]


def _sums(quote: Quote, facts: QuoteFacts, *, language: str) -> list[list[str]]:
    """What the lines come to, the largest sum last."""

    def said(amount: Decimal) -> str:
        return bare(amount, currency=quote.currency, language=language)

    totals = facts.totals
    found = [[_("Before discount"), said(totals.gross)]] if totals.off else []
    if totals.off_lines:
        found.append([_("Discount"), f"−{said(totals.off_lines)}"])
    if totals.off_whole:
        words = _("Discount on the whole")
        if facts.whole.is_percent:
            words = _("Discount of %(percent)s on the whole")
            words = words % {"percent": percent(facts.whole.value, language=language)}
        found.append([words, f"−{said(totals.off_whole)}"])
    found.append([_("Total before tax"), said(totals.net)])
    for rate in totals.rates:
        if rate.percent is None:
            found.append([_("Not taxed: %(amount)s") % {"amount": said(rate.net)}, "–"])
        else:
            words = _("Tax %(percent)s on %(amount)s")
            words = words % {"percent": percent(rate.percent, language=language), "amount": said(rate.net)}
            found.append([words, said(rate.tax)])
    return [*found, [_("To pay"), written(totals.total, currency=quote.currency, language=language)]]


def _in_words(quote: Quote, *, language: str) -> str:
    words = spelled.amount(quote.total, currency=quote.currency, language=language)
    return f"{words}."


def _sections(quote: Quote, seller: dict[str, str]) -> list[list[str]]:
    named = [
        (_("Terms of payment"), quote.payment_terms),
        (_("Terms of delivery"), quote.delivery_terms),
        (_("Note"), quote.note),
        (_("Bank account"), seller["bank_account"]),
    ]
    return [[label, text] for label, text in named if text.strip()]


def bare(amount: Decimal, *, currency: str, language: str) -> str:
    """An amount without its currency, with all its places: `1.250.000`, `4,514.00`."""
    places = -int(rounded(Decimal(1), currency=currency).as_tuple().exponent)
    text = number(amount, language=language, digits=0) if not places else ""
    return text or _with_places(amount, places=places, language=language)


def price(amount: Decimal, *, currency: str, language: str) -> str:
    """A unit price: at least the places of its currency, at most four."""
    if rounded(amount, currency=currency) == amount:
        return bare(amount, currency=currency, language=language)
    return number(amount, language=language, digits=4)


def _with_places(amount: Decimal, *, places: int, language: str) -> str:
    return str(format_decimal(amount, "#,##0." + "0" * places, locale=language))
