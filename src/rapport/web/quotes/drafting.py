"""The editor of a draft: what was typed so far, the button that was pressed, and what it all comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from rapport.commerce.models import Product
from rapport.deals.actions.quotes import MOST_LINES, LineDraft
from rapport.deals.models import Quote, QuoteLine, TaxRate
from rapport.deals.queries import quotes as queries
from rapport.deals.queries.quotes import QuoteFacts
from rapport.deals.rules.quotes import LineAmounts
from rapport.identity.models import User
from rapport.web.numbers import typed
from rapport.web.quotes.forms import LINE_FIELDS, LineForm, QuoteForm
from rapport.web.search.fields import choice

Typed = dict[str, str]
EMPTY: Typed = dict.fromkeys(LINE_FIELDS, "")


@dataclass
class EditedLine:
    """A line of the editor, and what it comes to where it is complete."""

    form: LineForm
    amounts: LineAmounts | None


@dataclass
class Editor:
    """A draft as it is on the screen. `is_checked` says whether what is wrong is to be shown."""

    quote: Quote
    form: QuoteForm
    lines: list[EditedLine]
    facts: QuoteFacts
    currency: str
    is_checked: bool = False

    @property
    def incomplete(self) -> int:
        """How many lines are not counted yet."""
        return sum(line.amounts is None for line in self.lines)

    def is_valid(self) -> bool:
        """Whether it can be saved as it stands."""
        return self.form.is_valid() and not self.incomplete

    def drafted(self) -> list[LineDraft]:
        """The lines; all are valid."""
        return [line.form.drafted() for line in self.lines]


def opened(quote: Quote, *, user: User) -> Editor:
    """The editor of a saved draft; one without lines begins with an empty one."""
    return _editor(quote, QuoteForm(quote=quote), stored(quote) or [EMPTY], user=user)


def stored(quote: Quote) -> list[Typed]:
    """The saved lines of a draft as they are typed."""
    lines = list(quote.lines.select_related("product").order_by("position"))
    doubles = _doubles({line.product.sort_name for line in lines if line.product})
    return [_typed(line, doubles) for line in lines]


def with_lines(editor: Editor, rows: list[Typed], *, user: User) -> Editor:
    """The editor as it was sent, with other lines."""
    return _editor(editor.quote, QuoteForm(editor.form.data, quote=editor.quote), rows, user=user)


def read(quote: Quote, given: Mapping[str, Any], *, user: User) -> Editor:
    """The editor as it was sent, after the button that was pressed; lines without a word are left out."""
    rows = _act(_rows(given), str(given.get("do", "")), user=user, quote=quote, given=given)
    if str(given.get("do", "")) in ("", "save", "submit"):
        rows = [row for row in rows if any(row[name] for name in LINE_FIELDS if name != "tax_rate")]
    return _editor(quote, QuoteForm(given, quote=quote), rows, user=user)


def _editor(quote: Quote, form: QuoteForm, rows: list[Typed], *, user: User) -> Editor:
    rates = {str(rate.pk): rate for rate in queries.tax_rates_on(_day(form, quote))}
    currency = str(form.data.get("currency") or quote.currency) if form.is_bound else quote.currency
    if currency not in dict(form.fields["currency"].choices):  # type: ignore[attr-defined]
        currency = quote.currency
    forms = [_line_form(place, row, user=user, rates=rates) for place, row in enumerate(rows)]
    whole = form.whole() if form.is_bound else queries.whole_discount(quote)
    facts = queries.facts_of((each.as_line() for each in forms if each.is_valid()), currency=currency, whole=whole)
    amounts = iter(row.amounts for row in facts.rows)
    lines = [EditedLine(each, next(amounts) if each.is_valid() else None) for each in forms]
    return Editor(quote, form, lines, facts, currency)


def _line_form(place: int, row: Typed, *, user: User, rates: Mapping[str, TaxRate]) -> LineForm:
    if not row["tax_rate"] and rates:
        row = row | {"tax_rate": next(iter(rates))}
    data = {f"line-{place}-{name}": value for name, value in row.items()}
    return LineForm(data, prefix=f"line-{place}", user=user, rates=rates)


def _day(form: QuoteForm, quote: Quote) -> Any:
    """The date of the quote in the form, or the stored one where that is no day."""
    if not form.is_bound:
        return quote.quoted_on
    form.full_clean()
    return form.cleaned_data.get("quoted_on", quote.quoted_on)


def _doubles(names: set[str]) -> set[str]:
    """Those names that several products have."""
    rows = Product.objects.filter(sort_name__in=names).values("sort_name").annotate(many=Count("pk"))
    return set(rows.filter(many__gt=1).values_list("sort_name", flat=True))


def _typed(line: QuoteLine, doubles: set[str]) -> Typed:
    """A saved line as it is typed."""
    product = line.product
    return {
        "product": choice(product, is_double=product.sort_name in doubles) if product else "",
        "description": line.description,
        "unit": line.unit,
        "quantity": typed(line.quantity),
        "unit_price": typed(line.unit_price),
        "discount": typed(line.discount) if line.discount else "",
        "tax_rate": str(line.tax_rate_id),
    }


def _rows(given: Mapping[str, Any]) -> list[Typed]:
    """The lines as they were sent."""
    count = str(given.get("lines", "0"))
    many = min(int(count), MOST_LINES) if count.isascii() and count.isdecimal() and len(count) < 6 else 0
    return [{name: str(given.get(f"line-{place}-{name}", "")).strip() for name in LINE_FIELDS} for place in range(many)]


def _act(rows: list[Typed], order: str, *, user: User, quote: Quote, given: Mapping[str, Any]) -> list[Typed]:
    """Carry out a button of the lines: `add`, `remove:2`, `up:2`, `fill:2`; others leave them as they are."""
    verb, _colon, number = order.partition(":")
    if verb == "add" and len(rows) < MOST_LINES:
        return [*rows, EMPTY]
    if not (number.isascii() and number.isdecimal() and int(number) < len(rows)):
        return rows
    place = int(number)
    if verb == "remove":
        return rows[:place] + rows[place + 1 :]
    if verb == "up" and place:
        return [*rows[: place - 1], rows[place], rows[place - 1], *rows[place + 1 :]]
    if verb == "fill":
        return [
            *rows[:place],
            _filled(rows[place], user=user, currency=str(given.get("currency", ""))),
            *rows[place + 1 :],
        ]
    return rows


def _filled(row: Typed, *, user: User, currency: str) -> Typed:
    """The line with its product's name, and its price where that is in the quote's currency and none is typed."""
    form = LineForm({"product": row["product"]}, user=user, rates={})
    form.is_valid()
    product = form.cleaned_data.get("product")
    if product is None:
        return row
    found = row | {"description": product.name, "quantity": row["quantity"] or "1"}
    if product.price is not None and product.currency == currency:
        found["unit_price"] = typed(product.price)
    return found
