"""What a timeline shows of deals."""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rapport.deals.models import Deal, DealInteraction, StageChange
from rapport.deals.queries.quote_timeline import quote_entries
from rapport.deals.queries.tailoring_timeline import requirement_entries
from rapport.deals.querysets import DealQuerySet
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.timeline.models import Interaction
from rapport.timeline.queries import Before, TimelineEntry, entry_key, interaction_entries, older_than

KIND = "deal"


ICONS = {"": "square-kanban", "open": "arrow-right", "won": "circle-check", "lost": "circle-x"}


def timeline(*, user: User, person: Person | None = None, company: Company | None = None,
             deal: Deal | None = None, kinds: Collection[str] | None = None, before: Before | None = None,
             limit: int = 20) -> list[TimelineEntry]:  # fmt: skip
    """At most `limit` entries of one deal, or of all deals of one customer that the user may see, newest
    first.

    Deals that came up and their changes of stage, both of kind `deal`; for one deal also its quotes, what was
    accepted and redone of its requirements, and what happened about it.
    """
    found: list[TimelineEntry] = []
    if kinds is None or KIND in kinds:
        of_customer = Q(person=person) if person is not None else Q(company=company)
        rows = Deal.objects.visible_to(user).filter(Q(pk=deal.pk) if deal is not None else of_customer)
        own = _beginnings(rows, before, limit)
        # Who has no deal at all, as most people have, has no changes of stage to look for.
        if own or before is not None:
            own += _moves(rows, before, limit, is_named=deal is None)
        # On its own page a deal needs no name and no link to itself.
        found += own if deal is None else [replace(entry, record=None) for entry in own]
        found += quote_entries(deal=deal, before=before) if deal is not None else []
        found += requirement_entries(deal=deal, before=before, limit=limit) if deal is not None else []
    if deal is not None:
        found += _interactions(user, deal, kinds, before, limit)
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:limit]


def _beginnings(rows: DealQuerySet, before: Before | None, limit: int) -> list[TimelineEntry]:
    began = rows.annotate(began_at=Coalesce("created_at", "recorded_at"))
    began = began.filter(older_than(before, source="deal", at="began_at")).select_related("owner")
    return [
        TimelineEntry(
            kind=KIND,
            at=deal.began_at,
            key=entry_key("deal", deal.pk),
            title=_("New deal: %(deal)s") % {"deal": deal.name},
            who=str(deal.owner or ""),
            icon=ICONS[""],
            record=deal.pk,
        )
        for deal in began.order_by("-began_at", "-pk")[:limit]
    ]


def _moves(rows: DealQuerySet, before: Before | None, limit: int, *, is_named: bool) -> list[TimelineEntry]:
    changes = (
        StageChange.objects.filter(deal__in=rows, from_stage__isnull=False)
        .exclude(from_stage=F("to_stage"))
        .filter(older_than(before, source="stage", at="at"))
        .select_related("deal", "from_stage", "to_stage", "by")
    )
    return [
        _move_entry(change, named=change.deal.name if is_named else "")
        for change in changes.order_by("-at", "-pk")[:limit]
    ]


def _move_entry(change: StageChange, *, named: str) -> TimelineEntry:
    assert change.from_stage is not None
    names = {"before": change.from_stage.name, "after": change.to_stage.name}
    note = _("The steps between are not recorded.") if change.inferred else ""
    return TimelineEntry(
        kind=KIND,
        at=change.at,
        key=entry_key("stage", change.pk),
        title=_("%(before)s → %(after)s") % names,
        body=change.reason or note,
        who=" · ".join(part for part in (named, str(change.by or "")) if part),
        icon=ICONS[change.to_stage.status],
        record=change.deal_id,
    )


def _interactions(
    user: User, deal: Deal, kinds: Collection[str] | None, before: Before | None, limit: int
) -> list[TimelineEntry]:
    links = DealInteraction.objects.filter(deal=deal).filter(
        older_than(before, source="interaction", at="at", pk="interaction_id")
    )
    if kinds is not None:
        links = links.filter(interaction__kind__in=kinds)
    newest = list(links.order_by("-at", "-interaction_id").values_list("interaction_id", flat=True)[:limit])
    return interaction_entries(Interaction.objects.filter(pk__in=newest), user=user) if newest else []
