"""What is done with segments, one function for each intent."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.segments import references, rules
from rapport.segments.events import SegmentAdded, SegmentArchived, SegmentChanged, SegmentExported, SegmentRestored
from rapport.segments.models import Member, Segment
from rapport.segments.queries import stored_rules
from rapport.segments.rules import Group

# Whoever changes a rule waits for whoever else does, so that no two of them close a ring.
ONE_RULE_AT_A_TIME = 5_390_001


class WrongName(RapportError):
    """A segment has a name, and one of its own."""


class StillAsked(RapportError):
    """Another segment asks about this one."""


@transaction.atomic
def create(*, name: str, rule: Group, by: User | None, at: datetime, about: str = "") -> Segment:
    """A new segment, without members until it is refreshed. Raises WrongName, WrongRule."""
    _one_at_a_time()
    resolved = references.resolved(rule, user=by)
    segment = Segment.objects.create(
        name=_name(name), about=tidy(about)[:300], rule=rules.as_json(resolved), by=by, made_at=at, updated_at=at
    )
    audit.record("segments.created", target=segment, by=by, at=at, data={"rule": segment.rule})
    outbox.put(SegmentAdded(segment_id=segment.pk))
    return segment


@transaction.atomic
def change(
    *, segment: Segment, version: int, name: str, rule: Group, by: User | None, at: datetime, about: str = ""
) -> Segment:
    """Another name, purpose or rule; nothing is written where nothing differs.

    Raises ChangedByAnother if `version` is stale, WrongName, WrongRule, Ring.
    """
    _one_at_a_time()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if segment.version != version:
        raise ChangedByAnother(_("Someone else changed this segment. Look at what they wrote, then save again."))
    resolved = references.resolved(rule, user=by)
    references.check_ring(segment_id=segment.pk, rule=resolved, rules_of=stored_rules())
    wanted: dict[str, Any] = {
        "name": _name(name, but=segment), "about": tidy(about)[:300], "rule": rules.as_json(resolved),
    }  # fmt: skip
    differing = sorted(field for field, value in wanted.items() if getattr(segment, field) != value)
    if not differing:
        return segment
    before = segment.rule
    for field in differing:
        setattr(segment, field, wanted[field])
    segment.version += 1
    segment.updated_at = at
    segment.save(update_fields=[*differing, "version", "updated_at"])
    data = {"fields": differing} | ({"before": before, "rule": segment.rule} if "rule" in differing else {})
    audit.record("segments.changed", target=segment, by=by, at=at, data=data)
    outbox.put(SegmentChanged(segment_id=segment.pk, fields=tuple(differing)))
    return segment


@transaction.atomic
def archive(*, segment: Segment, by: User | None, at: datetime) -> Segment:
    """Keep a segment up to date no longer; everyone leaves it. Raises StillAsked."""
    _one_at_a_time()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if segment.archived_at is not None:
        return segment
    asking = [number for number, rule in stored_rules().items() if segment.pk in rules.segments_of(rule)]
    if asking:
        raise StillAsked(_("Other segments ask about this one: %(names)s.") % {"names": _called(asking, by)})
    Member.objects.filter(segment=segment, left_at__isnull=True).update(left_at=at)
    segment.archived_at, segment.updated_at, segment.version = at, at, segment.version + 1
    segment.member_count, segment.horizon, segment.ground = 0, None, {}
    segment.save(update_fields=["archived_at", "updated_at", "version", "member_count", "horizon", "ground"])
    audit.record("segments.archived", target=segment, by=by, at=at)
    outbox.put(SegmentArchived(segment_id=segment.pk))
    return segment


@transaction.atomic
def restore(*, segment: Segment, by: User | None, at: datetime) -> Segment:
    """Keep an archived segment up to date again. Raises WrongName, Ring, and WrongRule where what it asks is gone."""
    _one_at_a_time()
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if segment.archived_at is None:
        return segment
    rule = references.resolved(rules.parse(segment.rule))
    references.check_ring(segment_id=segment.pk, rule=rule, rules_of=stored_rules())
    segment.name = _name(segment.name, but=segment)
    segment.archived_at, segment.updated_at, segment.version = None, at, segment.version + 1
    segment.save(update_fields=["archived_at", "updated_at", "version"])
    audit.record("segments.restored", target=segment, by=by, at=at)
    outbox.put(SegmentRestored(segment_id=segment.pk))
    return segment


@transaction.atomic
def note_export(*, segment: Segment, by: User, at: datetime) -> None:
    """Keep in the audit log who took the people of a segment away as a file."""
    audit.record("segments.exported", target=segment, by=by, at=at, data={"people": segment.member_count})
    outbox.put(SegmentExported(segment_id=segment.pk, by_id=by.pk))


def _called(numbers: list[int], user: User | None) -> str:
    """What the segments are called; those that the user may not see have no name."""
    rows = Segment.objects.filter(pk__in=numbers).order_by("name")
    seen = [f"“{segment}”" for segment in (rows.visible_to(user) if user else rows)]
    return ", ".join([*seen, *([_("one that you may not see")] if len(seen) < len(numbers) else [])])


def _name(given: str, *, but: Segment | None = None) -> str:
    name = tidy(given)
    if not name:
        raise WrongName(_("Give the segment a name."))
    if len(name) > 120:
        raise WrongName(_("The name is too long."))
    if Segment.objects.live().filter(name=name).exclude(pk=but.pk if but else None).exists():
        raise WrongName(_("Another segment already has this name."))
    return name


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_RULE_AT_A_TIME])
