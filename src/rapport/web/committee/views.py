"""A deal's committee, everything one does there, its map as a file; and whom we know at a company."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.core.text import fold
from rapport.deals import access
from rapport.deals.actions import committee as actions
from rapport.deals.models import Confidence, Deal, Participant
from rapport.deals.queries import acquaintance, committee_hints
from rapport.deals.queries import committee as queries
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people import access as people_access
from rapport.people.models import Person
from rapport.web import sheets
from rapport.web.committee import exporting, words
from rapport.web.committee import page as committee_page
from rapport.web.committee.forms import EvidenceForm, JoinForm, LineForm, quotable
from rapport.web.companies.tabs import tabs_of
from rapport.web.parts import is_part

NUMBERS = ("stance", "influence")
WORDS = ("coverage", "confidence")


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The committee of a deal: coverage, alarms, map, people; `?on=` shows it as it stood at the end of a day."""
    assert isinstance(request.user, User)
    return committee_page.show(request, request.user, access.deal_for_view(request.user, pk))


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person on the committee."""
    user, deal = _deal(request, pk)
    form = JoinForm(request.POST, user=user)

    def put() -> Participant:
        given = form.cleaned_data
        since = timezone.make_aware(datetime.combine(given["since"], time.min)) if given["since"] else None
        roles = [given["role"]] if given["role"] else []
        return actions.join(deal=deal, person=given["person"], by=user, at=clock.now(), since=since, roles=roles)

    return (
        _done(request, deal)
        if form.saved(put)
        else committee_page.show(request, user, deal, status=422, join_form=form)
    )


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Set one value of one person: `set=stance:1`, `set=role:buyer` (on or off), `set=coverage:brief`."""
    user, deal = _deal(request, pk)
    row = _entry(request, user, deal)
    changes = _change(request.POST.get("set", ""), row)
    return _do(request, deal, lambda: actions.hold(participant=row, by=user, at=clock.now(), **changes))


@require_POST
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what an entry rests on."""
    user, deal = _deal(request, pk)
    row = _entry(request, user, deal)
    form = EvidenceForm.of(row, talks=quotable(deal), data=request.POST)
    if not form.is_valid():
        return _refused(request, deal, " ".join(str(error) for errors in form.errors.values() for error in errors))
    values = form.values()
    return _do(request, deal, lambda: actions.hold(participant=row, by=user, at=clock.now(), **values))


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person off the committee."""
    user, deal = _deal(request, pk)
    row = _entry(request, user, deal)
    return _do(request, deal, lambda: actions.leave(participant=row, by=user, at=clock.now()))


@require_POST
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a suggestion as it would be made now, or dismiss it."""
    user, deal = _deal(request, pk)
    person = people_access.person_for_view(user, _number(request, "person"))
    committee = queries.committee(user=user, deal=deal, now=clock.now())
    topic = request.POST.get("topic", "")
    made = committee_hints.suggestion(user=user, committee=committee, person_id=person.pk, topic=topic)
    if made is None:
        return _refused(request, deal, _("This is suggested no more. Look at what stands there now."))
    if request.POST.get("take") == "no":
        return _do(request, deal, lambda: actions.dismiss(
            deal=deal, person=person, topic=topic, evidence=words.evidence(made), by=user, at=clock.now(),
        ))  # fmt: skip
    seat = committee.seat_of(person.pk)
    return _do(request, deal, lambda: _take(deal, made, seat.participant if seat else None, user))


def _take(deal: Deal, made: committee_hints.Suggestion, row: Participant | None, user: User) -> Participant:
    """Enter what a suggestion offers, with its evidence; an entry of contact alone leaves the evidence as it is."""
    held: dict[str, Any] = {}
    if made.coverage:
        held["coverage"] = made.coverage
    if made.role:
        held["roles"] = [*(row.roles if row else []), made.role]
    if made.role or row is None:
        held |= {
            "confidence": Confidence.INFERRED,
            "evidence": words.evidence(made),
            "interaction": made.interaction,
        }
    if row is None:
        return actions.join(deal=deal, person=made.person, by=user, at=clock.now(), **held)
    return actions.hold(participant=row, by=user, at=clock.now(), **held)


@require_POST
def draw_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who reports to or influences whom."""
    user, deal = _deal(request, pk)
    seated = Participant.objects.filter(deal=deal, until=None).values("person")
    form = LineForm(request.POST, people=list(Person.objects.visible_to(user).filter(pk__in=seated)))
    drawn = form.saved(lambda: actions.draw_line(deal=deal, line=form.line(), by=user, at=clock.now()))
    return _done(request, deal) if drawn else committee_page.show(request, user, deal, status=422, line_form=form)


