"""Buying committees of deals: who sits on them, who influences whom, how well they are covered, what is suggested."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import deal_parts, naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, answer, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.deals import access
from rapport.deals.actions import committee as actions
from rapport.deals.models import Influence, Participant
from rapport.deals.queries import committee as queries
from rapport.deals.queries import committee_hints
from rapport.identity.access import Action, Kind
from rapport.people import access as people_access
from rapport.people.models import Person
from rapport.timeline.models import Interaction

router = Router(tags=["Buying committees"])
READ, WRITE = "deals:read", "deals:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
Role = Literal["initiator", "influencer", "gatekeeper", "decision_maker", "buyer", "user"]
Coverage = Literal["unknown", "none", "brief", "several", "in_depth"]
Confidence = Literal["stated", "inferred", "unknown"]
Tie = Literal["reports_to", "influences"]
SEAT: dict[str, Any] = {
    "id": 8, "deal_id": 42, "person_id": 17, "roles": ["buyer"], "stance": 1, "influence": 2, "coverage": "several",
    "confidence": "stated", "evidence": "Signs all orders", "interaction_id": None,
    "since": "2026-03-16T02:30:00Z", "until": None, "by_id": 4,
}  # fmt: skip
LINE: dict[str, Any] = {
    "id": 2, "deal_id": 42, "from_person_id": 17, "to_person_id": 18, "kind": "reports_to",
    "since": "2026-03-16T02:30:00Z", "until": None,
}  # fmt: skip
COVERED: dict[str, Any] = {
    "deal_id": 42, "stage_id": 3, "required": ["buyer", "user"], "met": ["buyer"], "lacking": ["user"],
    "share": "0.5", "alarms": [{"code": "quiet", "person_ids": [17], "days": 21}],
}  # fmt: skip
SUGGESTION: dict[str, Any] = {
    "person_id": 18, "topic": "role:decision_maker", "source": "title", "role": "decision_maker", "coverage": None,
    "quote": "Director", "talks": 0, "interaction_id": None,
}  # fmt: skip


class SeatShown(Shown):
    """A person on a committee from `since` to `until`; without an end what is held of them now."""

    id: int
    deal_id: int
    person_id: int | None = Field(description="null: you may not see this person.")
    roles: list[Role]
    stance: int | None = Field(description="From -2, against us, to 2, fights for us.")
    influence: int | None = Field(description="0 to 3.")
    coverage: Coverage
    confidence: Confidence
    evidence: str | None
    interaction_id: int | None
    since: datetime
    until: datetime | None
    by_id: int | None


class Held(Sent):
    """What is held of a person."""

    roles: list[Role] | None = Field(None, max_length=6)
    stance: int | None = Field(None, ge=-2, le=2)
    influence: int | None = Field(None, ge=0, le=3)
    coverage: Coverage | None = None
    confidence: Confidence | None = None
    evidence: str | None = Field(None, max_length=2_000)
    interaction_id: int | None = Field(None, description="A talk recorded on this deal that says so.")

    def values(self) -> dict[str, Any]:
        """As the action takes it: nothing said of words is not known."""
        given = {name: value for name, value in self.given().items() if name in actions.HELD}
        empty = {"roles": [], "coverage": "unknown", "confidence": "unknown", "evidence": ""}
        return {name: empty.get(name) if value is None else value for name, value in given.items()}


class NewSeat(Held):
    """A person to be put on a committee."""

    person_id: int
    since: datetime | None = Field(None, description="Now, unless it was earlier.")


class SeatsAsked(AskedPage):
    """Those of now, or every period there was."""

    past: bool = Field(False, description="Periods that are over as well.")


class InfluenceShown(Shown):
    """A reports to B, or A influences B."""

    id: int
    deal_id: int
    from_person_id: int
    to_person_id: int
    kind: Tie
    since: datetime
    until: datetime | None


class NewInfluence(Sent):
    """A line to be."""

    from_person_id: int
    to_person_id: int
    kind: Tie


class AlarmShown(Shown):
    """A gap or a threat."""

    code: str
    person_ids: list[int]
    days: int | None


class CoverageShown(Shown):
    """Which roles the deal's stage needs somebody in contact for, and which are met."""

    deal_id: int
    stage_id: int
    required: list[str]
    met: list[str]
    lacking: list[str]
    share: Decimal | None
    alarms: list[AlarmShown]


class SuggestionShown(Shown):
    """Something that titles or talks suggest; nothing is entered unless somebody takes it."""

    person_id: int
    topic: str
    source: str
    role: str | None
    coverage: str | None
    quote: str | None
    talks: int
    interaction_id: int | None


