"""The matrix and the tender pack as files. The pack is for the customer: it holds no score, ours or a rival's."""

from decimal import Decimal
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from rapport.core import audit, clock
from rapport.deals import access
from rapport.deals.models import Deal
from rapport.deals.queries import criteria as matrices
from rapport.deals.queries import tender
from rapport.deals.queries.criteria import Column as Offer
from rapport.deals.queries.tender import Pack
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.people.customers import parties
from rapport.web import sheets
from rapport.web.sheets import Column, Paper, Part, Sheet, Value

PDF = "application/pdf"


@require_safe
def matrix_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The matrix with all scores and their evidence, for us; the audit log keeps who took it."""
    user = cast(User, request.user)
    deal = access.deal_for(user, pk, Action.EXPORT)
    matrix = matrices.matrix(deal=deal, user=user)
    columns = [
        Column(_("Criterion"), 34), Column(_("Kind"), 12), Column(_("Must-have"), 12),
        Column(_("Weight"), 9, is_number=True), Column(_("Who cares"), 22),
    ]  # fmt: skip
    for offer in matrix.columns:
        columns += [Column(_named(offer), 12, is_number=True), Column(_("Evidence"), 34)]
    columns += [
        Column(_("Gap to the best rival"), 14, is_number=True),
        Column(_("One point more gives"), 14, is_number=True),
    ]
    rows = [_matrix_row(row) for row in matrix.rows]
    totals: list[Value] = [_("Weighted total"), "", "", "", ""]
    for offer in matrix.columns:
        totals += [_rounded(offer.total.value), ""]
    totals += [_rounded(matrix.best.points if matrix.best else None), ""]
    sheet = Sheet(name=_("Criteria"), columns=columns, rows=[*rows, totals])
    _note(request, deal, "matrix")
    return sheets.as_file(sheets.workbook([sheet]), name=f"criteria-{deal.pk}.xlsx", kind=sheets.XLSX)


def _named(offer: Offer) -> str:
    return offer.rival.name if offer.rival else _("Our offer")


def _matrix_row(row: matrices.Row) -> list[Value]:
    one = row.criterion
    found: list[Value] = [
        one.name, one.get_kind_display(), _("yes") if one.is_must else "", one.weight,
        row.holder.name if row.holder else "",
    ]  # fmt: skip
    for cell in row.cells:
        found += [cell.score.score if cell.score else None, cell.score.evidence if cell.score else ""]
    return [*found, row.gap, _rounded(row.plus_one.gain)]


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 2)


@require_safe
def pack_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The tender pack as a workbook to work on: criteria with our answers, papers and how far they are, dates."""
    deal = access.deal_for(cast(User, request.user), pk, Action.EXPORT)
    pack = tender.pack(deal=deal, today=clock.today())
    facts = _facts(deal, pack, cast(User, request.user))
    if pack.tender and pack.tender.note:
        facts.append((_("Conditions"), pack.tender.note))
    book = sheets.workbook([
        sheets.overview(name=_("Tender"), head=(_("Deal"), deal.name), facts=facts),
        Sheet(name=_("Criteria and answers"), columns=_criteria_columns(), rows=_criteria_rows(pack)),
        Sheet(name=_("Documents"), columns=_document_columns(is_inner=True), rows=_document_rows(pack, is_inner=True)),
    ])  # fmt: skip
    _note(request, deal, "pack")
    return sheets.as_file(book, name=f"tender-{deal.pk}.xlsx", kind=sheets.XLSX)


@require_safe
def pack_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The tender pack as a paper for the customer."""
    user = cast(User, request.user)
    deal = access.deal_for(user, pk, Action.EXPORT)
    pack = tender.pack(deal=deal, today=clock.today())
    parts = [Part(heading=_("Criteria and answers"), columns=_criteria_columns(), rows=_criteria_rows(pack))]
    if pack.documents:
        parts.append(
            Part(
                heading=_("Documents"),
                columns=_document_columns(is_inner=False),
                rows=_document_rows(pack, is_inner=False),
            )
        )
    if pack.tender and pack.tender.note:
        parts.append(Part(heading=_("Conditions"), intro=pack.tender.note))
    found = Paper(
        title=_("Tender pack"),
        subtitle=deal.name,
        foot=organisation().name,
        facts=_facts(deal, pack, user),
        parts=parts,
    )
    _note(request, deal, "pack")
    return sheets.as_file(sheets.paper(found, at=clock.now()), name=f"tender-{deal.pk}.pdf", kind=PDF)


def _facts(deal: Deal, pack: Pack, user: User) -> list[tuple[str, Value]]:
    customer = parties([deal], user=user)[deal.pk].customer
    found: list[tuple[str, Value]] = [
        (_("Customer"), customer.name if customer else ""),
        (_("Offered by"), organisation().name),
    ]
    if pack.tender:
        one = pack.tender
        found += [
            (_("Tender number"), one.reference), (_("Questions until"), one.questions_until),
            (_("To be handed in by"), one.due_at), (_("Opening of offers"), one.opened_on),
            (_("Decision expected"), one.decided_on),
        ]  # fmt: skip
    return found


def _criteria_columns() -> list[Column]:
    return [
        Column(pgettext("row", "No."), 5), Column(_("Criterion"), 26), Column(_("Must-have"), 11),
        Column(_("Weight"), 9, is_number=True), Column(_("Our answer"), 60), Column(_("Answer due"), 12),
    ]  # fmt: skip


def _criteria_rows(pack: Pack) -> list[list[Value]]:
    return [
        [str(number), row.name, _("yes") if row.is_must else "", row.weight, row.answer, row.due_on]
        for number, row in enumerate(pack.criteria, start=1)
    ]


def _document_columns(*, is_inner: bool) -> list[Column]:
    """What is said of papers; how far they are and who prepares them is for us alone."""
    found = [Column(pgettext("row", "No."), 5), Column(_("Document"), 44), Column(_("Due"), 12)]
    inner = [Column(_("State"), 12), Column(_("Prepared by"), 20), Column(_("Note"), 28)]
    return found + (inner if is_inner else [])


def _document_rows(pack: Pack, *, is_inner: bool) -> list[list[Value]]:
    found: list[list[Value]] = []
    for number, row in enumerate(pack.documents, start=1):
        inner: list[Value] = [row.get_state_display(), str(row.preparer or ""), row.note] if is_inner else []
        found.append([str(number), row.name, row.due_on, *inner])
    return found


def _note(request: HttpRequest, deal: Deal, what: str) -> None:
    audit.record(
        "deals.criteria_exported", target=deal, by=cast(User, request.user), at=clock.now(), data={"file": what}
    )
