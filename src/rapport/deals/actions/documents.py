"""Documents of a deal: taken in, put away, fetched back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import outbox
from rapport.core.errors import WrongValue
from rapport.deals.events import DealChanged
from rapport.deals.models import Deal, DealDocument, DocumentKind
from rapport.identity.models import User
from rapport.timeline import attaching


@transaction.atomic
def add_document(
    *, deal: Deal, kind: str, name: str, pieces: Iterable[bytes], by: User | None, at: datetime
) -> DealDocument:
    """Keep a file with a deal. Raises WrongValue for a kind nobody knows, and what `attaching.attach` raises."""
    if kind not in DocumentKind.values:
        raise WrongValue("kind", _("Say what kind of document this is."))
    document = attaching.attach(DealDocument(deal=deal, kind=kind), name=name, pieces=pieces, by=by, at=at)
    _announce(document)
    return document


@transaction.atomic
def remove_document(*, document: DealDocument, by: User, at: datetime) -> None:
    """Put a document away; the file stays until the deal goes, since a move may have rested on it."""
    if attaching.put_away(document, by=by, at=at):
        _announce(document)


@transaction.atomic
def restore_document(*, document: DealDocument, by: User, at: datetime) -> None:
    """Fetch a document back that was put away."""
    if attaching.fetch_back(document, by=by, at=at):
        _announce(document)


def _announce(document: DealDocument) -> None:
    outbox.put(DealChanged(deal_id=document.deal_id, fields=("documents",)))