class SuggestionsShown(Shown):
    """What is suggested now, at most twelve."""

    items: list[SuggestionShown]


class Dismissed(Sent):
    """What was looked at and not taken."""

    person_id: int
    topic: str = Field(min_length=1, max_length=24)
    evidence: str | None = Field(None, max_length=2_000)


LINES: Shape[Influence] = Shape(InfluenceShown)


def _seats(people: Any, user: Any) -> Shape[Participant]:
    """The shape of seats of these people, by number, which names only those whom the user may see."""
    seen = set(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True))
    return Shape(SeatShown, person_id=lambda row: row.person_id if row.person_id in seen else None)


def _seat(user: Any, pk: int, *, edit: bool) -> Participant:
    return deal_parts.part(user, Participant.objects.all(), pk, deal_of=lambda row: row.deal_id, edit=edit)


@operation(router, Spec(
    name="list_participants", method="GET", path="/deals/{int:pk}/committee", scope=READ, right=SEE,
    summary="The committee of a deal", answers=PageOf[SeatShown], example={"items": [SEAT], "next": None},
))  # fmt: skip
def list_participants(request: ApiRequest, pk: int, asked: Query[SeatsAsked]) -> HttpResponse:
    """Who sits on the committee; with `past` also every earlier period, so that its history can be told."""
    user = request.caller.user
    rows = Participant.objects.filter(deal=access.deal_for_view(user, pk))
    if not asked.past:
        rows = rows.filter(until=None)
    return page_of(request, rows, _seats(rows.values("person"), user), asked)


@operation(router, Spec(
    name="join_committee", method="POST", path="/deals/{int:pk}/committee", scope=WRITE, right=EDIT,
    summary="Put a person on a committee", answers=SeatShown, status=201, example=SEAT,
    sent_example={"person_id": 17, "roles": ["buyer"], "stance": 1},
))  # fmt: skip
def join_committee(request: ApiRequest, pk: int, sent: NewSeat) -> HttpResponse:
    """A person sits on a committee once, with as many roles as they have."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    person = naming.named("person_id", lambda: people_access.person_for_view(user, sent.person_id))
    held = sent.values() | _interaction(user, sent)
    seat = actions.join(deal=deal, person=person, by=user, at=request.at, since=sent.since, **held)
    return made(request, _seats([seat.person_id], user), seat, at=f"/api/v1/participants/{seat.pk}")


@operation(router, Spec(
    name="get_participant", method="GET", path="/participants/{int:pk}", scope=READ, right=SEE,
    summary="One seat of a committee", answers=SeatShown, example=SEAT,
))  # fmt: skip
def get_participant(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """One period of a person on a committee."""
    seat = _seat(request.caller.user, pk, edit=False)
    return one(request, _seats([seat.person_id], request.caller.user), seat, fields=asked.fields)


@operation(router, Spec(
    name="change_participant", method="PATCH", path="/participants/{int:pk}", scope=WRITE, right=EDIT,
    summary="Change what is held of a person", answers=SeatShown, example=SEAT, sent_example={"stance": 2},
))  # fmt: skip
def change_participant(request: ApiRequest, pk: int, sent: Held) -> HttpResponse:
    """The present period ends and another begins: the answer has a new id. 409 where it ended already."""
    user = request.caller.user
    seat = _seat(user, pk, edit=True)
    held = sent.values() | _interaction(user, sent)
    seat = actions.hold(participant=seat, by=user, at=request.at, **held)
    return one(request, _seats([seat.person_id], user), seat)


@operation(router, Spec(
    name="leave_committee", method="DELETE", path="/participants/{int:pk}", scope=WRITE, right=EDIT,
    summary="Take a person off a committee", answers=None, status=204,
))  # fmt: skip
def leave_committee(request: ApiRequest, pk: int) -> HttpResponse:
    """What was held of them stays in the history; their lines end. 409 where the period is over already."""
    user = request.caller.user
    actions.leave(participant=_seat(user, pk, edit=True), by=user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="get_coverage", method="GET", path="/deals/{int:pk}/committee/coverage", scope=READ, right=SEE,
    summary="How well a committee is covered", answers=CoverageShown, example=COVERED,
))  # fmt: skip
def get_coverage(request: ApiRequest, pk: int) -> HttpResponse:
    """Roles that the deal's stage needs somebody in contact for, those met and lacking, and alarms."""
    user = request.caller.user
    found = queries.committee(user=user, deal=access.deal_for_view(user, pk), now=request.at)
    seen = {seat.person.pk for seat in found.seats if seat.person}
    alarms = [
        {"code": each.code, "person_ids": [one for one in each.people if one in seen], "days": each.days}
        for each in found.alarms
    ]
    covered = found.covered
    return answer({
        "deal_id": pk, "stage_id": found.stage.pk, "required": covered.required, "met": covered.met,
        "lacking": covered.lacking, "share": None if covered.share is None else str(covered.share), "alarms": alarms,
    })  # fmt: skip


