"""What a record says in the company's own fields, on its page."""

from typing import Any

from django import template
from django.urls import reverse

from rapport.fields import links, queries
from rapport.fields.definitions import Definition, Type
from rapport.fields.shown import shown
from rapport.identity.models import User

register = template.Library()
Fact = tuple[str, str, str]
_PAGES = {
    "person": "people:page", "company": "companies:page", "deal": "deals:page", "order": "orders:page",
    "product": "products:page",
}  # fmt: skip


@register.inclusion_tag("custom/_facts.html", takes_context=True)
def own_facts(context: template.Context, record: Any, kind: str) -> dict[str, Any]:
    """`{% own_facts company "company" %}`: a panel for each section of own fields that the reader may see."""
    user = context["request"].user
    assert isinstance(user, User)
    definitions = queries.seen(user, kind)
    if not definitions:
        return {"sections": []}
    names = links.names(definitions, [record.custom], user=user)
    sections = [
        (section, [_fact(each, record.custom.get(each.code), names) for each in members])
        for section, members in queries.by_section(definitions).items()
    ]
    return {"sections": sections}


def _fact(definition: Definition, value: Any, names: dict[tuple[str, int], str]) -> Fact:
    """The label, the value, and where a link leads."""
    address = ""
    if definition.type is Type.LINK and (definition.target_kind, value) in names:
        address = reverse(_PAGES[definition.target_kind], args=[value])
    return definition.label, shown(definition, value, names=names), address
