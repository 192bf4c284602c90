"""Making one record of two that turned out to be one person, or one company.

The kept record stays as it is and takes over what it lacks; everything that pointed at the other one now points at it.
The other one is put away and points to the kept one, so that old addresses and a customer number in a later file
still lead there. `people.Merge` holds what moved and what both said before.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, holders, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.identity.models import User
from rapport.people.actions.companies import name_company_again
from rapport.people.actions.links import CompanyRing, ring_lock
from rapport.people.actions.persons import name_again
from rapport.people.events import CompaniesMerged, PeopleMerged
from rapport.people.holders import COMPANY, PERSON
from rapport.people.models import Company, CompanyLink, ContactPoint, Merge, Person

Versions = tuple[int, int]
Both = TypeVar("Both", Person, Company)
OF_A_PERSON = ("full_name", "email", "phone", "title", "birthday", "language", "province", "country", "source")
OF_A_COMPANY = ("tax_id", "domain", "industry", "employees", "revenue", "province", "country", "source")


class CannotMerge(RapportError):
    """These two records cannot become one."""


@transaction.atomic
def merge_people(*, kept: Person, gone: Person, versions: Versions, by: User, at: datetime) -> Person:
    """Make one person of two. E-mail and phone of the gone one become further ways to reach the kept one.

    `versions` are those of both records, kept first, as they were looked at. Raises CannotMerge, ChangedByAnother.
    """
    kept, gone = _locked(Person.objects.all(), kept.pk, gone.pk, versions)
    before = _as_they_were(kept, gone)
    moved = _move_everything(PERSON, kept=kept.pk, gone=gone.pk, at=at)
    filled = [*_fill(kept, gone, OF_A_PERSON), *_common(kept, gone)]
    _take_over_addresses(kept, gone)
    _put_away(gone, kept, at=at)
    _take_over_external_id(kept, gone, may=bool(gone.full_name or gone.email or gone.phone))
    name_again(kept)
    name_again(gone)
    _save(kept, gone, at=at)
    _tell(kept, gone, moved=moved, before=before, filled=filled, by=by, at=at)
    outbox.put(PeopleMerged(kept_id=kept.pk, gone_id=gone.pk))
    return kept


@transaction.atomic
def merge_companies(*, kept: Company, gone: Company, versions: Versions, by: User, at: datetime) -> Company:
    """Make one company of two. Where both have a parent, the kept one's stays and the other link ends that day.

    `versions` are those of both records, kept first, as they were looked at. Raises CannotMerge, ChangedByAnother,
    CompanyRing where the kept one would become its own parent.
    """
    ring_lock()
    kept, gone = _locked(Company.objects.all(), kept.pk, gone.pk, versions)
    before = _as_they_were(kept, gone)
    _leave_one_parent(kept, gone, at=at)
    moved = _move_everything(COMPANY, kept=kept.pk, gone=gone.pk, at=at)
    _partners_once(kept)
    _refuse_ring(kept)
    filled = [*_fill(kept, gone, OF_A_COMPANY), *_common(kept, gone)]
    _put_away(gone, kept, at=at)
    _take_over_external_id(kept, gone, may=True)
    name_company_again(kept)
    name_company_again(gone)
    _save(kept, gone, at=at)
    _tell(kept, gone, moved=moved, before=before, filled=filled, by=by, at=at)
    outbox.put(CompaniesMerged(kept_id=kept.pk, gone_id=gone.pk))
    return kept


def _locked(rows: QuerySet[Both], kept: int, gone: int, versions: Versions) -> tuple[Both, Both]:
    """Both records, locked in one order whoever asks. Raises CannotMerge, ChangedByAnother."""
    if kept == gone:
        raise CannotMerge(_("This is one and the same record."))
    found = {row.pk: row for row in rows.select_for_update(of=("self",)).filter(pk__in=(kept, gone)).order_by("pk")}
    if len(found) < 2:
        raise CannotMerge(_("One of the two records is not there any more."))
    pair = found[kept], found[gone]
    if any(record.merged_into_id for record in pair):
        raise CannotMerge(_("One of the two was merged with another record already."))
    if pair[0].archived_at is not None:
        raise CannotMerge(_("The record to keep is in the archive. Fetch it back first."))
    if (pair[0].version, pair[1].version) != versions:
        raise ChangedByAnother(_("One of the two records was changed meanwhile. Look at both again."))
    return pair


def _as_they_were(kept: Both, gone: Both) -> dict[str, str]:
    model = type(kept)
    return {"kept": holders.as_stored(model, kept.pk), "gone": holders.as_stored(model, gone.pk)}


def _move_everything(kind: str, *, kept: int, gone: int, at: datetime) -> dict[str, holders.Moved]:
    """Let every app give its rows to the kept record."""
    return {holder.column: holder.repoint(kept=kept, gone=gone, at=at) for holder in holders.of(kind)}


def _fill(kept: Both, gone: Both, names: Iterable[str]) -> list[str]:
    """What the kept record does not say it takes from the other; gives the names of the fields."""
    filled = [name for name in names if getattr(kept, name) in ("", None) and getattr(gone, name) not in ("", None)]
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    return filled


def _common(kept: Both, gone: Both) -> list[str]:
    """The tags of both; and an owner, where only the other one has one."""
    filled: list[str] = []
    known = {tag.lower() for tag in kept.tags}
    more: list[str] = [tag for tag in gone.tags if tag.lower() not in known]
    if more:
        kept.tags = [*kept.tags, *more]
        filled.append("tags")
    if kept.owner_id is None and kept.team_id is None and (gone.owner_id or gone.team_id):
        kept.owner_id, kept.team_id = gone.owner_id, gone.team_id
        filled.append("owner")
    return filled


def _take_over_addresses(kept: Person, gone: Person) -> None:
    """The main e-mail and phone of the other are further ways to reach the kept one; none is written twice."""
    for kind in ("email", "phone"):
        main, other = getattr(kept, kind), getattr(gone, kind)
        ContactPoint.objects.filter(person=kept, kind=kind, value=main).delete()
        if other and other != main:
            ContactPoint.objects.get_or_create(person=kept, kind=kind, value=other)


def _put_away(gone: Both, kept: Both, *, at: datetime) -> None:
    gone.merged_into_id = kept.pk
    gone.archived_at = gone.archived_at or at


def _take_over_external_id(kept: Both, gone: Both, *, may: bool) -> None:
    """A kept record without an id of its own gets the other's; else each keeps its own, and both lead here."""
    if may and gone.external_id and not kept.external_id:
        kept.external_id, gone.external_id = gone.external_id, None


