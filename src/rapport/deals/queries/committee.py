"""The buying committee of a deal, now or as it was at an instant: who, how well covered, what is alarming."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Count, Max, Q

from rapport.deals.models import (
    CommitteeRole,
    CommitteeSettings,
    Deal,
    DealInteraction,
    Influence,
    Participant,
    Stage,
    StageChange,
)
from rapport.deals.queries.requirements import required_roles as roles_required_by
from rapport.deals.rules import committee as rules
from rapport.deals.rules.committee import Alarm, Covered, Member
from rapport.identity.models import User
from rapport.people.models import Affiliation, Company, Person
from rapport.timeline.models import Interaction, InteractionPerson

_NO_TALK = Interaction.Kind.NOTE


@dataclass(frozen=True)
class Seat:
    """A person of a committee. `person` is None where the reader may not see them.

    `joined_at` is the beginning of the unbroken row of periods; `talks` counts what was recorded with them on this
    deal, `last_contact_at` with them at all; notes are no contact.
    """

    participant: Participant
    person: Person | None
    post: Affiliation | None
    is_outsider: bool
    has_left: bool
    joined_at: datetime
    talks: int
    last_contact_at: datetime | None

    @property
    def member(self) -> Member:
        """The person as the rules see them."""
        return member_of(self.participant, self.last_contact_at)


@dataclass(frozen=True)
class StageCoverage:
    """Coverage of a deal by the roles of one stage: when it first came into the stage (if it did), and now."""

    stage: Stage
    entered_at: datetime | None
    then: Covered | None
    now: Covered


@dataclass(frozen=True)
class Committee:
    """The committee of a deal at the instant `at`; `covered` is by the roles of the stage it was in then."""

    deal: Deal
    at: datetime
    stage: Stage
    settings: CommitteeSettings
    seats: list[Seat]
    covered: Covered
    stages: list[StageCoverage]
    lines: list[Influence] = field(default_factory=list)

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Gaps and threats, worst first; none for a deal that is closed."""
        if self.stage.status != Stage.Status.OPEN:
            return []
        members = [seat.member for seat in self.seats]
        settings = self.settings
        return rules.alarms(members, fewest=settings.fewest_people, quiet_days=settings.quiet_days, now=self.at)

    def seat_of(self, person_id: int) -> Seat | None:
        """The seat of a person, if they have one."""
        return next((seat for seat in self.seats if seat.participant.person_id == person_id), None)


def member_of(row: Participant, last_contact_at: datetime | None = None) -> Member:
    """A row of the committee as the rules see it."""
    return Member(
        person_id=row.person_id,
        roles=frozenset(row.roles),
        stance=row.stance,
        influence=row.influence,
        coverage=row.coverage,
        last_contact_at=last_contact_at,
    )


def committee_settings() -> CommitteeSettings:
    """The settings of committees; the defaults (not saved) until somebody changed them."""
    role = CommitteeRole
    return CommitteeSettings.objects.filter(pk=1).first() or CommitteeSettings(
        pk=1,
        early=[role.INITIATOR],
        middle=[role.INITIATOR, role.INFLUENCER, role.USER],
        late=[role.INFLUENCER, role.USER, role.DECISION_MAKER, role.BUYER],
    )


def required_roles(pipeline_ids: Iterable[int], *, settings: CommitteeSettings | None = None) -> dict[int, list[str]]:
    """The roles each stage of some pipelines requires: its own requirements, else the settings' by its place.

    A stage that is won or lost requires what the last open ones do. Two queries, three without settings.
    """
    settings = settings or committee_settings()
    stages = Stage.objects.filter(pipeline__in=set(pipeline_ids)).order_by("pipeline", "position")
    by_pipeline: dict[int, list[Stage]] = defaultdict(list)
    for stage in stages:
        by_pipeline[stage.pipeline_id].append(stage)
    own = roles_required_by(stage.pk for row in by_pipeline.values() for stage in row)
    found: dict[int, list[str]] = {}
    for row in by_pipeline.values():
        in_sequence = [stage.pk for stage in row if stage.status == Stage.Status.OPEN and stage.retired_at is None]
        for stage in row:
            place = in_sequence.index(stage.pk) if stage.pk in in_sequence else len(in_sequence)
            by_place: list[str] = getattr(settings, rules.third(place=place, of=len(in_sequence)))
            found[stage.pk] = own.get(stage.pk) or list(by_place)
    return found