@require_POST
def remove_line(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """End a line."""
    user, deal = _deal(request, pk)
    return _do(request, deal, lambda: actions.remove_line(deal=deal, line_id=line, by=user, at=clock.now()))


def map_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The stakeholder map as a file to keep or to show: svg, png, pdf."""
    assert isinstance(request.user, User)
    deal = access.deal_for(request.user, pk, Action.EXPORT)
    if form not in exporting.FORMS:
        raise Http404
    at = committee_page.as_of(request)
    committee = queries.committee(user=request.user, deal=deal, now=clock.now(), at=at)
    try:
        drawn = exporting.svg(committee)
    except exporting.NobodyToDraw:
        raise Http404 from None
    kind, made = exporting.FORMS[form]
    name = slugify(fold(deal.name))[:60] or "deal"
    return sheets.as_file(made(drawn), name=f"{name}-{deal.pk}-committee.{form}", kind=kind)


def whom_we_know(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of a company over all its deals: roles, how well, last contact, who moved where."""
    assert isinstance(request.user, User)
    company = people_access.company_for_view(request.user, pk)
    now = clock.now()
    known = acquaintance.whom_we_know(user=request.user, company=company, now=now)
    roles = [(words.roles([role]), role in known.covered.met) for role in known.covered.required]
    context = {"company": company, "known": known, "roles": roles, "tabs": tabs_of(company, current="companies:known")}
    return render(request, "committee/known.html", context)


def _deal(request: HttpRequest, pk: int) -> tuple[User, Deal]:
    assert isinstance(request.user, User)
    return request.user, access.deal_for_edit(request.user, pk)


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        raise Http404
    return int(given)


def _entry(request: HttpRequest, user: User, deal: Deal) -> Participant:
    """The entry that was on the page; absent, of another deal, and of a hidden person get the same answer."""
    row = get_object_or_404(Participant.objects.select_related("deal"), pk=_number(request, "entry"), deal=deal)
    people_access.person_for_view(user, row.person_id)
    return row


def _change(asked: str, row: Participant) -> dict[str, Any]:
    """What a button asks for, as the action takes it. Raises Http404 for what no button sends."""
    name, colon, value = asked.partition(":")
    if name == "role" and value:
        without = [role for role in row.roles if role != value]
        return {"roles": without if value in row.roles else [*row.roles, value]}
    if name in NUMBERS and value.removeprefix("-").isdecimal() and len(value) < 4:
        return {name: int(value)}
    if name in NUMBERS and colon and not value:
        return {name: None}
    if name in WORDS:
        return {name: value}
    raise Http404


def _do(request: HttpRequest, deal: Deal, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except RapportError as error:
        return _refused(request, deal, str(error))
    return _done(request, deal)


def _done(request: HttpRequest, deal: Deal) -> HttpResponse:
    assert isinstance(request.user, User)
    if is_part(request):
        return committee_page.show(request, request.user, deal)
    return redirect("committee:page", deal.pk)


def _refused(request: HttpRequest, deal: Deal, complaint: str) -> HttpResponse:
    """The committee as it stands now, and why nothing was done; 422 for htmx, which puts only that in its place."""
    assert isinstance(request.user, User)
    status = 422 if is_part(request) else 409
    return committee_page.show(request, request.user, deal, status=status, complaint=complaint)
