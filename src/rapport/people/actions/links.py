"""How companies belong together."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.identity.models import User
from rapport.people.actions.cleaning import WrongValue
from rapport.people.events import CompaniesLinked, CompaniesUnlinked
from rapport.people.models import Company, CompanyLink

# Two links entered at once could close a ring that neither sees; so links of parents are made one at a time.
_ONE_PARENT_LINK_AT_A_TIME = 72_001


class CompanyRing(WrongValue):
    """A company cannot be its own parent, however far up."""


@transaction.atomic
def link_companies(
    *,
    from_company: Company,
    to_company: Company,
    kind: str,
    by: User,
    at: datetime,
    since: date | None = None,
) -> CompanyLink:
    """Say that the first company is parent of, supplies, or is a partner of the second.

    A link that had ended begins again; the log keeps from when to when it held before. Raises CompanyRing for a
    parent that is its own descendant; WrongValue where the link holds already, or the second company already has a
    parent.
    """
    if from_company.pk == to_company.pk:
        raise CompanyRing("company", _("A company cannot be linked to itself."))
    if kind == CompanyLink.Kind.PARENT_OF:
        ring_lock()
    _check_not_merged(from_company, to_company)
    if kind == CompanyLink.Kind.PARENT_OF:
        _check_parent(from_company, to_company)
    before = _check_new(from_company, to_company, kind)
    link = before or CompanyLink(from_company=from_company, to_company=to_company, kind=kind)
    held = [f"{day:%Y-%m-%d}" if day else None for day in (link.since, link.until)] if before else None
    link.since, link.until = since, None
    link.save()
    _tell("people.companies_linked", link, by=by, at=at, **({"held_before": held} if held else {}))
    outbox.put(CompaniesLinked(**_ends(link)))
    return link


@transaction.atomic
def end_link(*, link: CompanyLink, on: date, by: User, at: datetime) -> CompanyLink:
    """Two companies belonged together in this way until that day, and do no longer.

    Raises WrongValue for a day to come, one before the link began, and a link that has ended already.
    """
    link = CompanyLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if link.until is not None:
        raise WrongValue("until", _("This link has ended already."))
    if on > timezone.localtime(at).date():
        raise WrongValue("until", _("A link ends today at the latest; come back when it has ended."))
    if link.since and on < link.since:
        raise WrongValue("until", _("A link cannot end before it begins."))
    link.until = on
    link.save(update_fields=["until"])
    _tell("people.company_link_ended", link, by=by, at=at, until=f"{on:%Y-%m-%d}")
    outbox.put(CompaniesUnlinked(**_ends(link)))
    return link


@transaction.atomic
def unlink_companies(*, link: CompanyLink, by: User, at: datetime) -> None:
    """Take away a link that was entered by mistake: the two never belonged together in this way."""
    _tell("people.companies_unlinked", link, by=by, at=at)
    outbox.put(CompaniesUnlinked(**_ends(link)))
    link.delete()


def _ends(link: CompanyLink) -> dict[str, Any]:
    """What an event says of a link."""
    return {
        "from_company_id": link.from_company_id,
        "to_company_id": link.to_company_id,
        "kind": str(link.kind),
    }


def _tell(code: str, link: CompanyLink, *, by: User, at: datetime, **more: Any) -> None:
    """Write the link into the log of both companies, and bump their versions."""
    ids = (link.from_company_id, link.to_company_id)
    for company in Company.objects.locked().filter(pk__in=ids).order_by("pk"):
        company.version += 1
        company.updated_at = at
        company.save(update_fields=["version", "updated_at"])
        other = next(pk for pk in ids if pk != company.pk)
        audit.record(code, target=company, by=by, at=at, data={"kind": link.kind, "company": other} | more)


def _check_not_merged(*companies: Company) -> None:
    """Lock both, so that neither is merged meanwhile. Raises WrongValue for one that was."""
    rows = Company.objects.locked().filter(pk__in=[company.pk for company in companies]).order_by("pk")
    if any(company.merged_into_id for company in rows):
        raise WrongValue("company", _("One of the two was merged with another record already."))


def _check_new(from_company: Company, to_company: Company, kind: str) -> CompanyLink | None:
    """The same link where it held once and ended. Raises WrongValue where it holds now."""
    same = Q(from_company=from_company, to_company=to_company)
    if kind == CompanyLink.Kind.PARTNER_OF:
        same |= Q(from_company=to_company, to_company=from_company)
    known = CompanyLink.objects.select_for_update().filter(same, kind=kind).order_by("-until").first()
    if known and known.until is None:
        raise WrongValue("company", _("These two companies are already linked in this way."))
    return known


def ring_lock() -> None:
    """Let nobody else tie parents until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_PARENT_LINK_AT_A_TIME])


def stands_above(company: Company, *, other: Company) -> bool:
    """Whether a company is the parent of another, however far up, by the links that hold today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above(id) AS ("
            " SELECT from_company_id FROM people_companylink"
            " WHERE to_company_id = %(other)s AND kind = 'parent_of' AND until IS NULL"
            " UNION SELECT link.from_company_id FROM people_companylink link JOIN above"
            " ON link.to_company_id = above.id WHERE link.kind = 'parent_of' AND link.until IS NULL)"
            " SELECT 1 FROM above WHERE id = %(company)s",
            {"company": company.pk, "other": other.pk},
        )
        return cursor.fetchone() is not None


def _check_parent(parent: Company, child: Company) -> None:
    if stands_above(child, other=parent):
        raise CompanyRing("company", _("A company cannot be its own parent, however far up."))
    present = CompanyLink.objects.filter(to_company=child, kind="parent_of", until__isnull=True)
    known = present.exclude(from_company=parent).select_related("from_company").first()
    if known:
        raise WrongValue(
            "company",
            _("%(company)s already has a parent: %(parent)s.")
            % {"company": child.name, "parent": known.from_company.name},
        )
