"""Making one record of two that turned out to be one person, or one company.

The kept record stays as it is and takes over what it lacks; everything that pointed at the other one now points at it.
The other one is put away and points to the kept one, so that old addresses and a customer number in a later file
still lead there. `people.Merge` holds what moved and what both said before, so that it can be taken back
(`unmerging.py`).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, holders, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.moving import Changes, Watch
from rapport.fields import queries
from rapport.fields.definitions import Type
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.people.actions.companies import name_company_again
from rapport.people.actions.links import CompanyRing, ring_lock, stands_above
from rapport.people.actions.persons import name_again
from rapport.people.events import CompaniesMerged, PeopleMerged
from rapport.people.holders import COMPANY, PERSON
from rapport.people.models import Company, CompanyLink, ContactPoint, Merge, Person

Versions = tuple[int, int]
Both = TypeVar("Both", Person, Company)
OF_A_PERSON = ("full_name", "email", "phone", "title", "birthday", "language", "province", "country", "source")
OF_A_COMPANY = ("name", "tax_id", "domain", "industry", "employees", "revenue", "province", "country", "source")
OWNER = "owner"
CUSTOM = "custom."


class CannotMerge(RapportError):
    """These two records cannot become one."""


@transaction.atomic
def merge_people(
    *, kept: Person, gone: Person, versions: Versions, by: User, at: datetime, take: Collection[str] = ()
) -> Person:
    """Make one person of two. Of e-mails and phones one is the main one, the other a further way to reach the person.

    `versions` are those of both records, kept first, as they were looked at. `take` names the fields (`owner`,
    `custom.<code>` among them) in which the gone one is right although both say something. Raises CannotMerge,
    ChangedByAnother.
    """
    kept, gone = _locked(Person.objects.all(), kept.pk, gone.pk, versions)
    watch, before = _watched(PERSON, kept, gone)
    addresses = [(kind, getattr(one, kind)) for one in (kept, gone) for kind in ("email", "phone")]
    _move_everything(PERSON, kept=kept.pk, gone=gone.pk, at=at)
    filled = _fill(kept, gone, OF_A_PERSON, take=take)
    _keep_addresses(kept, addresses)
    _put_away(gone, kept, at=at)
    _take_over_external_id(kept, gone, may=bool(gone.full_name or gone.email or gone.phone))
    name_again(kept)
    name_again(gone)
    _save(kept, gone, at=at)
    _tell(kept, gone, changes=watch.end(), before=before, filled=filled, by=by, at=at)
    outbox.put(PeopleMerged(kept_id=kept.pk, gone_id=gone.pk))
    return kept


@transaction.atomic
def merge_companies(
    *, kept: Company, gone: Company, versions: Versions, by: User, at: datetime, take: Collection[str] = ()
) -> Company:
    """Make one company of two. Where both have a parent, the kept one's stays and the other link ends that day.

    `versions` are those of both records, kept first, as they were looked at; `take` as with people. Raises
    CannotMerge, ChangedByAnother, CompanyRing where the kept one would become its own parent.
    """
    ring_lock()
    kept, gone = _locked(Company.objects.all(), kept.pk, gone.pk, versions)
    watch, before = _watched(COMPANY, kept, gone)
    _leave_one_parent(kept, gone, at=at)
    _move_everything(COMPANY, kept=kept.pk, gone=gone.pk, at=at)
    _refuse_ring(kept)
    filled = _fill(kept, gone, OF_A_COMPANY, take=take)
    _put_away(gone, kept, at=at)
    _take_over_external_id(kept, gone, may=True)
    name_company_again(kept)
    name_company_again(gone)
    _save(kept, gone, at=at)
    _tell(kept, gone, changes=watch.end(), before=before, filled=filled, by=by, at=at)
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


def _watched(kind: str, kept: Both, gone: Both) -> tuple[Watch, dict[str, str]]:
    """The rows of every holder are looked at from here on; and both records as they are."""
    watch = Watch(kind, kept.pk, gone.pk)
    watch.begin()
    stored = holders.as_stored(type(kept), watch.pair)
    return watch, {"kept": stored[kept.pk], "gone": stored[gone.pk]}


def _move_everything(kind: str, *, kept: int, gone: int, at: datetime) -> None:
    """Let every app give its rows to the kept record."""
    for holder in holders.of(kind):
        holder.repoint(kept=kept, gone=gone, at=at)


def _fill(kept: Both, gone: Both, names: Iterable[str], *, take: Collection[str]) -> list[str]:
    """What the kept record does not say, or is not to say, it takes from the other; gives the names of the fields.

    An empty value never takes the place of one that says something. Tags are joined. An own field that leads from one
    of the two to the other would lead to itself, and falls away.
    """
    theirs = _without_the_other(kept, gone)
    own: list[str] = [name for name in names if _rules(kept, gone, name, take)]
    for name in own:
        setattr(kept, name, getattr(gone, name))
    codes: list[str] = [code for code in theirs if code not in kept.custom or CUSTOM + code in take]
    if codes:
        kept.custom = kept.custom | {code: theirs[code] for code in codes}
    known = {tag.lower() for tag in kept.tags}
    more: list[str] = [tag for tag in gone.tags if tag.lower() not in known]
    if more:
        kept.tags = [*kept.tags, *more]
    return [*own, *(CUSTOM + code for code in codes), *(["tags"] if more else []), *_owner(kept, gone, take)]


def leading_to_the_other(kept: Person | Company, gone: Person | Company) -> set[str]:
    """The codes of own fields in which one of the two leads to the other, or the gone one to itself."""
    kind = Kind(str(kept._meta.model_name))
    links = [each for each in queries.definitions(kind, retired=True) if each.type is Type.LINK]
    codes = {each.code for each in links if each.target_kind == kind}
    pair = (kept.pk, gone.pk)
    return {code for code in codes if kept.custom.get(code) == gone.pk or gone.custom.get(code) in pair}


def _without_the_other(kept: Person | Company, gone: Person | Company) -> dict[str, Any]:
    """The own fields of the gone record without those that lead to either; the kept one loses those to the other."""
    codes = leading_to_the_other(kept, gone)
    kept.custom = {code: value for code, value in kept.custom.items() if code not in codes or value != gone.pk}
    pair = (kept.pk, gone.pk)
    return {code: value for code, value in gone.custom.items() if code not in codes or value not in pair}


def _rules(kept: Both, gone: Both, name: str, take: Collection[str]) -> bool:
    """Whether the gone record's value is the one that survives."""
    mine, theirs = getattr(kept, name), getattr(gone, name)
    return theirs not in ("", None) and theirs != mine and (mine in ("", None) or name in take)


