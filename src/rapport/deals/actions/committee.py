"""Who is on the buying committee of a deal, what we hold of them, and who influences whom.

Nothing here is ever filled in by itself: a suggestion becomes an entry only when a person takes it (definitions,
section 2). Changes of one committee wait for one another at the lock of its deal, whose version they leave alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.deals.actions.live import live_deal
from rapport.deals.events import CommitteeChanged
from rapport.deals.models import (
    CommitteeRole,
    CommitteeSettings,
    Confidence,
    Coverage,
    Deal,
    DealInteraction,
    Dismissal,
    Influence,
    Participant,
    Stance,
    Weight,
)
from rapport.deals.queries.committee import committee_settings
from rapport.deals.rules import committee as rules
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.people.models import Person
from rapport.timeline.models import Interaction

LONGEST_EVIDENCE = 2_000
# What an entry holds of a person; a change names any of them.
HELD = ("roles", "stance", "influence", "coverage", "confidence", "evidence", "interaction")


class AlreadyOnCommittee(RapportError):
    """A person sits on a committee once, with as many roles as they have."""


class NotOnCommittee(RapportError):
    """The person is not on this committee."""


class RingOfReports(RapportError):
    """Nobody reports to themselves, however many stand between."""


class AlreadyDrawn(RapportError):
    """The line stands already."""


@dataclass(frozen=True)
class Line:
    """A line to be: who reports to or influences whom."""

    from_person: Person
    to_person: Person
    kind: str


@transaction.atomic
def join(
    *, deal: Deal, person: Person, by: User, at: datetime, since: datetime | None = None, **held: Any
) -> Participant:
    """Put a person on the committee of a deal, from `since` or now on; `held` is any of HELD, else not known.

    A person of another company is welcome: consultants and parent companies decide too. Raises AlreadyOnCommittee,
    ArchivedDeal, WrongValue.
    """
    deal = live_deal(deal.pk)
    if Participant.objects.filter(deal=deal, person=person, until=None).exists():
        raise AlreadyOnCommittee(_("%(person)s is on the committee already.") % {"person": person})
    since = since or at
    _check_since(deal, person, since=since, at=at)
    row = Participant(deal=deal, person=person, since=since, by=by, **_cleaned(deal, held))
    row.save(force_insert=True)
    _tell("deals.committee_joined", row, by=by, at=at)
    return row


@transaction.atomic
def hold(*, participant: Participant, by: User, at: datetime, **changes: Any) -> Participant:
    """Change what we hold of a person on a committee: the present period ends, another begins.

    `changes` is any of HELD; nothing is written where nothing differs. Raises ChangedByAnother where the given
    period is over already, ArchivedDeal, WrongValue.
    """
    deal = live_deal(participant.deal_id)
    before = _present(participant)
    wanted = {name: getattr(before, name) for name in HELD} | _cleaned(deal, changes)
    differing = [name for name in HELD if getattr(before, name) != wanted[name]]
    if not differing:
        return before
    # Two clocks may differ by a little; a period never ends before it begins.
    at = max(at, before.since)
    _end(before, at=at)
    row = Participant(deal=deal, person_id=before.person_id, since=at, by=by, **wanted)
    row.save(force_insert=True)
    _tell("deals.committee_changed", row, by=by, at=at, fields=differing)
    return row


@transaction.atomic
def leave(*, participant: Participant, by: User, at: datetime) -> Participant:
    """Take a person off the committee; what was held of them stays in the history, their lines end.

    Raises ChangedByAnother where the given period is over already, ArchivedDeal.
    """
    deal = live_deal(participant.deal_id)
    row = _present(participant)
    at = max(at, row.since)
    _end(row, at=at)
    lines = Influence.objects.filter(deal=deal, until=None)
    _end_lines(lines.filter(Q(from_person=row.person_id) | Q(to_person=row.person_id)), at=at)
    _tell("deals.committee_left", row, by=by, at=at)
    return row


@transaction.atomic
def dismiss(*, deal: Deal, person: Person, topic: str, evidence: str, by: User, at: datetime) -> Dismissal:
    """Keep that a suggestion was looked at and not taken; once is enough. Raises ArchivedDeal."""
    deal = live_deal(deal.pk)
    row, is_new = Dismissal.objects.get_or_create(
        deal=deal,
        person=person,
        topic=topic[:24],
        defaults={"evidence": evidence[:LONGEST_EVIDENCE], "by": by, "at": at},
    )
    if is_new:
        audit.record(
            "deals.suggestion_dismissed", target=deal, by=by, at=at, data={"person": person.pk, "topic": topic}
        )
    return row


@transaction.atomic
def draw_line(*, deal: Deal, line: Line, by: User, at: datetime) -> Influence:
    """Write down that one member reports to or influences another from now on.

    Raises NotOnCommittee, AlreadyDrawn, RingOfReports, WrongValue for a line to oneself, ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    begin, end = line.from_person, line.to_person
    if line.kind not in Influence.Kind.values:
        raise WrongValue("kind", _("Choose what ties the two."))
    if begin.pk == end.pk:
        raise WrongValue("to_person", _("A line goes to somebody else."))
    present = set(Participant.objects.filter(deal=deal, until=None).values_list("person", flat=True))
    for person in (begin, end):
        if person.pk not in present:
            raise NotOnCommittee(_("%(person)s is not on the committee.") % {"person": person})
    _check_line(deal, line)
    row = Influence.objects.create(deal=deal, from_person=begin, to_person=end, kind=line.kind, since=at, by=by)
    audit.record(
        "deals.line_drawn", target=deal, by=by, at=at, data={"from": begin.pk, "to": end.pk, "kind": line.kind}
    )
    outbox.put(CommitteeChanged(deal_id=deal.pk, person_id=begin.pk))
    return row