@operation(router, Spec(
    name="list_suggestions", method="GET", path="/deals/{int:pk}/committee/suggestions", scope=READ, right=SEE,
    summary="What is suggested for a committee", answers=SuggestionsShown, example={"items": [SUGGESTION]},
))  # fmt: skip
def list_suggestions(request: ApiRequest, pk: int) -> HttpResponse:
    """What titles and recorded talks suggest, each with its evidence, about people whom you may see."""
    user = request.caller.user
    committee = queries.committee(user=user, deal=access.deal_for_view(user, pk), now=request.at)
    made_now = committee_hints.suggestions(user=user, committee=committee)
    return answer({"items": [
        {
            "person_id": each.person.pk, "topic": each.topic, "source": each.source, "role": each.role or None,
            "coverage": each.coverage or None, "quote": each.quote or None, "talks": each.talks,
            "interaction_id": each.interaction.pk if each.interaction else None,
        }
        for each in made_now
    ]})  # fmt: skip


@operation(router, Spec(
    name="dismiss_suggestion", method="POST", path="/deals/{int:pk}/committee/suggestions/dismiss", scope=WRITE,
    right=EDIT, summary="Do not suggest this again", answers=None, status=204,
    sent_example={"person_id": 18, "topic": "join"},
))  # fmt: skip
def dismiss_suggestion(request: ApiRequest, pk: int, sent: Dismissed) -> HttpResponse:
    """Keep that a suggestion was looked at and not taken; to take one, join or change the seat."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    person = naming.named("person_id", lambda: people_access.person_for_view(user, sent.person_id))
    actions.dismiss(deal=deal, person=person, topic=sent.topic, evidence=sent.evidence or "", by=user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="list_lines", method="GET", path="/deals/{int:pk}/committee/lines", scope=READ, right=SEE,
    summary="Who reports to or influences whom", answers=PageOf[InfluenceShown],
    example={"items": [LINE], "next": None},
))  # fmt: skip
def list_lines(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """The present lines between people whom you may see."""
    user = request.caller.user
    seen = Person.objects.visible_to(user)
    rows = Influence.objects.filter(deal=access.deal_for_view(user, pk), until=None)
    return page_of(request, rows.filter(from_person__in=seen, to_person__in=seen), LINES, asked)


@operation(router, Spec(
    name="draw_line", method="POST", path="/deals/{int:pk}/committee/lines", scope=WRITE, right=EDIT,
    summary="Draw a line", answers=InfluenceShown, status=201, example=LINE,
    sent_example={"from_person_id": 17, "to_person_id": 18, "kind": "reports_to"},
))  # fmt: skip
def draw_line(request: ApiRequest, pk: int, sent: NewInfluence) -> HttpResponse:
    """Both must sit on the committee; nobody reports to themselves, however many stand between."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    begin = naming.named("from_person_id", lambda: people_access.person_for_view(user, sent.from_person_id))
    end = naming.named("to_person_id", lambda: people_access.person_for_view(user, sent.to_person_id))
    row = actions.draw_line(deal=deal, line=actions.Line(begin, end, sent.kind), by=user, at=request.at)
    return made(request, LINES, row, at=f"/api/v1/committee-lines/{row.pk}")


@operation(router, Spec(
    name="remove_line", method="DELETE", path="/committee-lines/{int:pk}", scope=WRITE, right=EDIT,
    summary="End a line", answers=None, status=204,
))  # fmt: skip
def remove_line(request: ApiRequest, pk: int) -> HttpResponse:
    """It still stands on the map of days gone by; one that ended already stays so."""
    user = request.caller.user
    row = naming.found(Influence.objects.all(), pk)
    actions.remove_line(deal=access.deal_for_edit(user, row.deal_id), line_id=pk, by=user, at=request.at)
    return nothing()


def _interaction(user: Any, sent: Held) -> dict[str, Any]:
    """The talk that is named, if one is. Raises Problem that names the field."""
    if "interaction_id" not in sent.model_fields_set:
        return {}
    if sent.interaction_id is None:
        return {"interaction": None}
    number = sent.interaction_id
    rows = Interaction.objects.visible_to(user)
    return {"interaction": naming.named("interaction_id", lambda: naming.found(rows, number))}
