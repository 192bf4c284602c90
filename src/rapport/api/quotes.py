"""Quotes: drafted with their lines, submitted, approved, sent, answered, revised."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.deals import product
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import FieldError, Problem, invalid
from rapport.api.versions import Versioned, expected
from rapport.core import clock
from rapport.core.money import CURRENCIES
from rapport.deals import access, papers
from rapport.deals.actions import quotes as actions
from rapport.deals.models import Approval, Deal, Quote, QuoteLine, TaxRate
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Quotes"])
READ, WRITE = "quotes:read", "quotes:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
Status = Literal["draft", "waiting", "approved", "sent", "accepted", "declined", "expired", "replaced"]
LINE: dict[str, Any] = {
    "position": 0, "product_id": 3, "description": "Chair, blue", "unit": "piece", "quantity": "40.000",
    "unit_price": "1250000.0000", "discount": "5.00", "tax_rate_id": 1, "tax_percent": "10.00",
    "net": "47500000.00", "tax": "4750000.00",
}  # fmt: skip
APPROVAL: dict[str, Any] = {
    "id": 5, "level": 1, "approver_id": 2, "role": None, "asked_at": "2026-03-16T02:30:00Z", "decision": None,
    "decided_by_id": None, "decided_at": None, "comment": None,
}  # fmt: skip
EXAMPLE: dict[str, Any] = {
    "id": 12, "version": 2, "deal_id": 42, "number": "2026-0012", "edition": 1, "status": "draft", "currency": "VND",
    "quoted_on": "2026-03-16", "valid_until": "2026-04-15", "payment_terms": None, "delivery_terms": None,
    "note": None, "discount": "0.00", "discount_in": "percent", "gross": "50000000.00", "net": "47500000.00",
    "tax": "4750000.00", "total": "52250000.00", "made_by_id": 4, "made_at": "2026-03-16T02:30:00Z",
    "submitted_at": None, "sent_at": None, "answered_at": None, "answer_note": None, "order_id": None,
    "lines": [LINE], "approvals": [],
}  # fmt: skip
TAX: dict[str, Any] = {"id": 1, "name": "VAT 10 %", "percent": "10.00", "since_on": "2020-01-01", "until_on": None}
SENT_EXAMPLE: dict[str, Any] = {
    "version": 1, "valid_until": "2026-04-15",
    "lines": [{"product_id": 3, "quantity": "40", "unit_price": "1250000", "discount": "5", "tax_rate_id": 1}],
}  # fmt: skip


class LineShown(Shown):
    """One line: a product or free text. `net` and `tax` hold its share of a discount over the whole."""

    position: int
    product_id: int | None
    description: str
    unit: str | None
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Field(description="In percent.")
    tax_rate_id: int
    tax_percent: Decimal | None
    net: Decimal
    tax: Decimal


class ApprovalShown(Shown):
    """A yes that the quote needs, and what became of it."""

    id: int
    level: int
    approver_id: int | None
    role: str | None
    asked_at: datetime
    decision: str | None
    decided_by_id: int | None
    decided_at: datetime | None
    comment: str | None


class QuoteShown(Shown):
    """One version of an offer to the customer of a deal. Once sent, nothing of it changes any more."""

    id: int
    version: int
    deal_id: int
    number: str
    edition: int
    status: Status
    currency: str
    quoted_on: date
    valid_until: date
    payment_terms: str | None
    delivery_terms: str | None
    note: str | None
    discount: Decimal
    discount_in: Literal["percent", "sum"]
    gross: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    made_by_id: int | None
    made_at: datetime
    submitted_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    answer_note: str | None
    order_id: int | None
    lines: list[LineShown]
    approvals: list[ApprovalShown]


class NewLine(Sent):
    """A line as it is to stand. A product or a description is needed."""

    product_id: int | None = None
    description: str | None = Field(None, max_length=500)
    unit: str | None = Field(None, max_length=40)
    quantity: Decimal = Field(gt=0, max_digits=16, decimal_places=3)
    unit_price: Decimal = Field(ge=0, max_digits=20, decimal_places=4)
    discount: Decimal = Field(Decimal(0), ge=0, le=100, max_digits=5, decimal_places=2, description="In percent.")
    tax_rate_id: int


class QuoteChanges(Versioned):
    """What is to stand in a draft; what is not sent stays as it is. `lines` are all lines anew."""

    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    quoted_on: date | None = None
    valid_until: date | None = None
    payment_terms: str | None = Field(None, max_length=1_000)
    delivery_terms: str | None = Field(None, max_length=1_000)
    note: str | None = Field(None, max_length=2_000)
    discount: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2, description="Over the whole.")
    discount_in: Literal["percent", "sum"] | None = None
    lines: list[NewLine] | None = Field(None, max_length=actions.MOST_LINES)


class QuotesAsked(AskedPage):
    """Which quotes."""

    deal_id: int | None = None
    status: Status | None = None
    number: str | None = Field(None, max_length=20)


class PaperAsked(Sent):
    """In which language."""

    language: Literal["vi", "en"] | None = Field(None, description="As the answer (Accept-Language), unless said.")


class TaxRateShown(Shown):
    """A tax rate on sales; without a percentage what it is used for is not taxed at all."""

    id: int
    name: str
    percent: Decimal | None
    since_on: date
    until_on: date | None


TAX_RATES: Shape[TaxRate] = Shape(TaxRateShown)
_LINE_NAMES = tuple(LineShown.model_fields)
_APPROVAL_NAMES = tuple(ApprovalShown.model_fields)


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: None if getattr(row, name) == "" else getattr(row, name) for name in names}


def _lines(row: Quote) -> list[dict[str, Any]]:
    return [_plain(line, _LINE_NAMES) for line in sorted(row.lines.all(), key=lambda line: line.position)]


def _approvals(row: Quote) -> list[dict[str, Any]]:
    return [_plain(each, _APPROVAL_NAMES) for each in sorted(row.approvals.all(), key=lambda each: each.pk)]


SHAPE: Shape[Quote] = Shape(QuoteShown, lines=_lines, approvals=_approvals)


def seen(user: User) -> "QuerySet[Quote]":
    """The quotes of deals that the user may see, with lines and approvals."""
    rows = Quote.objects.filter(deal__in=Deal.objects.visible_to(user))
    return rows.select_related("deal").prefetch_related("lines", "approvals")


def quote_for(user: User, pk: int, *, edit: bool) -> Quote:
    """A quote of a deal that the user may see, or change. Raises Http404, NotAllowed."""
    quote = naming.found(seen(user), pk)
    if edit:
        access.deal_for_edit(user, quote.deal_id)
    return quote


def shown(request: ApiRequest, pk: int) -> HttpResponse:
    """The quote as it is now."""
    return one(request, SHAPE, naming.found(seen(request.caller.user), pk))


def version_of(request: ApiRequest, quote: Quote, sent: Versioned) -> int:
    """The version that the caller wants to change."""
    return expected(request, quote, sent.version, shape=SHAPE)


@operation(router, Spec(
    name="list_quotes", method="GET", path="/quotes", scope=READ, right=SEE, summary="List quotes",
    answers=PageOf[QuoteShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_quotes(request: ApiRequest, asked: Query[QuotesAsked]) -> HttpResponse:
    """Quotes of deals that you may see, a page at a time."""
    rows = seen(request.caller.user).filter(**naming.equal(asked, "deal_id", "status", "number"))
    return page_of(request, rows, SHAPE, asked)


@operation(router, Spec(
    name="get_quote", method="GET", path="/quotes/{int:pk}", scope=READ, right=SEE, summary="One quote",
    answers=QuoteShown, example=EXAMPLE,
))  # fmt: skip
def get_quote(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A quote with its lines and approvals."""
    return one(request, SHAPE, quote_for(request.caller.user, pk, edit=False), fields=asked.fields)


