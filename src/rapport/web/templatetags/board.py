"""What the templates of the board need."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from rapport.deals.queries.board import Card
from rapport.web.board.cards import CardWriter

register = template.Library()


@register.simple_tag(takes_context=True)
def board_cards(context: template.Context, cards: Iterable[Card], swap: str = "") -> SafeString:
    """`{% board_cards column.cards %}`: deals as cards, with what `lines` says of them.

    `may` says whether to show how to move one, `here` is where one comes back to, as it stands in an address.
    """
    # Kept while the page is written, for its other columns.
    kept = context.render_context
    if "card_writer" not in kept:
        back_to = context.get("here", "") if context["may"]["deal"]["edit"] else None
        kept["card_writer"] = CardWriter(context.get("lines"), back_to=back_to)
    writer: CardWriter = kept["card_writer"]
    return writer.cards(cards, swap=swap)


@register.simple_tag(takes_context=True)
def shown_panel(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """`{% shown_panel template values %}`: a part of a page, its values standing beside those of the page."""
    assert context.template is not None
    with context.push(**values, panel=values):
        return mark_safe(context.template.engine.get_template(name).render(context))  # noqa: S308 - rendered, escaped
