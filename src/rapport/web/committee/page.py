"""What the committee page of a deal shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.core import clock
from rapport.deals import access
from rapport.deals.models import CommitteeRole, Confidence, Coverage, Deal, Participant, Stage, Stance, Weight
from rapport.deals.queries import committee as queries
from rapport.deals.queries.committee import Committee, Seat
from rapport.deals.queries.committee_hints import suggestions
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.timeline.models import Interaction
from rapport.web import formats
from rapport.web.committee import drawing, words
from rapport.web.committee.drawing import Figure, Map, Tie
from rapport.web.committee.forms import (
    AsOfForm,
    EvidenceForm,
    JoinForm,
    LineForm,
    colleagues_to_join,
    quotable,
)
from rapport.web.deals import panels
from rapport.web.parts import is_part

CURRENT = "committee:page"


@dataclass(frozen=True)
class Choice:
    """A button of a segmented control; `sends` is what it sends, `says` what it means in full."""

    sends: str
    label: str
    says: str
    is_chosen: bool


@dataclass(frozen=True)
class Control:
    """A segmented control of one value of one person; `chosen` says the present value in words."""

    name: str
    label: str
    chosen: str
    choices: list[Choice]


@dataclass(frozen=True)
class Row:
    """A person of the committee with everything one can set of them."""

    seat: Seat
    name: str
    roles: str
    controls: list[Control]
    contact: str
    evidence_form: EvidenceForm | None


@dataclass(frozen=True)
class Past:
    """One period of the history, in words."""

    row: Participant
    person: Person
    roles: str
    stance: str


def show(request: HttpRequest, user: User, deal: Deal, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page, or for htmx its changing part, after something was done or refused (`complaint`)."""
    at = as_of(request)
    committee = queries.committee(user=user, deal=deal, now=clock.now(), at=at)
    may_change = at is None and deal.archived_at is None and access.may_edit(user, deal)
    context = _context(user, committee, may_change=may_change) | {
        "as_of": at,
        "as_of_form": AsOfForm(request.GET),
        "as_of_day": timezone.localtime(at).date() - timedelta(days=1) if at else None,
    }
    if may_change:
        context |= _forms(user, committee)
    template = "committee/_committee.html" if is_part(request) else "committee/page.html"
    frame = {} if is_part(request) else panels.tab_context(user, deal, current=CURRENT)
    return render(request, template, frame | {"deal": deal} | context | extra, status=status)


def _context(user: User, committee: Committee, *, may_change: bool) -> dict[str, Any]:
    talks = quotable(committee.deal) if may_change else None
    return {
        "committee": committee,
        "alarms": words.told(committee),
        "required": words.required(committee),
        "stages": [(row, words.roles(row.now.lacking)) for row in committee.stages],
        "map": map_of(committee),
        "map_labels": map_labels(),
        "rows": [_row(seat, committee, talks=talks) for seat in committee.seats],
        "lines": _lines(committee),
        "suggestions": _offers(user, committee) if may_change else [],
        "history": _history(user, committee),
        "lines_over_time": queries.lines_over_time(user=user, deal=committee.deal),
        "may_change": may_change,
        "is_closed": committee.stage.status != Stage.Status.OPEN,
    }


def _forms(user: User, committee: Committee) -> dict[str, Any]:
    seated = [seat.person for seat in committee.seats if seat.person]
    ids = {seat.participant.person_id for seat in committee.seats}
    return {
        "colleagues": colleagues_to_join(user=user, deal=committee.deal, seated=ids),
        "join_form": JoinForm(user=user),
        "line_form": LineForm(people=seated) if len(seated) > 1 else None,
    }


def contact(seat: Seat, *, at: datetime) -> str:
    """When there was contact last, in a few words."""
    if seat.last_contact_at is None:
        return _("no contact recorded")
    days = max((at - seat.last_contact_at).days, 0)
    if days == 0:
        return _("contact today")
    return ngettext("contact %(days)d day ago", "contact %(days)d days ago", days) % {"days": days}


def map_of(committee: Committee) -> Map | None:
    """The stakeholder map; None where there is nobody to draw."""
    figures = [_figure(seat, committee) for seat in committee.seats]
    ties = [Tie(line.from_person_id, line.to_person_id, line.kind) for line in committee.lines]
    return drawing.drawn(figures, ties) if figures else None


