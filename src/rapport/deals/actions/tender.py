"""Keeping the dates of a tender and the papers it asks for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.deals.actions.live import live_deal
from rapport.deals.models import Deal, Tender, TenderDocument
from rapport.identity.models import User
from rapport.people.actions import WrongValue

MOST_DOCUMENTS = 100
_DATES = ("questions_until", "due_at", "opened_on", "decided_on")
_FIELDS = ("reference", "note", *_DATES)
_DOCUMENT_FIELDS = ("name", "due_on", "state", "preparer", "file", "note")


@transaction.atomic
def save_tender(*, deal: Deal, version: int, changes: dict[str, Any], by: User, at: datetime) -> Tender:
    """Write down number, dates and conditions of the tender that a deal answers; `version` is 0 where none was.

    Raises ChangedByAnother if `version` is stale, WrongValue for dates out of order, ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    tender = Tender.objects.select_for_update().filter(deal=deal).first() or Tender(deal=deal, version=0)
    if tender.version != version:
        raise ChangedByAnother(_("Someone else changed this tender. Look at what they wrote, then save again."))
    for name in _FIELDS:
        if name in changes:
            setattr(tender, name, changes[name])
    tender.reference = tidy(tender.reference or "")[:120]
    tender.note = (tender.note or "").strip()
    _check_order(tender)
    tender.version += 1
    tender.save()
    audit.record("deals.tender_saved", target=tender, by=by, at=at, data={"deal": deal.pk})
    return tender


@transaction.atomic
def add_document(*, deal: Deal, values: dict[str, Any], by: User, at: datetime) -> TenderDocument:
    """A further paper that the tender asks for. Raises WrongValue, ArchivedDeal, RapportError where there are too
    many.
    """
    deal = live_deal(deal.pk)
    if TenderDocument.objects.filter(deal=deal).count() >= MOST_DOCUMENTS:
        raise RapportError(_("A tender holds at most %(most)s documents.") % {"most": MOST_DOCUMENTS})
    document = TenderDocument(deal=deal)
    _fill(document, values)
    document.save(force_insert=True)
    audit.record("deals.tender_document_added", target=document, by=by, at=at, data={"deal": deal.pk})
    return document


@transaction.atomic
def change_document(*, document: TenderDocument, changes: dict[str, Any], by: User, at: datetime) -> TenderDocument:
    """Change the named fields of a paper: how far it is, who prepares it, its file. Raises WrongValue,
    ArchivedDeal.
    """
    live_deal(document.deal_id)
    document = TenderDocument.objects.select_for_update(of=("self",)).select_related("deal").get(pk=document.pk)
    before = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
    _fill(document, changes)
    differing = [name for name in _DOCUMENT_FIELDS if getattr(document, name) != before[name]]
    if differing:
        document.save(update_fields=differing)
        audit.record("deals.tender_document_changed", target=document, by=by, at=at, data={"fields": differing})
    return document


@transaction.atomic
def remove_document(*, document: TenderDocument, by: User, at: datetime) -> None:
    """The tender does not ask for this paper. Raises ArchivedDeal."""
    live_deal(document.deal_id)
    audit.record("deals.tender_document_removed", target=document, by=by, at=at, data={"deal": document.deal_id})
    document.delete()


def _fill(document: TenderDocument, values: dict[str, Any]) -> None:
    for name in _DOCUMENT_FIELDS:
        if name in values:
            setattr(document, name, values[name])
    document.name = tidy(document.name or "")[:200]
    document.note = tidy(document.note or "")[:300]
    if not document.name:
        raise WrongValue("name", _("Name the document."))
    if document.state not in TenderDocument.State.values:
        raise WrongValue("state", _("Choose how far it is."))
    if document.file and (document.file.deal_id != document.deal_id or document.file.removed_at is not None):
        raise WrongValue("file", _("Choose one of this deal's files."))


def _check_order(tender: Tender) -> None:
    """Raises WrongValue for the first date that lies before one that must come earlier."""
    before = None
    for name in _DATES:
        value = getattr(tender, name)
        day = timezone.localtime(value).date() if isinstance(value, datetime) else value
        if day and before and day < before:
            raise WrongValue(name, _("This lies before an earlier step of the tender."))
        before = day or before
