"""Template tags for the cells of lists: one value of a catalogue's column, as its kind is shown."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rapport.core import clock
from rapport.deals import rules
from rapport.deals.rules.rotting import is_rotting
from rapport.identity.rights import Kind
from rapport.lists.operators import ValueKind
from rapport.lists.queries import ListPage
from rapport.lists.shape import Amount, Chosen, Column, Linked, ListRow
from rapport.web.lists.kinds import KINDS
from rapport.web.templatetags import look, records

register = template.Library()
HUES = {Kind.PERSON: "hue-person", Kind.COMPANY: "hue-company"}
# What one knows without being told what it is.
SELF_SAID = frozenset({"phone", "email", "company", "title", "customer", "stage"})
# What a phone leaves out.
LEFT_OUT = frozenset({"recorded_at", "updated_at", "tax_id", "made_at"})
Shown = SafeString | str


@register.simple_tag
def list_rows(page: ListPage, may_tick: bool) -> SafeString:
    """`{% list_rows page list.may_change_many %}`: the rows of the table, one behind the other."""
    writer = _RowWriter(page.columns, may_tick=may_tick)
    return mark_safe("".join(writer.row(row) for row in page.rows))  # noqa: S308 - every value is escaped


class _RowWriter:
    """Writes rows as HTML: what is the same in every row is worked out once.

    Every value that goes into the text of a row passes `conditional_escape`.
    """

    def __init__(self, columns: Sequence[Column], *, may_tick: bool) -> None:
        self._cells = [_Cell(column) for column in columns]
        self._tick = _("Tick %(name)s") if may_tick else None

    def row(self, row: ListRow) -> str:
        """One `<tr>`."""
        ticked = self._ticked(row) if self._tick is not None else ""
        return f"<tr>{ticked}{''.join(cell.written(row) for cell in self._cells)}</tr>"

    def _ticked(self, row: ListRow) -> str:
        assert self._tick is not None
        said = conditional_escape(self._tick % {"name": row.record})
        return (
            '<td class="row-tick"><input type="checkbox" class="checkbox checkbox-sm" form="bulk" name="ids"'
            f' value="{row.record.pk}" aria-label="{said}"></td>'
        )


class _Cell:
    """The cells of one column; a value that is not known is empty."""

    def __init__(self, column: Column) -> None:
        self._column = column
        classes = "row-name" if column.look == "name" else _classes(column)
        label = "" if column.code in SELF_SAID or column.look == "name" else f"{conditional_escape(str(column.label))}:"
        self._begin = f'<td class="{classes}"'
        self._label = f' data-label="{label}"' if label else ""
        says_unknown = column.kind is ValueKind.MONEY or column.look == "customer"
        self._empty = (
            f"{self._begin}{self._label}>{look.or_unknown('')}</td>" if says_unknown else f"{self._begin}></td>"
        )
        self._show = _LOOKS.get(column.look) or _by_kind(column.kind)

    def written(self, row: ListRow) -> str:
        """One `<td>`."""
        column = self._column
        value = column.value(row)
        inner = "" if value is None or value == [] else self._show(row, value)
        if not inner:
            return self._empty
        title = f' title="{conditional_escape(value)}"' if column.look == "email" else ""
        return f"{self._begin}{self._label}{title}>{conditional_escape(inner)}</td>"


def _by_kind(kind: ValueKind) -> Callable[[ListRow, Any], Shown]:
    show = _KINDS[kind]
    return lambda _row, value: show(value)


def _classes(column: Column) -> str:
    found = []
    if column.is_number:
        found.append("number")
    if column.kind in (ValueKind.DAY, ValueKind.INSTANT) or column.look == "phone":
        found.append("nowrap")
    if column.look == "email":
        found.append("cell-email")
    if column.code in LEFT_OUT:
        found.append("wide-only muted")
    return " ".join(found)


def _name(row: ListRow, value: Linked) -> Shown:
    record = row.record
    if value.kind is Kind.TASK:
        return value.name
    address = _address(value)
    if value.kind in (Kind.PERSON, Kind.COMPANY):
        named = value.name if value.kind is Kind.COMPANY else record.full_name
        text: Shown = named or format_html(
            '{} <span class="unknown name-unknown">{}</span>', value.name, _("name not known yet")
        )
        mark = look.avatar(named, str(value.kind))
        return _safe(f'<a class="named" href="{address}">{mark}<span>{conditional_escape(text)}</span></a>')
    link = format_html('<a href="{}">{}</a>', address, value.name)
    if value.kind is Kind.ORDER and record.total < 0:
        return format_html("{} {}", link, look.badge(_("Return"), "warn", "undo-2"))
    return link


def _address(value: Linked) -> str:
    assert value.kind is not None
    return look.page_of(KINDS[value.kind].page, value.pk)


def _linked(value: Linked) -> Shown:
    if not value.is_visible:
        return format_html('<span class="unknown">{}</span>', _("Not for you to see"))
    if value.kind is None or not KINDS[value.kind].page:
        return value.name
    hue = HUES.get(value.kind, "")
    return _safe(f'<a class="customer {hue}" href="{_address(value)}">{conditional_escape(value.name)}</a>')


def _chosen(value: Chosen) -> Shown:
    icons = {"good": "circle-check", "bad": "circle-x"}
    return look.badge(value.label, value.state, icons.get(value.state, "")) if value.state else value.label


def _stay(row: ListRow, value: int) -> Shown:
    deal = row.record
    if deal.stage.status != rules.OPEN:
        return ""
    late = is_rotting(since=deal.stage_since, expected_days=deal.stage.expected_days, now=clock.now())
    days = ngettext("%(days)s day", "%(days)s days", value) % {"days": value}
    if not late:
        return format_html('<span class="stay-days">{}</span>', days)
    mark, said = look.icon("hourglass", "small"), _("in this stage, too long")
    return format_html(
        '<span class="stay-days hue-warn hue-ink">{}{}<span class="sr-only"> {}</span></span>', mark, days, said
    )


def _expected(row: ListRow, value: date) -> Shown:
    deal = row.record
    if deal.closed_at is not None or value >= clock.today():
        return look.on_day(value)
    return format_html('{} <span class="hue-warn hue-ink">{}</span>', look.on_day(value), _("overdue"))


def _task_due(row: ListRow, value: date) -> Shown:
    return look.on_day(value) if row.record.done_at else look.due(value)


def _tags(value: list[str]) -> Shown:
    return _safe(" ".join(f'<span class="pill hue-plain">{conditional_escape(tag)}</span>' for tag in value))


def _safe(html: str) -> SafeString:
    """HTML whose values are escaped; `format_html` would be half of the work of a list."""
    return mark_safe(html)  # noqa: S308


def _instant(value: datetime) -> Shown:
    return look.when(value)


def _amount(value: Amount) -> Shown:
    return look.money_filter(value.amount, value.currency)


def _yes_no(value: bool) -> Shown:
    return pgettext("answer", "yes") if value else pgettext("answer", "no")


_LOOKS: dict[str, Callable[[ListRow, Any], Shown]] = {
    "name": _name,
    "phone": lambda _row, value: records.phone(value),
    "day": lambda _row, value: look.on_day(value),
    "due": lambda _row, value: look.due(value),
    "task_due": _task_due,
    "stay": _stay,
    "expected": _expected,
    "percent": lambda _row, value: look.share(value / 100),
}
_KINDS: dict[ValueKind, Callable[[Any], Shown]] = {
    ValueKind.TEXT: str,
    ValueKind.CHOICE: _chosen,
    ValueKind.REFERENCE: _linked,
    ValueKind.TAGS: _tags,
    ValueKind.DAY: look.on_day,
    ValueKind.INSTANT: _instant,
    ValueKind.NUMBER: look.number,
    ValueKind.MONEY: _amount,
    ValueKind.YES_NO: _yes_no,
}
