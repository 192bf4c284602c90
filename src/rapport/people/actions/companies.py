"""What is done to a company."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import archiving, audit, outbox
from rapport.core.errors import ChangedByAnother
from rapport.fields import search
from rapport.fields import values as own_fields
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.actions.cleaning import WrongValue, cleaned
from rapport.people.events import CompanyAdded, CompanyArchived, CompanyChanged, CompanyRestored
from rapport.people.models import Company
from rapport.people.rules import naming


@transaction.atomic
def add_company(*, values: dict[str, Any], by: User, at: datetime) -> Company:
    """A new company from the named fields, owned by whoever adds it unless an owner is among the values.

    Raises WrongValue.
    """
    if not values.get("owner"):
        values = values | access.owner_defaults(by)
    values = values | {"custom": own_fields.begun(Kind.COMPANY, values.get("custom"), by=by)}
    company = Company(**cleaned(values, country="", at=at), recorded_at=at, updated_at=at, version=1)
    _check(company)
    name_company_again(company)
    company.save(force_insert=True)
    audit.record("people.company_added", target=company, by=by, at=at)
    outbox.put(CompanyAdded(company_id=company.pk))
    return company


@transaction.atomic
def change_company(*, company: Company, version: int, changes: dict[str, Any], by: User, at: datetime) -> Company:
    """Change the named fields; nothing is written where nothing differs.

    Raises ChangedByAnother if `version` is stale, WrongValue.
    """
    company = Company.objects.locked().get(pk=company.pk)
    if company.version != version:
        raise ChangedByAnother(_("Someone else changed this company. Look at it, then save again."))
    changes = own_fields.among(Kind.COMPANY, changes, held=company.custom, by=by)
    wanted = cleaned(changes, country=company.country, at=at)
    differing = sorted(name for name, value in wanted.items() if getattr(company, name) != value)
    if not differing:
        return company
    for name in differing:
        setattr(company, name, wanted[name])
    _check(company)
    name_company_again(company)
    company.version += 1
    company.updated_at = at
    company.save(update_fields=[*differing, "sort_name", "search_text", "version", "updated_at"])
    audit.record("people.company_changed", target=company, by=by, at=at, data={"fields": differing})
    outbox.put(CompanyChanged(company_id=company.pk, fields=tuple(differing)))
    return company


def archive_company(*, company: Company, by: User, at: datetime) -> Company:
    """Put a company away: out of lists and search, nothing lost."""
    event = CompanyArchived(company_id=company.pk)
    return archiving.put_away(company, by=by, at=at, code="people.company_archived", event=event)


def restore_company(*, company: Company, by: User, at: datetime) -> Company:
    """Fetch a company back from the archive."""
    event = CompanyRestored(company_id=company.pk)
    return archiving.fetch_back(company, by=by, at=at, code="people.company_restored", event=event)


def name_company_again(company: Company) -> None:
    """Derive what the company is sorted and found by."""
    company.sort_name = naming.sort_name(company.name)
    company.search_text = naming.company_search_text(
        name=company.name,
        tax_id=company.tax_id,
        domain=company.domain,
        external_id=company.external_id,
        own=search.texts(Kind.COMPANY, company.custom),
    )


def _check(company: Company) -> None:
    """Raises WrongValue for a company without a name, or with another one's external id."""
    if not company.name:
        raise WrongValue("name", _("A company needs a name."))
    others = Company.objects.exclude(pk=company.pk)
    if company.external_id and others.filter(external_id=company.external_id).exists():
        raise WrongValue("external_id", _("Another company already has this external id."))