def _save(kept: Both, gone: Both, *, at: datetime) -> None:
    """Save both as their next version, the gone one first: an external id may pass from it to the other."""
    for record in (gone, kept):
        record.version += 1
        record.updated_at = at
        record.save()


def _leave_one_parent(kept: Company, gone: Company, *, at: datetime) -> None:
    """A company has one parent at a time: the gone one's ends where the kept one has another."""
    present = CompanyLink.objects.filter(kind=CompanyLink.Kind.PARENT_OF, until__isnull=True)
    own = present.filter(to_company=kept).exclude(from_company=gone)
    if own.exists():
        other = present.filter(to_company=gone).exclude(from_company=kept)
        other.exclude(from_company__in=own.values("from_company")).update(until=timezone.localtime(at).date())


def _partners_once(kept: Company) -> None:
    """Partners are partners of each other: one of two links that say so from either side goes."""
    partners = CompanyLink.objects.filter(kind=CompanyLink.Kind.PARTNER_OF)
    outward = partners.filter(from_company=kept).values("to_company")
    partners.filter(to_company=kept, from_company__in=outward).delete()


def _refuse_ring(kept: Company) -> None:
    """Raises CompanyRing where the kept company now stands above itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above(id) AS ("
            " SELECT from_company_id FROM people_companylink"
            " WHERE to_company_id = %(kept)s AND kind = 'parent_of' AND until IS NULL"
            " UNION SELECT link.from_company_id FROM people_companylink link JOIN above"
            " ON link.to_company_id = above.id WHERE link.kind = 'parent_of' AND link.until IS NULL)"
            " SELECT 1 FROM above WHERE id = %(kept)s",
            {"kept": kept.pk},
        )
        if cursor.fetchone():
            raise CompanyRing(
                "company",
                _(
                    "Between these two stand other companies of the group: merged, the company would be its own"
                    " parent. Take one of the links away first."
                ),
            )


def _tell(kept: Both, gone: Both, *, moved: dict[str, holders.Moved], before: dict[str, str], **about: Any) -> None:
    """Keep what moved, and write it into the log of both."""
    by, at = about["by"], about["at"]
    kind = str(kept._meta.model_name)
    ids = {column: each.ids for column, each in moved.items() if each.ids}
    removed = {column: each.removed for column, each in moved.items() if each.removed}
    merge = Merge.objects.create(
        kind=kind, kept_id=kept.pk, gone_id=gone.pk, moved=ids, removed=removed, before=before, by=by, at=at
    )
    counts = {column: len(rows) for column, rows in ids.items()}
    data = {"merge": merge.pk, "with": gone.pk, "moved": counts, "filled": about["filled"]}
    audit.record(f"people.{kind}_merged", target=kept, by=by, at=at, data=data)
    audit.record(f"people.{kind}_merged_into", target=gone, by=by, at=at, data={"merge": merge.pk, "into": kept.pk})