def coverage_of_deals(deals: Sequence[Deal]) -> dict[int, Covered]:
    """Coverage of many deals by the roles of their present stages; four queries."""
    required = required_roles({deal.pipeline_id for deal in deals})
    rows = Participant.objects.filter(deal__in=[deal.pk for deal in deals], until=None)
    return _covered_by(rows, deals, required)


def coverage_now_and_then(deals: Sequence[Deal], *, then: datetime) -> tuple[dict[int, Covered], dict[int, Covered]]:
    """Coverage of many deals by the roles of their present stages, now and as it was at an instant; four queries."""
    required = required_roles({deal.pipeline_id for deal in deals})
    rows = Participant.objects.filter(Q(until=None) | _present_at(then), deal__in=[deal.pk for deal in deals])
    found = list(rows)
    present = [row for row in found if row.until is None]
    return (
        _covered_by(present, deals, required),
        _covered_by([row for row in found if _is_present(row, then)], deals, required),
    )


def _covered_by(
    rows: Iterable[Participant], deals: Sequence[Deal], required: dict[int, list[str]]
) -> dict[int, Covered]:
    members: dict[int, list[Member]] = defaultdict(list)
    for row in rows:
        members[row.deal_id].append(member_of(row))
    return {
        deal.pk: rules.covered(required=required[deal.stage_id], held=rules.roles_in_contact(members[deal.pk]))
        for deal in deals
    }


def history(*, user: User, deal: Deal) -> list[tuple[Participant, Person]]:
    """Every period of everybody on the committee whom the reader may see, the newest first; two queries."""
    rows = list(Participant.objects.filter(deal=deal).select_related("by").order_by("-since", "-pk"))
    people = Person.objects.visible_to(user).in_bulk({row.person_id for row in rows})
    return [(row, people[row.person_id]) for row in rows if row.person_id in people]


def lines_over_time(*, user: User, deal: Deal) -> list[Influence]:
    """Every line, also those that ended, between people whom the reader may see, the newest first; one query."""
    seen = Person.objects.visible_to(user)
    rows = Influence.objects.filter(deal=deal, from_person__in=seen, to_person__in=seen)
    return list(rows.select_related("from_person", "to_person", "by").order_by("-since", "-pk"))


def committee(*, user: User, deal: Deal, now: datetime, at: datetime | None = None) -> Committee:
    """The committee of a deal as the reader may see it, at the instant `at` or now; nine queries.

    What is known of the people (posts, last contact) is counted up to the same instant; so are the lines.
    """
    instant = at or now
    periods = list(Participant.objects.filter(deal=deal).select_related("by", "interaction").order_by("since", "pk"))
    present = [row for row in periods if _is_present(row, instant)]
    settings = committee_settings()
    required = required_roles([deal.pipeline_id], settings=settings)
    entries = list(StageChange.objects.filter(deal=deal, at__lte=instant).order_by("at", "pk"))
    stages = {stage.pk: stage for stage in Stage.objects.filter(pipeline=deal.pipeline_id).order_by("position")}
    stage = stages[entries[-1].to_stage_id] if at and entries else deal.stage
    held = rules.roles_in_contact(member_of(row) for row in present)
    return Committee(
        deal=deal,
        at=instant,
        stage=stage,
        settings=settings,
        seats=_seats(user, deal, _Rows(present, periods), instant),
        covered=rules.covered(required=required[stage.pk], held=held),
        stages=_by_stage(stages, entries, periods, required, held),
        lines=_lines(deal, {row.person_id for row in present}, at=instant),
    )


def _present_at(at: datetime) -> Q:
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def _is_present(row: Participant, at: datetime) -> bool:
    return row.since <= at and (row.until is None or row.until > at)


def _lines(deal: Deal, people: set[int], *, at: datetime) -> list[Influence]:
    """The lines of an instant between people who are both on the committee."""
    rows = Influence.objects.filter(_present_at(at), deal=deal, from_person__in=people, to_person__in=people)
    return list(rows.order_by("kind", "pk"))


