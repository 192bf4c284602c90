"""Template tags for what people and companies are known by."""

from babel import Locale
from django import template
from django.utils.translation import get_language

from rapport.people.rules import phones, places

register = template.Library()


@register.filter
def phone(e164: str) -> str:
    """`{{ person.phone|phone }}`: `0912 345 678`; unknown is empty."""
    return phones.written(e164) if e164 else ""


@register.filter
def country_name(code: str) -> str:
    """`{{ person.country|country_name }}`: the name in the language of the page; unknown is empty."""
    return places.country_name(code, language=(get_language() or "en").split("-")[0]) if code else ""


@register.filter
def language_name(code: str) -> str:
    """`{{ person.language|language_name }}`: the name in the language of the page; unknown is empty."""
    if not code:
        return ""
    name = str(Locale((get_language() or "en").split("-")[0]).languages.get(code, code))
    return name[:1].upper() + name[1:]
