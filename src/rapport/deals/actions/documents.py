"""Documents of a deal: taken in, put away, fetched back."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.text import tidy
from rapport.deals import storage
from rapport.deals.events import DealChanged
from rapport.deals.models import Deal, DealDocument, DocumentKind
from rapport.deals.rules import sniffing
from rapport.identity.models import User
from rapport.people.actions import WrongValue


def add_document(
    *, deal: Deal, kind: str, name: str, pieces: Iterable[bytes], by: User | None, at: datetime
) -> DealDocument:
    """Keep a file with a deal. What it is, is told from its bytes; its name must agree.

    Raises WrongValue for a kind nobody knows, a file that is empty, too large, or not one of those taken.
    """
    if kind not in DocumentKind.values:
        raise WrongValue("kind", _("Say what kind of document this is."))
    name = tidy(PurePath(name.replace("\\", "/")).name)
    stem, dot, ending = name.rpartition(".")
    name = f"{stem[:190]}{dot}{ending[:9]}" if dot else name[:200]
    stored = _written(pieces)
    try:
        content_type = _told(name, stored)
        return _kept(deal, DealDocument(
            deal=deal, kind=kind, name=name, stored=stored.name, content_type=content_type, size=stored.size,
            digest=stored.digest, added_at=at, by=by,
        ))  # fmt: skip
    except BaseException:
        storage.remove(stored.name)
        raise


def _written(pieces: Iterable[bytes]) -> storage.Stored:
    try:
        return storage.write(pieces)
    except storage.TooLarge as error:
        megabytes = storage.LARGEST_DOCUMENT // 1000**2
        said = _("A document may have at most %(megabytes)s MB.") % {"megabytes": megabytes}
        raise WrongValue("file", said) from error


def _told(name: str, stored: storage.Stored) -> str:
    """The kind of the stored file. Raises WrongValue."""
    if not stored.size:
        raise WrongValue("file", _("The file is empty."))
    content_type = sniffing.content_type(storage.path(stored.name).read_bytes())
    if not content_type:
        raise WrongValue(
            "file",
            _("This kind of file is not taken. Send a PDF, an office file without macros, a picture, a text or a ZIP."),
        )
    if not sniffing.fits(name, content_type):
        endings = ", ".join(sniffing.ENDINGS[content_type])
        raise WrongValue(
            "file", _("The name of the file does not fit what is in it (expected: %(endings)s).") % {"endings": endings}
        )
    return content_type


@transaction.atomic
def _kept(deal: Deal, document: DealDocument) -> DealDocument:
    document.save(force_insert=True)
    said = {"document": document.pk, "kind": document.kind}
    audit.record("deals.document_added", target=deal, by=document.by, at=document.added_at, data=said)
    outbox.put(DealChanged(deal_id=deal.pk, fields=("documents",)))
    return document


@transaction.atomic
def remove_document(*, document: DealDocument, by: User, at: datetime) -> None:
    """Put a document away; the file stays until the deal goes, since a move may have rested on it."""
    if DealDocument.objects.filter(pk=document.pk, removed_at=None).update(removed_at=at):
        said = {"document": document.pk, "kind": document.kind}
        audit.record("deals.document_removed", target=document.deal, by=by, at=at, data=said)
        outbox.put(DealChanged(deal_id=document.deal_id, fields=("documents",)))


@transaction.atomic
def restore_document(*, document: DealDocument, by: User, at: datetime) -> None:
    """Fetch a document back that was put away."""
    if DealDocument.objects.filter(pk=document.pk, removed_at__isnull=False).update(removed_at=None):
        said = {"document": document.pk, "kind": document.kind}
        audit.record("deals.document_restored", target=document.deal, by=by, at=at, data=said)
        outbox.put(DealChanged(deal_id=document.deal_id, fields=("documents",)))
