"""Template tags for scores. A matrix has hundreds of cells, so these are written in Python, not as templates."""

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.deals.queries.criteria import Cell
from rapport.deals.rules.criteria import Gate
from rapport.web import formats
from rapport.web.numbers import typed
from rapport.web.templatetags.look import icon

register = template.Library()
OUT_OF_BAND = SafeString(' hx-swap-oob="true"')


@register.filter
def signed(value: Decimal | None, digits: int = 2) -> str:
    """`{{ gap|signed }}`: `+0.32`, `−1`, `0`; unknown is empty."""
    if value is None:
        return ""
    rounded = round(value, digits)
    language = (get_language() or "en").split("-")[0]
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return sign + formats.number(abs(rounded), language=language, digits=digits)


@register.filter
def as_typed(value: Decimal | str | None) -> str:
    """`{{ score|as_typed }}`: `7.5`, `7,5`, as one types it in a field."""
    return typed(value) if isinstance(value, Decimal) else ""


@register.filter
def dotted(value: float) -> str:
    """`{{ x|dotted }}`: a coordinate of a picture, with a point in every language."""
    return f"{float(value):g}"


@register.simple_tag
def score_field(cell: Cell, address: str, is_fresh: bool = False) -> SafeString:
    """`{% score_field cell address %}`: the field of a score, saved at `address` as one leaves it.

    A fresh one takes the place of what could not be written.
    """
    offer = cell.rival.name if cell.rival else _("Our offer")
    label = f"{cell.criterion.name} · {offer}"
    return format_html(
        '<input class="input matrix-score" type="text" inputmode="decimal" maxlength="6" autocomplete="off"'
        ' id="score-{key}" name="score-{key}" value="{value}" placeholder="?" aria-label="{label}" hx-post="{address}"'
        ' hx-trigger="change" hx-swap="none" hx-sync="this:queue last" hx-include="#seen-{key}"'
        ' hx-params="score-{key},seen-{key}"{fresh}>',
        key=cell.key, value=as_typed(cell.score.score if cell.score else None), label=label, address=address,
        fresh=SafeString(' aria-invalid="true" hx-swap-oob="true"') if is_fresh else "",
    )  # fmt: skip


@register.simple_tag
def score_seen(cell: Cell, is_fresh: bool = False) -> SafeString:
    """`{% score_seen cell %}`: which score the page shows, for telling when another was quicker."""
    shown = cell.score.pk if cell.score else ""
    return format_html(
        '<input type="hidden" name="seen-{}" id="seen-{}" value="{}"{}>', cell.key, cell.key, shown, _oob(is_fresh)
    )


@register.simple_tag
def score_gate(cell: Cell, is_fresh: bool = False) -> SafeString:
    """`{% score_gate cell %}`: how the offer stands at a must-have; empty where it is none."""
    mark = ""
    if cell.gate is Gate.FAILED:
        mark = _mark("bad", "x", _("Below the mark: out"))
    elif cell.gate is Gate.PASSED:
        mark = _mark("good", "check", _("Must-have met"))
    elif cell.gate is Gate.UNKNOWN:
        mark = _mark("warn", "circle-question-mark", _("Must-have not scored yet"))
    return format_html('<span class="matrix-gate" id="gate-{}"{}>{}</span>', cell.key, _oob(is_fresh), mark)


@register.simple_tag
def score_proof(cell: Cell, is_fresh: bool = False) -> SafeString:
    """`{% score_proof cell %}`: a link to the evidence of a score, or to where it is to be written."""
    link: SafeString | str = ""
    if cell.score:
        told = cell.score.evidence or _("No evidence yet")
        link = format_html(
            '<a href="{}#offer-{}" title="{}"{}><span class="sr-only">{}: {}</span>{}</a>',
            reverse("criteria:one", args=[cell.criterion.deal_id, cell.criterion.pk]),
            cell.key,
            told,
            "" if cell.score.evidence else SafeString(' class="is-bare"'),
            _("Evidence"),
            told,
            icon("sticky-note" if cell.score.evidence else "plus", "small"),
        )
    return format_html('<span class="matrix-proof" id="proof-{}"{}>{}</span>', cell.key, _oob(is_fresh), link)


def _mark(hue: str, name: str, told: str) -> SafeString:
    return format_html(
        '<span class="hue-{} hue-ink" title="{}">{}<span class="sr-only">{}</span></span>',
        hue,
        told,
        icon(name, "small"),
        told,
    )


def _oob(is_fresh: bool) -> str:
    return OUT_OF_BAND if is_fresh else ""