@transaction.atomic
def remove_line(*, deal: Deal, line_id: int, by: User, at: datetime) -> None:
    """End a line, so that it still stands on the map of days gone by; one that ended already is no error.

    Raises ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    row = Influence.objects.filter(deal=deal, pk=line_id, until=None).first()
    if row is None:
        return
    _end_lines(Influence.objects.filter(pk=row.pk), at=at)
    ends = {"from": row.from_person_id, "to": row.to_person_id, "kind": row.kind}
    audit.record("deals.line_removed", target=deal, by=by, at=at, data=ends)
    outbox.put(CommitteeChanged(deal_id=deal.pk, person_id=row.from_person_id))


@transaction.atomic
def change_settings(*, changes: dict[str, Any], version: int, by: User, at: datetime) -> CommitteeSettings:
    """Change when committees raise alarms and which roles stages need. Raises ChangedByAnother, WrongValue."""
    CommitteeSettings.objects.bulk_create([committee_settings()], ignore_conflicts=True)
    row = CommitteeSettings.objects.select_for_update().get(pk=1)
    if row.version != version:
        raise ChangedByAnother(_("Someone else changed these settings. Look at what they wrote, then save again."))
    for name, most in (("quiet_days", 3650), ("fewest_people", 50)):
        if name in changes and not 1 <= changes[name] <= most:
            raise WrongValue(name, _("Give a number from 1 to %(most)d.") % {"most": most})
    for name, value in changes.items():
        setattr(row, name, _roles(value) if name in ("early", "middle", "late") else value)
    row.version += 1
    row.save()
    audit.record("deals.committee_settings_changed", target=row, by=by, at=at, data={"fields": sorted(changes)})
    return row


def _present(participant: Participant) -> Participant:
    row = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    if row.until is not None:
        raise ChangedByAnother(_("Someone else changed this entry meanwhile. Look at what stands there now."))
    return row


def _end(row: Participant, *, at: datetime) -> None:
    row.until = at
    row.save(update_fields=["until"])


def _end_lines(lines: QuerySet[Influence], *, at: datetime) -> None:
    """End lines; one that was drawn by a clock a little ahead of ours ends as it begins."""
    lines.update(until=Greatest("since", Value(at)))


def _tell(code: str, row: Participant, *, by: User, at: datetime, fields: Collection[str] = ()) -> None:
    data: dict[str, Any] = {"person": row.person_id, "roles": row.roles} | ({"fields": list(fields)} if fields else {})
    audit.record(code, target=row.deal, by=by, at=at, data=data)
    outbox.put(CommitteeChanged(deal_id=row.deal_id, person_id=row.person_id))


def _check_since(deal: Deal, person: Person, *, since: datetime, at: datetime) -> None:
    if since > at:
        raise WrongValue("since", _("Nobody is on a committee from a day in the future."))
    if Participant.objects.filter(deal=deal, person=person, until__gt=since).exists():
        raise WrongValue("since", _("On that day this person was on the committee already, and left it later."))


def _cleaned(deal: Deal, held: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises WrongValue for the first that makes no sense."""
    found = dict(held)
    if "roles" in found:
        found["roles"] = _roles(found["roles"])
    if found.get("stance") is not None and found["stance"] not in Stance.values:
        raise WrongValue("stance", _("The stance goes from −2 to +2."))
    if found.get("influence") is not None and found["influence"] not in Weight.values:
        raise WrongValue("influence", _("The influence goes from 0 to 3."))
    for name, known in (("coverage", Coverage.values), ("confidence", Confidence.values)):
        if name in found and found[name] not in known:
            raise WrongValue(name, _("Choose one of those offered."))
    if "evidence" in found:
        found["evidence"] = _evidence(found["evidence"])
    if found.get("interaction") is not None:
        _check_interaction(deal, found["interaction"])
    return found


def _roles(roles: Collection[str]) -> list[str]:
    """The roles in the order of the glossary, each once."""
    if set(roles) - set(CommitteeRole.values):
        raise WrongValue("roles", _("Choose one of those offered."))
    return [role for role in CommitteeRole.values if role in roles]


def _evidence(text: str) -> str:
    bare = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(bare) > LONGEST_EVIDENCE:
        raise WrongValue("evidence", _("This is too long: at most %(most)d characters.") % {"most": LONGEST_EVIDENCE})
    return bare


def _check_interaction(deal: Deal, interaction: Interaction) -> None:
    if not DealInteraction.objects.filter(deal=deal, interaction=interaction).exists():
        raise WrongValue("interaction", _("Quote something that was recorded on this deal."))


def _check_line(deal: Deal, line: Line) -> None:
    rows = Influence.objects.filter(deal=deal, until=None)
    begin, end = line.from_person, line.to_person
    if rows.filter(from_person=begin, to_person=end, kind=line.kind).exists():
        raise AlreadyDrawn(_("This line stands already."))
    if line.kind != Influence.Kind.REPORTS_TO:
        return
    reports = rows.filter(kind=Influence.Kind.REPORTS_TO)
    if reports.filter(from_person=begin).exists():
        raise AlreadyDrawn(
            _("%(person)s reports to somebody else already. Take that line away first.") % {"person": begin}
        )
    if rules.is_ring(reports.values_list("from_person", "to_person"), begin=begin.pk, end=end.pk):
        raise RingOfReports(
            _("%(above)s already stands below %(below)s: the two cannot report to each other.")
            % {"above": end, "below": begin}
        )
