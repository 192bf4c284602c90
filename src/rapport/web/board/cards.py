"""Cards of the board as HTML. A board has hundreds of them: written here, a card takes a tenth of the time of the same
lines in a template, since words are translated, icons drawn and names of addresses resolved once for all cards.
"""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rapport.core import money
from rapport.deals.queries.board import Card
from rapport.people.customers import Customer
from rapport.web.board.card_line import CardLine
from rapport.web.templatetags.look import avatar, due, icon, on_day, page_of


class CardWriter:
    """Writes cards with the lines that other parts put onto them.

    `back_to` is where the form of a move leads back to, as it stands in an address; without it nobody moves anything.
    """

    def __init__(self, lines: dict[int, list[CardLine]] | None, *, back_to: str | None) -> None:
        self._lines = lines or {}
        self._back_to = None if back_to is None else escape(back_to)
        self._language = (get_language() or "en").split("-")[0]
        self._no_amount = _unknown(_("no amount yet"))
        self._hidden = _unknown(_("Not for you to see"))
        self._move, self._moves = escape(_("Move to another stage")), _("Move “%(name)s” to another stage")
        self._expected = _titled(_("Expected to close"), "flag")
        overdue = escape(_("overdue"))
        late = _titled(_("Expected to close, overdue"), "circle-alert")
        self._overdue = f'{late}<span class="sr-only">{overdue} </span>'
        self._in_stage = escape(_("In this stage"))
        self._said = escape(_("in this stage"))
        self._said_too_long = escape(_("in this stage, too long"))
        self._avatars: dict[str, str] = {}

    def cards(self, cards: Iterable[Card], *, swap: str = "") -> SafeString:
        """The cards, one behind the other; `swap` puts each in the place of one that is shown."""
        return mark_safe("".join(self._card(card, swap) for card in cards))  # noqa: S308 - every value is escaped

    def _card(self, card: Card, swap: str) -> str:
        deal = card.deal
        lines = self._lines.get(deal.pk, ())
        rotting = " is-rotting" if card.is_rotting else ""
        oob = f' hx-swap-oob="{escape(swap)}"' if swap else ""
        amount = escape(money.written(deal.amount, currency=deal.currency, language=self._language))
        shorts = "".join(_short(line) for line in lines if line.short)
        return (
            f'<article class="board-card{rotting}" id="deal-{deal.pk}" data-deal="{deal.pk}"'
            f' data-version="{deal.version}"{oob}>\n'
            f'<div class="board-card-head"><a class="board-card-name" href="{page_of("deals:page", deal.pk)}">'
            f"{escape(deal.name)}</a>{self._mover(card)}</div>{self._customer(card.customer)}"
            f'<div class="board-card-line"><span class="board-amount">{amount or self._no_amount}</span>{shorts}'
            f"{self._owner(card.owner)}</div>{self._marks(card, lines)}</article>\n"
        )

    def _mover(self, card: Card) -> str:
        """What opens the form that moves the deal."""
        if self._back_to is None:
            return ""
        address = page_of("deals:move", card.deal.pk)
        return (
            f'<a class="board-move btn btn-ghost btn-xs btn-square" href="{address}?next={self._back_to}"'
            f' hx-get="{address}" title="{self._move}" aria-label="{escape(self._moves % {"name": card.deal.name})}">'
            f"{icon('arrow-right', 'small')}</a>"
        )

    def _customer(self, customer: Customer | None) -> str:
        """Whom the deal is with, as `deals/_customer.html` shows it."""
        if customer is None:
            return ""
        inside = self._hidden
        if customer.is_visible:
            address = page_of("companies:page" if customer.kind == "company" else "people:page", customer.pk)
            inside = f'<a class="customer hue-{customer.kind}" href="{address}">{escape(customer.name)}</a>'
        return f'<div class="board-card-customer">{inside}</div>'

    def _owner(self, name: str) -> str:
        if name and name not in self._avatars:
            said = escape(name)
            shown = avatar(name, "person", "small")
            self._avatars[name] = f'<span title="{said}">{shown}<span class="sr-only">{said}</span></span>'
        return self._avatars[name] if name else ""

    def _marks(self, card: Card, lines: Iterable[CardLine]) -> str:
        """How long it is here, when it is to close, the next task, what others say."""
        found = [self._stay(card)]
        day = card.deal.expected_close_on
        if day and not card.deal.closed_at:
            hue, shown = ("hue-bad hue-ink", self._overdue) if card.is_overdue else ("", self._expected)
            found.append(f'<li class="{hue}" {shown}{on_day(day)}</li>')
        if card.task is not None:
            found.append(_line("", "list-checks", card.task.what, due(card.task.due_on)))
        for line in lines:
            if not line.short:
                hue = "" if line.hue == "plain" else f"hue-{line.hue} hue-ink"
                found.append(_line(hue, line.icon, line.text))
        return f'<ul class="board-marks">{"".join(found)}</ul>'

    def _stay(self, card: Card) -> str:
        """How long the deal is in its stage; an hourglass, and words for who hears the page, where it is too long."""
        days = escape(ngettext("%(days)s day", "%(days)s days", card.stage_days) % {"days": card.stage_days})
        shown, hue, said = "clock", "", self._said
        if card.is_rotting:
            shown, hue, said = "hourglass", "hue-warn hue-ink", self._said_too_long
        return (
            f'<li class="{hue}" title="{self._in_stage}">{icon(shown, "small")}{days}'
            f'<span class="sr-only"> {said}</span></li>'
        )


def _short(line: CardLine) -> str:
    """A mark of a few signs, such as how much of the committee is met."""
    said = escape(line.text)
    return (
        f'<span class="board-short" title="{said}">{icon(line.icon, "small")}'
        f'<span aria-hidden="true">{escape(line.short)}</span><span class="sr-only">{said}</span></span>'
    )


def _line(hue: str, mark: str, text: str, end: str = "") -> str:
    """A line with a mark; `end` is HTML."""
    said = escape(text)
    return (
        f'<li class="board-task {hue}">{icon(mark, "small")}<span class="truncate" title="{said}">{said}</span>'
        f" {end}</li>"
    )


def _unknown(said: str) -> str:
    return f'<span class="unknown">{escape(said)}</span>'


def _titled(said: str, drawn: str) -> str:
    """The end of an opening tag that shows an icon and says what it means."""
    return f'title="{escape(said)}">{icon(drawn, "small")}'
