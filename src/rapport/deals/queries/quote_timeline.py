"""What a deal's timeline shows of its quotes: when each was sent, and what the customer answered."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.core import money
from rapport.deals.models import Deal, Quote
from rapport.timeline.queries import Before, TimelineEntry, entry_key

KIND = "deal"
ANSWERS = {Quote.Status.ACCEPTED.value: "circle-check", Quote.Status.DECLINED.value: "circle-x"}


def quote_entries(*, deal: Deal, before: Before | None) -> list[TimelineEntry]:
    """The entries of a deal's quotes that are older than the key; one query, since a deal has few quotes."""
    quotes = Quote.objects.filter(deal=deal, sent_at__isnull=False).select_related("submitted_by")
    entries = [entry for quote in quotes for entry in _entries(quote)]
    return [entry for entry in entries if before is None or (entry.at, entry.key) < before]


def _entries(quote: Quote) -> Iterator[TimelineEntry]:
    language = (get_language() or "en").split("-")[0]
    named = {"quote": str(quote), "amount": money.written(quote.net, currency=quote.currency, language=language)}
    who = str(quote.submitted_by or "")
    if quote.sent_at:
        yield _entry("quote", quote, quote.sent_at, title=_("Quote %(quote)s sent: %(amount)s") % named, who=who)
    if quote.answered_at and quote.status in ANSWERS:
        title = (
            _("Quote %(quote)s accepted: %(amount)s") if quote.status == "accepted" else _("Quote %(quote)s declined")
        )
        yield _entry(
            "quoteanswer", quote, quote.answered_at, title=title % named, body=quote.answer_note,
            icon=ANSWERS[quote.status],
        )  # fmt: skip


def _entry(
    source: str, quote: Quote, at: datetime, *, title: str, who: str = "", body: str = "", icon: str = "send"
) -> TimelineEntry:
    return TimelineEntry(kind=KIND, at=at, key=entry_key(source, quote.pk), title=title, who=who, body=body, icon=icon)