def _owner(kept: Both, gone: Both, take: Collection[str]) -> list[str]:
    """Owner and team go together."""
    has_none = kept.owner_id is None and kept.team_id is None
    if not (gone.owner_id or gone.team_id) or not (has_none or OWNER in take):
        return []
    kept.owner_id, kept.team_id = gone.owner_id, gone.team_id
    return [OWNER]


def _keep_addresses(kept: Person, addresses: Iterable[tuple[str, str]]) -> None:
    """Every e-mail and phone of both is a way to reach the kept one; none is written twice."""
    for kind, value in addresses:
        main = getattr(kept, kind)
        ContactPoint.objects.filter(person=kept, kind=kind, value=main).delete()
        if value and value != main:
            ContactPoint.objects.get_or_create(person=kept, kind=kind, value=value)


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


def _refuse_ring(kept: Company) -> None:
    """Raises CompanyRing where the kept company now stands above itself."""
    if stands_above(kept, other=kept):
        raise CompanyRing(
            "company",
            _(
                "Between these two stand other companies of the group: merged, the company would be its own"
                " parent. Take one of the links away first."
            ),
        )


def _tell(kept: Both, gone: Both, *, changes: dict[str, Changes], before: dict[str, str], **about: Any) -> None:
    """Keep what moved, and write it into the log of both."""
    by, at = about["by"], about["at"]
    kind = str(kept._meta.model_name)
    stored = {model: each.as_json() for model, each in changes.items()}
    merge = Merge.objects.create(
        kind=kind, kept_id=kept.pk, gone_id=gone.pk, changes=stored, before=before, by=by, at=at
    )
    counts = {column: len(ids) for each in changes.values() for column, ids in each.ids.items()}
    data = {"merge": merge.pk, "with": gone.pk, "moved": counts, "filled": about["filled"]}
    audit.record(f"people.{kind}_merged", target=kept, by=by, at=at, data=data)
    audit.record(f"people.{kind}_merged_into", target=gone, by=by, at=at, data={"merge": merge.pk, "into": kept.pk})