def map_labels() -> dict[str, list[tuple[int | None, str]]]:
    """What the columns and rows of the map are called."""
    return {
        "stances": [(None, _("Stance not known")), *((each.value, str(each.label)) for each in Stance)],
        "influences": [(None, _("Not known")), *((each.value, str(each.label)) for each in Weight)],
    }


def _figure(seat: Seat, committee: Committee) -> Figure:
    row, name = seat.participant, words.name_of(seat)
    return Figure(
        person_id=row.person_id,
        name=name,
        initials=formats.initials(str(seat.person) if seat.person else ""),
        roles=words.roles(row.roles) or _("role not known"),
        contact=contact(seat, at=committee.at),
        stance=row.stance,
        influence=row.influence,
        coverage=row.coverage,
        decides=CommitteeRole.DECISION_MAKER in row.roles,
        threatens=(row.stance or 0) < 0 and row.influence == Weight.HIGH,
    )


def _row(seat: Seat, committee: Committee, *, talks: list[Interaction] | None) -> Row:
    """A person of the list; `talks` are those one may quote, None where nothing may be changed."""
    may_touch = talks is not None and seat.person is not None
    return Row(
        seat=seat,
        name=words.name_of(seat),
        roles=words.roles(seat.participant.roles),
        controls=_controls(seat) if may_touch else [],
        contact=contact(seat, at=committee.at),
        evidence_form=EvidenceForm.of(seat.participant, talks=talks or []) if may_touch else None,
    )


def _controls(seat: Seat) -> list[Control]:
    row, unknown = seat.participant, _("Not known")
    roles = [Choice(f"role:{code}", str(label), str(label), code in row.roles) for code, label in CommitteeRole.choices]
    return [
        Control("roles", _("Roles"), words.roles(row.roles) or unknown, roles),
        _scale("stance", _("Stance"), row.stance, [(each.value, signed(each), str(each.label)) for each in Stance]),
        _scale("influence", _("Influence"), row.influence, [(w.value, str(w.value), str(w.label)) for w in Weight]),
        _words("coverage", _("How well in contact"), row.coverage, Coverage.choices),
        _words("confidence", _("Rests on"), row.confidence, Confidence.choices),
    ]


def signed(value: int) -> str:
    """`+1`, `0`, `−2`."""
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def _scale(name: str, label: str, held: int | None, steps: Sequence[tuple[int, str, str]]) -> Control:
    unknown = _("Not known")
    choices = [Choice(f"{name}:", "?", unknown, held is None)]
    choices += [Choice(f"{name}:{value}", sign, says, held == value) for value, sign, says in steps]
    return Control(name, label, next(choice.says for choice in choices if choice.is_chosen), choices)


def _words(name: str, label: str, held: str, steps: Sequence[tuple[str, Any]]) -> Control:
    choices = [
        Choice(f"{name}:{code}", "?" if code == "unknown" else str(says), str(says), held == code)
        for code, says in steps
    ]
    return Control(name, label, next(choice.says for choice in choices if choice.is_chosen), choices)


def _lines(committee: Committee) -> list[tuple[Any, str, str]]:
    """The lines between people whose names the reader may know."""
    found = []
    for line in committee.lines:
        begin, end = committee.seat_of(line.from_person_id), committee.seat_of(line.to_person_id)
        if begin and end:
            found.append((line, words.name_of(begin), words.name_of(end)))
    return found


def _offers(user: User, committee: Committee) -> list[tuple[Any, str, str]]:
    found = suggestions(user=user, committee=committee)
    return [(each, words.offer(each), words.evidence(each)) for each in found]


def _history(user: User, committee: Committee) -> list[Past]:
    """Every period of the people whom the reader may see, the newest first."""
    return [
        Past(row, person, words.roles(row.roles), signed(row.stance) if row.stance is not None else "")
        for row, person in queries.history(user=user, deal=committee.deal)
    ]


def as_of(request: HttpRequest) -> datetime | None:
    """The instant whose committee is asked for with `?on=`; None for now, and for days that have not ended."""
    form = AsOfForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    if on is None or on >= clock.today():
        return None
    return timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
