"""Template tags for what the metrics say of a person."""

from decimal import Decimal

from django import template
from django.utils.translation import get_language

from rapport.core import money
from rapport.insight import words
from rapport.insight.queries import OfferLine
from rapport.web.insight.tables import rounded

register = template.Library()
THREE_DIGITS = 3


@register.filter
def segment_name(code: str) -> str:
    """`{{ traits.rfm_segment|segment_name }}`: the name of an RFM segment; none for none."""
    return words.segment(code)


@register.filter
def computed_money(amount: float | None, currency: str) -> str:
    """`{{ traits.expected_value|computed_money:currency }}`: a forecast, with no more digits than it has sense."""
    if amount is None:
        return ""
    rounded = Decimal(f"{amount:.{THREE_DIGITS}g}") if abs(amount) >= 1 else Decimal(0)
    return money.written(rounded.quantize(Decimal(1)), currency=currency, language=(get_language() or "en")[:2])


@register.filter
def counted_money(amount: float | None, currency: str) -> str:
    """`{{ traits.money|counted_money:currency }}`: a sum of what was paid, to the smallest coin."""
    if amount is None:
        return ""
    return money.written(rounded(amount, currency), currency=currency, language=(get_language() or "en")[:2])


@register.filter
def reason(line: OfferLine) -> str:
    """`{{ line|reason }}`: why a product is offered, in a sentence."""
    return words.reason(line.offered.reason, because=str(line.because or ""))
