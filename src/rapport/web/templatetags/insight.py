"""Template tags for tables and pictures of numbers."""

from typing import Any

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rapport.web.insight import wording
from rapport.web.insight.tables import Column, Linked, Table, written

register = template.Library()


@register.simple_tag
def cell(value: Any, column: Column, table: Table) -> SafeString | str:
    """`{% cell value column table %}`: a value as people read it; a `Linked` text as a link."""
    if isinstance(value, Linked):
        return format_html('<a class="text-link" href="{}">{}</a>', value.address, value.text)
    language = (get_language() or "en").split("-")[0]
    return written(value, column, currency=table.currency, language=language)


@register.simple_tag
def drawing_data(drawing: dict[str, Any]) -> SafeString:
    """`{% drawing_data picture.drawing %}`: what the behaviour `chart` draws, as a JSON script beside its place."""
    return json_script(drawing)


@register.filter
def rem(length: float) -> str:
    """`{{ picture.tall|rem }}`: a length for a style, whatever the language."""
    return f"{float(length):g}rem"


@register.filter
def at(found: dict[Any, Any], key: Any) -> Any:
    """`{{ names|at:number }}`: what stands under the key, or nothing."""
    return found.get(key)


@register.filter
def whole_money(amount: float | None, currency: str) -> str:
    """`{{ traits.expected_value|whole_money:currency }}`: a computed amount, rounded as its currency is written."""
    return wording.amount(amount, currency)
