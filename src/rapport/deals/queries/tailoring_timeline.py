"""What a deal's timeline shows of its requirements: what the customer accepted, and what changed after that."""

from django.utils.translation import gettext as _

from rapport.deals.models import Deal, RequirementAcceptance, RequirementVersion
from rapport.timeline.queries import Before, TimelineEntry, entry_key, older_than

KIND = "deal"


def requirement_entries(*, deal: Deal, before: Before | None, limit: int) -> list[TimelineEntry]:
    """At most `limit` acceptances and as many changes after acceptance, newest first; two queries."""
    accepted = (
        RequirementAcceptance.objects.filter(accepted__requirement__deal=deal)
        .filter(older_than(before, source="acceptance", at="at"))
        .select_related("accepted__requirement", "by")
        .order_by("-at", "-pk")[:limit]
    )
    changed = (
        RequirementVersion.objects.filter(requirement__deal=deal, is_rework=True)
        .filter(older_than(before, source="rework", at="at"))
        .select_related("requirement", "by")
        .order_by("-at", "-pk")[:limit]
    )
    return [*(_acceptance(row) for row in accepted), *(_rework(row) for row in changed)]


def _acceptance(row: RequirementAcceptance) -> TimelineEntry:
    return TimelineEntry(
        kind=KIND,
        at=row.at,
        key=entry_key("acceptance", row.pk),
        title=_("Requirement accepted: %(title)s") % {"title": row.accepted.title},
        body=row.evidence,
        who=str(row.by or ""),
        icon="badge-check",
    )


def _rework(row: RequirementVersion) -> TimelineEntry:
    cause = row.get_cause_display()
    return TimelineEntry(
        kind=KIND,
        at=row.at,
        key=entry_key("rework", row.pk),
        title=_("Changed after acceptance: %(title)s") % {"title": row.title},
        body=f"{cause}: {row.cause_note}" if row.cause_note else str(cause),
        who=str(row.by or ""),
        icon="rotate-ccw",
        minutes=row.minutes,
    )
