"""Two people wrote the same draft: their lines beside each other, and out of both what was chosen of each."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.deals.actions.quotes import LineDraft
from rapport.deals.models import Quote, TaxRate
from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.web import conflict, formats
from rapport.web.quotes import drafting
from rapport.web.quotes.drafting import Editor, Typed
from rapport.web.quotes.forms import LINE_FIELDS, LINES, QuoteForm, rate_words
from rapport.web.seen import opened_on, part_entries, since

Key = tuple[Any, ...]
LINE = "line."


@dataclass(frozen=True)
class Line:
    """A line of a draft: what tells it from others, and how it reads."""

    key: Key
    words: str


@dataclass(frozen=True)
class Hunk:
    """Lines of mine in whose place others of theirs stand; either may be none."""

    mine: range
    theirs: range


def chosen(request: HttpRequest, editor: Editor, *, user: User) -> Editor:
    """The editor with their lines where these were chosen; as it is where none were, or it is not whole or stale."""
    numbers = {name.removeprefix(LINE) for name in conflict.dropped(request) if name.startswith(LINE)}
    if not numbers or not editor.is_valid() or editor.form.cleaned_data["version"] != editor.quote.version:
        return editor
    mine, theirs = [_row(line.form) for line in editor.lines], drafting.stored(editor.quote)
    rows: list[Typed] = []
    done = 0
    for number, hunk in enumerate(_hunks(_mine(editor), _theirs(editor.quote))):
        rows += mine[done : hunk.mine.start]
        if str(number) in numbers:
            rows += theirs[hunk.theirs.start : hunk.theirs.stop]
        else:
            rows += mine[hunk.mine.start : hunk.mine.stop]
        done = hunk.mine.stop
    return drafting.with_lines(editor, rows + mine[done:], user=user)


def page(request: HttpRequest, editor: Editor) -> HttpResponse:
    """The page on which one chooses between the two drafts, field by field, and line by line."""
    quote = Quote.objects.get(pk=editor.quote.pk)
    happened = since(quote, opened_on(editor.form.data), parts=LINES)
    then = {}
    if happened.columns is not None and "discount" in happened.columns:
        then["discount"] = Decimal(str(happened.columns["discount"] or 0)) or None
    other = conflict.Other(
        since=happened, then=then, title=_("Quote %(number)s") % {"number": quote},
        differing=_differing(request, editor, quote, is_known=happened.columns is not None),
    )  # fmt: skip
    back = reverse("quotes:page", args=[quote.deal_id, quote.pk])
    return conflict.page(request, editor.form, quote, initial_of=QuoteForm.initial_of, back=back, other=other)


def _differing(request: HttpRequest, editor: Editor, quote: Quote, *, is_known: bool) -> conflict.Differing:
    """The lines that differ, settled where only one of the two touched them."""
    mine, theirs = _mine(editor), _theirs(quote)
    before = _before(quote, opened_on(editor.form.data))
    then = {line.key for line in theirs} if before is None else before
    found = conflict.Differing()
    for number, hunk in enumerate(_hunks(mine, theirs)):
        one, other = mine[hunk.mine.start : hunk.mine.stop], theirs[hunk.theirs.start : hunk.theirs.stop]
        ours, yours = {line.key for line in one}, {line.key for line in other}
        compared = conflict.compared(
            request, f"{LINE}{number}", _label(hunk.mine or hunk.theirs),
            mine="\n".join(line.words for line in one), theirs="\n".join(line.words for line in other),
        )  # fmt: skip
        found.put(
            compared,
            is_mine=not is_known or bool(ours - then or (yours & then) - ours),
            is_theirs=not is_known or bool(yours - then or (ours & then) - yours),
        )
    return found


def _label(place: range) -> str:
    if len(place) == 1:
        return _("Line %(line)s") % {"line": place.start + 1}
    return _("Lines %(first)s to %(last)s") % {"first": place.start + 1, "last": place.stop}


def _hunks(mine: Sequence[Line], theirs: Sequence[Line]) -> list[Hunk]:
    """Where the two lists differ; the same lists always give the same, so that a choice finds its place again."""
    matcher = difflib.SequenceMatcher(None, [line.key for line in mine], [line.key for line in theirs], autojunk=False)
    found: list[Hunk] = []
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "replace" and b - a == d - c:
            found += [Hunk(range(a + step, a + step + 1), range(c + step, c + step + 1)) for step in range(b - a)]
        elif what != "equal":
            found.append(Hunk(range(a, b), range(c, d)))
    return found


def _mine(editor: Editor) -> list[Line]:
    """The lines of the editor; all are valid."""
    return [_line(draft, draft.tax_rate) for draft in editor.drafted()]


def _theirs(quote: Quote) -> list[Line]:
    """The lines that stand there now."""
    rows = quote.lines.select_related("product", "tax_rate").order_by("position")
    return [
        _line(
            LineDraft(
                product=row.product, description=row.description, unit=row.unit, quantity=row.quantity,
                unit_price=row.unit_price, discount=row.discount, tax_rate=row.tax_rate,
            ),
            row.tax_rate,
        )
        for row in rows
    ]  # fmt: skip


def _line(draft: LineDraft, rate: TaxRate) -> Line:
    description = " ".join(draft.description.split()) or str(draft.product or "")
    key = (
        draft.product.pk if draft.product else None, description, " ".join(draft.unit.split()), draft.quantity,
        draft.unit_price, draft.discount, rate.pk,
    )  # fmt: skip
    much = f"{_number(draft.quantity)} {draft.unit}".strip()
    off = f" − {_number(draft.discount)} %" if draft.discount else ""
    return Line(key, f"{description}: {much} × {_number(draft.unit_price)}{off} · {rate_words(rate)}")


def _number(value: Decimal) -> str:
    return formats.number(value, language=(get_language() or "en").split("-")[0], digits=4)


def _before(quote: Quote, opened: str) -> set[Key] | None:
    """The lines as the form was opened with; None where nobody touched them since, or where nobody can tell."""
    entries = part_entries(quote, *LINES, opened)
    if not entries:
        return None
    gone = [each.before or {} for each in entries if each.label == Entry.Label.REMOVED and each.at == entries[0].at]
    return {
        (
            row.get("product_id"), " ".join(str(row.get("description", "")).split()),
            " ".join(str(row.get("unit", "")).split()), Decimal(str(row["quantity"])),
            Decimal(str(row["unit_price"])), Decimal(str(row.get("discount") or 0)), row.get("tax_rate_id"),
        )
        for row in gone
    }  # fmt: skip


def _row(form: Any) -> Typed:
    """A line as it was typed."""
    return {name: str(form.data.get(form.add_prefix(name), "")) for name in LINE_FIELDS}
