"""The register of requirements as files: the workbook with all versions and what changes took, for us; the paper
with what is to be made, for the customer to sign.
"""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from rapport.core import audit, clock
from rapport.deals import access
from rapport.deals.models import Deal
from rapport.deals.queries import tailoring as queries
from rapport.deals.queries.tailoring import RequirementRow, VersionRow
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.people.customers import parties
from rapport.web import sheets
from rapport.web.sheets import Column, Paper, Part, Sheet, Told, Value


@require_safe
def register_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version of every requirement with its cause, minutes and cost."""
    user = cast(User, request.user)
    deal = access.deal_for(user, pk, Action.EXPORT)
    register = queries.register(deal=deal, user=user)
    columns = [
        Column(pgettext("row", "No."), 6), Column(_("Version"), 8, is_number=True), Column(_("Requirement"), 30),
        Column(_("Goal"), 30), Column(_("Context"), 30), Column(_("Specification"), 50), Column(_("Accepted when"), 30),
        Column(_("It serves"), 22), Column(_("State"), 14), Column(_("Accepted on"), 12), Column(_("Cause"), 24),
        Column(_("Minutes"), 10, is_number=True), Column(_("Cost"), 14, is_number=True), Column(_("Currency"), 9),
        Column(_("Written"), 17), Column(_("By"), 20),
    ]  # fmt: skip
    rows = [_version(row, each) for row in register.rows for each in reversed(row.versions)]
    facts: list[tuple[str, Value]] = [
        (_("Requirements"), len(register.live)), (_("Accepted"), register.accepted),
        (_("Changes after acceptance"), register.rework.count), (_("Minutes"), register.rework.minutes),
    ]  # fmt: skip
    costs = sorted(register.rework.costs.items())
    facts += [(_("Cost in %(currency)s") % {"currency": code}, amount) for code, amount in costs]
    _note(request, deal)
    book = sheets.workbook([
        Sheet(name=_("Requirements"), columns=columns, rows=rows),
        sheets.overview(name=_("Rework"), head=(_("Deal"), deal.name), facts=facts),
    ])  # fmt: skip
    return sheets.as_file(book, name=f"requirements-{deal.pk}.xlsx", kind=sheets.XLSX)


def _version(row: RequirementRow, each: VersionRow) -> list[Value]:
    one = each.version
    return [
        str(row.requirement.number), one.number, one.title, one.goal, one.context, one.specification,
        one.accepted_when, row.serves.name if row.serves else "", _state(row) if each is row.newest else "",
        each.acceptance.on if each.acceptance else None, one.get_cause_display() if one.cause else "",
        one.minutes, one.cost, one.currency, one.at, str(one.by or ""),
    ]  # fmt: skip


def _state(row: RequirementRow) -> str:
    if row.is_dropped:
        return _("Dropped")
    if row.newest.acceptance:
        return _("Accepted")
    return _("Changed since acceptance") if row.was_accepted else _("Not accepted yet")


@require_safe
def register_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be made, requirement by requirement as it stands now, with room for both signatures."""
    user = cast(User, request.user)
    deal = access.deal_for(user, pk, Action.EXPORT)
    register = queries.register(deal=deal, user=user)
    customer = parties([deal], user=user)[deal.pk].customer
    named = customer.name if customer else ""
    paper = Paper(
        title=_("Requirements"),
        subtitle=deal.name,
        foot=organisation().name,
        facts=[(_("Customer"), named), (_("Made by"), organisation().name), (_("As of"), clock.today())],
        parts=[Part(heading=_("What is made to measure"), texts=[_told(row) for row in register.live])],
        signatures=[(_("Customer"), named), (_("Made by"), organisation().name)],
    )
    _note(request, deal)
    content = sheets.paper(paper, at=clock.now())
    return sheets.as_file(content, name=f"requirements-{deal.pk}.pdf", kind="application/pdf")


def _told(row: RequirementRow) -> Told:
    one = row.newest.version
    said = [
        (_("Goal"), one.goal), (_("Context"), one.context), (_("Specification"), one.specification),
        (_("Accepted when"), one.accepted_when), (_("It serves"), row.serves.name if row.serves else ""),
    ]  # fmt: skip
    if row.newest.acceptance:
        accepter = row.newest.accepter.name if row.newest.accepter else ""
        said.append((_("Accepted on"), " · ".join(filter(None, (sheets.written(row.newest.acceptance.on), accepter)))))
    version = _("version %(number)s") % {"number": one.number}
    return Told(title=f"{row.requirement.number}. {one.title} ({version})", said=said)


def _note(request: HttpRequest, deal: Deal) -> None:
    audit.record("deals.requirements_exported", target=deal, by=cast(User, request.user), at=clock.now())