def _by_stage(
    stages: dict[int, Stage],
    entries: list[StageChange],
    periods: list[Participant],
    required: dict[int, list[str]],
    held: set[str],
) -> list[StageCoverage]:
    """A row for each open stage that is still offered, and for each the deal has been in."""
    entered: dict[int, datetime] = {}
    for change in entries:
        entered.setdefault(change.to_stage_id, change.at)
    found = []
    for stage in stages.values():
        if stage.status != Stage.Status.OPEN or (stage.retired_at and stage.pk not in entered):
            continue
        came, then = entered.get(stage.pk), None
        if came:
            there = (member_of(row) for row in periods if _is_present(row, came))
            then = rules.covered(required=required[stage.pk], held=rules.roles_in_contact(there))
        found.append(StageCoverage(stage, came, then, rules.covered(required=required[stage.pk], held=held)))
    return found


@dataclass(frozen=True)
class _Rows:
    """The periods of a committee that are present, and all of them."""

    present: list[Participant]
    periods: list[Participant]

    def joined_at(self, row: Participant) -> datetime:
        """Since when the person has been on the committee without a break."""
        began = row.since
        for each in sorted(self.periods, key=lambda each: (each.since, each.pk), reverse=True):
            if each.person_id == row.person_id and each.until == began:
                began = each.since
        return began


def _seats(user: User, deal: Deal, rows: _Rows, at: datetime) -> list[Seat]:
    ids = [row.person_id for row in rows.present]
    if not ids:
        return []
    seen = {person.pk: person for person in Person.objects.visible_to(user).filter(pk__in=ids)}
    posts = posts_of(ids, user=user)
    about = DealInteraction.objects.filter(deal=deal, at__lte=at).values("interaction")
    on_deal = InteractionPerson.objects.filter(person__in=ids, interaction__in=about)
    on_deal = on_deal.filter(interaction__archived_at=None).exclude(interaction__kind=_NO_TALK)
    talks = dict(on_deal.values_list("person").annotate(Count("pk")))
    contacts = last_contacts(ids, until=at)
    found = []
    for row in rows.present:
        held = posts.get(row.person_id, [])
        present = [post for post in held if post.until is None]
        here = [post for post in present if post.company_id == deal.company_id]
        was_here = any(post.company_id == deal.company_id for post in held)
        found.append(
            Seat(
                participant=row,
                person=seen.get(row.person_id),
                post=next(iter(here or present), None),
                is_outsider=bool(deal.company_id and present and not here),
                has_left=bool(deal.company_id and was_here and not here),
                joined_at=rows.joined_at(row),
                talks=talks.get(row.person_id, 0),
                last_contact_at=contacts.get(row.person_id),
            )
        )
    return sorted(found, key=_importance)


def _importance(seat: Seat) -> tuple[int, int, str]:
    """Those whose word counts most come first; the unknown come after those known to count."""
    row = seat.participant
    decides = 0 if rules.DECIDES in row.roles else 1
    return (
        decides,
        -(row.influence if row.influence is not None else -1),
        seat.person.sort_name if seat.person else "~",
    )


def posts_of(person_ids: Iterable[int], *, user: User) -> dict[int, list[Affiliation]]:
    """The posts, present and past, of some people at companies the reader may see, the youngest first; one query."""
    found: dict[int, list[Affiliation]] = defaultdict(list)
    rows = Affiliation.objects.filter(person__in=list(person_ids), company__in=Company.objects.visible_to(user))
    for post in rows.select_related("company"):
        found[post.person_id].append(post)
    for posts in found.values():
        posts.sort(key=_age_of_post, reverse=True)
    return found


def _age_of_post(post: Affiliation) -> tuple[date, int]:
    """A post without a beginning is as old as its end, and the oldest where neither is known."""
    return (post.since or post.until or date.min, post.pk)


def last_contacts(person_ids: Iterable[int], *, until: datetime) -> dict[int, datetime]:
    """When something was last recorded with each person, on whatever deal; those without are missing; one query."""
    rows = InteractionPerson.objects.filter(
        person__in=list(person_ids), at__lte=until, interaction__archived_at__isnull=True
    )
    rows = rows.exclude(interaction__kind=_NO_TALK)
    return dict(rows.values_list("person").annotate(Max("at")))
