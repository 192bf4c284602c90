"""What the templates of the board need. A board has hundreds of cards: what each of them repeats is written here,
where it takes a fifth of the time of the same lines in a template.
"""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.deals.queries.board import Card
from rapport.web.board.card_line import CardLine
from rapport.web.templatetags.look import due, icon, on_day, page_of

register = template.Library()


@register.simple_tag
def card_marks(card: Card, lines: dict[int, list[CardLine]] | None) -> SafeString:
    """`{% card_marks card lines %}`: how long it is here, when it is to close, the next task, what others say."""
    found = [_stay(card)]
    day = card.deal.expected_close_on
    if day and not card.deal.closed_at:
        title, mark, hue = _("Expected to close"), icon("flag", "small"), ""
        if card.is_overdue:
            title, mark, hue = _("Expected to close, overdue"), icon("circle-alert", "small"), "hue-bad hue-ink"
            mark = format_html('{}<span class="sr-only">{} </span>', mark, _("overdue"))
        found.append(format_html('<li class="{}" title="{}">{}{}</li>', hue, title, mark, on_day(day)))
    if card.task is not None:
        found.append(_line("", icon("list-checks", "small"), card.task.what, due(card.task.due_on)))
    for line in (line for line in (lines or {}).get(card.deal.pk, ()) if not line.short):
        hue = "" if line.hue == "plain" else f"hue-{line.hue} hue-ink"
        found.append(_line(hue, icon(line.icon, "small"), line.text, ""))
    return format_html('<ul class="board-marks">{}</ul>', format_html_join("", "{}", ((item,) for item in found)))


@register.simple_tag
def card_shorts(card: Card, lines: dict[int, list[CardLine]] | None) -> SafeString:
    """`{% card_shorts card lines %}`: marks of a few signs, such as how much of the committee is met."""
    shorts = [line for line in (lines or {}).get(card.deal.pk, ()) if line.short]
    return format_html_join(
        "",
        '<span class="board-short" title="{}">{}<span aria-hidden="true">{}</span>'
        '<span class="sr-only">{}</span></span>',
        ((line.text, icon(line.icon, "small"), line.short, line.text) for line in shorts),
    )


def _stay(card: Card) -> SafeString:
    """How long the deal is in its stage; an hourglass, and words for who hears the page, where it is too long."""
    days = ngettext("%(days)s day", "%(days)s days", card.stage_days) % {"days": card.stage_days}
    shown, hue, said = "clock", "", _("in this stage")
    if card.is_rotting:
        shown, hue, said = "hourglass", "hue-warn hue-ink", _("in this stage, too long")
    return format_html(
        '<li class="{}" title="{}">{}{}<span class="sr-only"> {}</span></li>',
        hue, _("In this stage"), icon(shown, "small"), days, said,
    )  # fmt: skip


def _line(hue: str, mark: SafeString, text: str, end: Any) -> SafeString:
    return format_html(
        '<li class="board-task {}">{}<span class="truncate" title="{}">{}</span> {}</li>', hue, mark, text, text, end
    )


@register.simple_tag
def card_move(card: Card, back_to: str) -> SafeString:
    """`{% card_move card "/deals/board/" %}`: what opens the form that moves the deal."""
    address = page_of("deals:move", card.deal.pk)
    label = _("Move “%(name)s” to another stage") % {"name": card.deal.name}
    return format_html(
        '<a class="board-move btn btn-ghost btn-xs btn-square" href="{}?next={}" hx-get="{}" title="{}"'
        ' aria-label="{}">{}</a>',
        address, back_to, address, _("Move to another stage"), label, icon("arrow-right", "small"),
    )  # fmt: skip


@register.simple_tag
def card_customer(card: Card) -> SafeString | str:
    """`{% card_customer card %}`: whom the deal is with, as `deals/_customer.html` shows it."""
    customer = card.customer
    if customer is None:
        return ""
    if not customer.is_visible:
        inside = format_html('<span class="unknown">{}</span>', _("Not for you to see"))
    else:
        view = "companies:page" if customer.kind == "company" else "people:page"
        inside = format_html(
            '<a class="customer hue-{}" href="{}">{}</a>', customer.kind, page_of(view, customer.pk), customer.name
        )
    return format_html('<div class="board-card-customer">{}</div>', inside)


@register.simple_tag(takes_context=True)
def shown_panel(context: template.Context, name: str, values: dict[str, Any]) -> SafeString:
    """`{% shown_panel template values %}`: a part of a page, its values standing beside those of the page."""
    assert context.template is not None
    with context.push(**values, panel=values):
        return mark_safe(context.template.engine.get_template(name).render(context))  # noqa: S308 - rendered, escaped
