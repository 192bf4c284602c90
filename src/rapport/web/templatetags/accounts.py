"""Template tags for sums in several currencies."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rapport.core import money

register = template.Library()


@register.filter
def sums(values: dict[str, Decimal] | None) -> SafeString | str:
    """`{{ row.open_value|sums }}`: `1,8 tỷ ₫ + 40 N US$`, the exact amounts when pointed at; nothing is a dash.

    Currencies are never converted or added up.
    """
    if not values:
        return "–"
    language = (get_language() or "en").split("-")[0]
    ordered = sorted(values.items(), key=lambda item: (item[0] != "VND", item[0]))
    short = " + ".join(money.short(value, currency=currency, language=language) for currency, value in ordered)
    full = " + ".join(money.written(value, currency=currency, language=language) for currency, value in ordered)
    return format_html('<span title="{}">{}</span>', full, short)


@register.filter
def amount_in(values: dict[str, Decimal] | None, currency: str) -> Decimal | None:
    """`{{ year.ordered|amount_in:"VND" }}`: the amount in one currency; None where there is none."""
    return (values or {}).get(currency)


@register.filter
def whole_minutes(value: float | None) -> int | None:
    """`{{ minutes|whole_minutes|duration }}`: a mean as whole minutes."""
    return None if value is None else round(value)
