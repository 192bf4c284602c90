"""Template filters of quotes: percentages that are kept in percent, not as shares."""

from decimal import Decimal

from django import template

from rapport.web.quotes.forms import percent_words

register = template.Library()


@register.filter
def percent(value: Decimal | None) -> str:
    """`{{ line.discount|percent }}`: `7,5 %`; nothing for what is unknown."""
    return percent_words(value)