@operation(router, Spec(
    name="get_quote_paper", method="GET", path="/quotes/{int:pk}/paper", scope=READ, right=SEE,
    summary="The quote as PDF", answers=None, gives="application/pdf",
))  # fmt: skip
def get_quote_paper(request: ApiRequest, pk: int, asked: Query[PaperAsked]) -> HttpResponse:
    """The paper for the customer, as the page has it; a draft says on it that it is one."""
    quote = quote_for(request.caller.user, pk, edit=False)
    language = asked.language or ("vi" if get_language() == "vi" else "en")
    paper = HttpResponse(papers.set_quote(quote, language=language), content_type="application/pdf")
    paper["Content-Disposition"] = f'attachment; filename="{quote}-{language}.pdf"'
    paper["X-Content-Type-Options"] = "nosniff"
    return paper


@operation(router, Spec(
    name="make_quote", method="POST", path="/deals/{int:pk}/quotes", scope=WRITE, right=EDIT, summary="Draft a quote",
    answers=QuoteShown, status=201, example=EXAMPLE,
))  # fmt: skip
def make_quote(request: ApiRequest, pk: int) -> HttpResponse:
    """A draft with the next number of the year and the usual terms; its lines come with a change."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    quote = actions.make_quote(deal=deal, by=user, at=request.at, today=clock.today())
    found = naming.found(seen(user), quote.pk)
    return made(request, SHAPE, found, at=f"/api/v1/quotes/{quote.pk}")


@operation(router, Spec(
    name="change_quote", method="PATCH", path="/quotes/{int:pk}", scope=WRITE, right=EDIT, summary="Write a draft anew",
    answers=QuoteShown, example=EXAMPLE, sent_example=SENT_EXAMPLE, errors=(428,),
))  # fmt: skip
def change_quote(request: ApiRequest, pk: int, sent: QuoteChanges) -> HttpResponse:
    """Change a draft; lines that are sent take the place of all that stand there."""
    user = request.caller.user
    quote = quote_for(user, pk, edit=True)
    version = version_of(request, quote, sent)
    values = _values(quote, sent)
    if sent.lines is None:
        lines = [_kept(line) for line in quote.lines.select_related("product", "tax_rate").order_by("position")]
    else:
        lines = [_drafted(user, number, line) for number, line in enumerate(sent.lines)]
    try:
        actions.change_quote(quote=quote, version=version, values=values, lines=lines, by=user, at=request.at)
    except actions.WrongLine as error:
        raise Problem("invalid", errors=[FieldError(f"lines.{error.line - 1}.{error.field}", str(error))]) from error
    return shown(request, pk)


@operation(router, Spec(
    name="discard_quote", method="DELETE", path="/quotes/{int:pk}", scope=WRITE, right=EDIT,
    summary="Throw a draft away", answers=None, status=204,
))  # fmt: skip
def discard_quote(request: ApiRequest, pk: int) -> HttpResponse:
    """Only a draft; its number is not given again."""
    user = request.caller.user
    quote = quote_for(user, pk, edit=True)
    actions.discard(quote=quote, version=quote.version, by=user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="list_tax_rates", method="GET", path="/tax-rates", scope=READ, right=None, summary="List tax rates",
    answers=PageOf[TaxRateShown], example={"items": [TAX], "next": None},
))  # fmt: skip
def list_tax_rates(request: ApiRequest, asked: Query[AskedPage]) -> HttpResponse:
    """Tax rates on sales, those of days gone by included."""
    return page_of(request, TaxRate.objects.all(), TAX_RATES, asked)


def _values(quote: Quote, sent: QuoteChanges) -> dict[str, Any]:
    """The values as the action takes them, each that makes no sense refused beside its field."""
    values = sent.changes()
    values.pop("lines", None)
    texts = ("payment_terms", "delivery_terms", "note")
    values = {name: "" if name in texts and value is None else value for name, value in values.items()}
    values = {name: value for name, value in values.items() if value is not None}
    if values.get("currency", quote.currency) not in CURRENCIES:
        raise invalid("currency", _("This currency is not known here."))
    percent = values.get("discount_in", quote.discount_in) == Quote.DiscountIn.PERCENT
    if percent and values.get("discount", quote.discount) > 100:
        raise invalid("discount", _("A discount in percent is 100 at most."))
    return values


def _drafted(user: User, number: int, line: NewLine) -> actions.LineDraft:
    where = f"lines.{number}"
    rate = TaxRate.objects.filter(pk=line.tax_rate_id).first()
    if rate is None:
        raise invalid(f"{where}.tax_rate_id", _("There is no such tax rate."))
    return actions.LineDraft(
        quantity=line.quantity, unit_price=line.unit_price, discount=line.discount, tax_rate=rate,
        product=product(user, f"{where}.product_id", line.product_id), description=line.description or "",
        unit=line.unit or "",
    )  # fmt: skip


def _kept(line: QuoteLine) -> actions.LineDraft:
    return actions.LineDraft(
        quantity=line.quantity, unit_price=line.unit_price, discount=line.discount, tax_rate=line.tax_rate,
        product=line.product, description=line.description, unit=line.unit,
    )  # fmt: skip


def approval_of(quote: Quote, pk: int) -> Approval:
    """One of the quote's approvals. Raises Http404."""
    return naming.found(Approval.objects.filter(quote=quote), pk)
