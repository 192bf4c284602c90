"""Adding, changing, moving and putting away deals, and writing down what happened about them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import archiving, audit, outbox
from rapport.core.errors import ChangedByAnother
from rapport.core.text import tidy
from rapport.deals import rules
from rapport.deals.actions.checking import LARGEST, check_deal
from rapport.deals.actions.moving import check_beginning
from rapport.deals.actions.pipelines import first_pipeline
from rapport.deals.events import DealAdded, DealArchived, DealChanged, DealRestored
from rapport.deals.models import Deal, DealChange, DealInteraction, Stage, StageChange
from rapport.deals.searching import search_text
from rapport.fields import values as own_fields
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.rules import naming
from rapport.timeline import actions as timeline
from rapport.timeline.models import Interaction

_KEPT_BEFORE_AND_AFTER = ("amount", "currency", "expected_close_on")


@transaction.atomic
def add_deal(*, values: dict[str, Any], by: User, at: datetime, stage: Stage | None = None) -> Deal:
    """A new deal from the named fields, in the given stage, else in the first of the first pipeline.

    Owned by whoever adds it unless an owner is among the values. Raises WrongValue, and RequirementUnmet or
    RetiredStage where no deal may begin in the stage.
    """
    if stage is None:
        stage = first_pipeline(by=by, at=at).stages.live().order_by("position")[0]
    if not values.get("owner"):
        values = values | access.owner_defaults(by)
    values = values | {"custom": own_fields.begun(Kind.DEAL, values.get("custom"), by=by)}
    deal = Deal(**_cleaned(values), pipeline_id=stage.pipeline_id, stage=stage)
    deal.recorded_at = deal.updated_at = at
    deal.created_at = deal.created_at or at
    deal.stage_since = deal.created_at
    deal.closed_at = rules.closed_at(status=stage.status, at=at)
    deal.version = 1
    check_deal(deal, given=set(values) | {"company", "person", "currency", "expected_close_on", "closed_at"})
    check_beginning(deal)
    _name_again(deal)
    deal.save(force_insert=True)
    StageChange.objects.create(deal=deal, from_stage=None, to_stage=stage, at=deal.created_at, by=by)
    audit.record("deals.added", target=deal, by=by, at=at, data={"stage": stage.pk})
    outbox.put(DealAdded(deal_id=deal.pk))
    return deal


@transaction.atomic
def change_deal(*, deal: Deal, version: int, changes: dict[str, Any], by: User, at: datetime) -> Deal:
    """Change the named fields, of which the stage is none; nothing is written where nothing differs.

    Amount, currency and expected day are kept before and after in DealChange and in the audit log. Raises
    ChangedByAnother if `version` is stale, WrongValue.
    """
    deal = Deal.objects.locked().get(pk=deal.pk)
    if deal.version != version:
        raise ChangedByAnother(_("Someone else changed this deal. Look at what they wrote, then save again."))
    wanted = _cleaned(own_fields.among(Kind.DEAL, changes, held=deal.custom, by=by))
    differing = sorted(name for name, value in wanted.items() if getattr(deal, name) != value)
    if not differing:
        return deal
    kept = {
        name: rules.before_and_after(getattr(deal, name), wanted[name])
        for name in _KEPT_BEFORE_AND_AFTER
        if name in differing
    }
    for name in differing:
        setattr(deal, name, wanted[name])
    check_deal(deal, given=set(differing))
    _name_again(deal)
    _save(deal, [*differing, "sort_name", "search_text"], at=at)
    DealChange.objects.bulk_create(
        DealChange(deal=deal, field=name, before=before, after=after, at=at, by=by)
        for name, (before, after) in kept.items()
    )
    audit.record("deals.changed", target=deal, by=by, at=at, data={"fields": differing} | kept)
    outbox.put(DealChanged(deal_id=deal.pk, fields=tuple(differing)))
    return deal


def archive_deal(*, deal: Deal, by: User, at: datetime) -> Deal:
    """Put a deal away: out of lists, search and sums, nothing lost."""
    event = DealArchived(deal_id=deal.pk)
    return archiving.put_away(deal, by=by, at=at, code="deals.archived", event=event)


def restore_deal(*, deal: Deal, by: User, at: datetime) -> Deal:
    """Fetch a deal back from the archive."""
    event = DealRestored(deal_id=deal.pk)
    return archiving.fetch_back(deal, by=by, at=at, code="deals.restored", event=event)


@transaction.atomic
def record_interaction(*, deal: Deal, by: User, at: datetime, **entry: Any) -> Interaction:
    """Write down what happened with the deal's customer and tie it to the deal.

    `entry` is what `timeline.actions.record_interaction` takes; without people or company those of the deal
    took part. Raises what that action raises, NobodyTookPart for a deal without a customer among it.
    """
    if not entry.get("people") and entry.get("company") is None:
        entry |= {"people": [deal.person] if deal.person else [], "company": deal.company}
    interaction = timeline.record_interaction(by=by, at=at, **entry)
    DealInteraction.objects.create(deal=deal, interaction=interaction, at=interaction.at)
    return interaction


def _save(deal: Deal, fields: list[str], *, at: datetime) -> None:
    """Save the named fields of a locked deal as its next version."""
    deal.version += 1
    deal.updated_at = at
    deal.save(update_fields=[*fields, "version", "updated_at"])


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """The values in the form in which they are stored."""
    found = dict(values)
    for name in ("name", "external_id", "source"):
        if name in found:
            found[name] = tidy(found[name] or "")
    if "external_id" in found:
        found["external_id"] = found["external_id"] or None
    if found.get("amount") is not None:
        found["amount"] = _to_cents(Decimal(found["amount"]))
    if "currency" in found:
        found["currency"] = (found["currency"] or "").strip().upper()
    if "owner" in found and "team" not in found:
        found["team"] = found["owner"].team if found["owner"] else None
    return found


def _to_cents(amount: Decimal) -> Decimal:
    """As it is stored; what is no amount at all stays as it is, and is refused later."""
    return amount.quantize(Decimal("0.01")) if amount.is_finite() and abs(amount) < LARGEST else amount


def _name_again(deal: Deal) -> None:
    """Derive what the deal is sorted and found by."""
    deal.sort_name = naming.sort_name(deal.name)
    deal.search_text = search_text(deal)
