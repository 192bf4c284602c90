"""The register of what people asked about their data: received, answered, done, each by the day the law sets."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import ChangedByAnother
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.people.actions.cleaning import WrongValue
from rapport.people.models import Person, PrivacyRequest, PrivacyTerm

ANSWER = "answer"
SATURDAY = 5
# Where the table says nothing: the law of Vietnam since 1 January 2026, (days, whether they are working days).
BY_LAW = {
    ANSWER: (2, True), "access": (10, False), "correct": (10, False), "withdraw": (15, False),
    "restrict": (15, False), "object": (15, False), "erase": (20, False),
}  # fmt: skip


def days_later(start: date, days: int, *, working_days: bool) -> date:
    """The day so many days after another; of working days Saturdays and Sundays are none. Public holidays are not
    known, and so never make a term longer.
    """
    if not working_days:
        return start + timedelta(days=days)
    day, left = start, days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


@transaction.atomic
def add(
    *, kind: str, received_on: date, by: User, at: datetime, person: Person | None = None, reason: str = ""
) -> PrivacyRequest:
    """Take note of a request, due as the terms of today say. Raises WrongValue for a day to come."""
    if received_on > timezone.localtime(at).date():
        raise WrongValue("received_on", _("A request that has come cannot come later than today."))
    answer_by, due_on = (
        days_later(received_on, term.days, working_days=term.working_days) for term in (_term(ANSWER), _term(kind))
    )
    made = PrivacyRequest.objects.create(
        kind=kind, person=person, received_on=received_on, answer_by=min(answer_by, due_on), due_on=due_on,
        reason=tidy(reason)[:500], asked_by=by, made_at=at,
    )  # fmt: skip
    audit.record("people.privacy_requested", target=made, by=by, at=at, data={"kind": kind})
    return made


def _term(code: str) -> PrivacyTerm:
    days, working_days = BY_LAW[code]
    known = PrivacyTerm.objects.filter(code=code).first()
    return known or PrivacyTerm(code=code, days=days, working_days=working_days)


@transaction.atomic
def answered(*, request: PrivacyRequest, version: int, by: User, at: datetime) -> PrivacyRequest:
    """The person was told that the request has come and what becomes of it. Raises ChangedByAnother."""
    request = locked(request, version)
    if request.answered_at is None:
        request.answered_at = at
        _save(request, "people.privacy_answered", by=by, at=at)
    return request


@transaction.atomic
def finish(
    *, request: PrivacyRequest, version: int, refused: bool, reason: str, by: User, at: datetime
) -> PrivacyRequest:
    """What was asked for is done, or refused for a reason. Raises ChangedByAnother, WrongValue."""
    request = locked(request, version)
    if refused and not tidy(reason):
        raise WrongValue("reason", _("Say why it is refused: the person has a right to know."))
    if request.outcome:
        return request
    request.outcome = PrivacyRequest.Outcome.REFUSED if refused else PrivacyRequest.Outcome.DONE
    request.answered_at = request.answered_at or at
    request.done_at, request.reason = at, tidy(reason)[:500] or request.reason
    _save(request, "people.privacy_refused" if refused else "people.privacy_done", by=by, at=at)
    return request


def locked(request: PrivacyRequest, version: int) -> PrivacyRequest:
    """The request as it is now, locked. Raises ChangedByAnother where it is not as it was looked at."""
    request = PrivacyRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    if request.version != version:
        raise ChangedByAnother(_("Someone else changed this request. Look at it again."))
    return request


def _save(request: PrivacyRequest, code: str, *, by: User, at: datetime) -> None:
    request.version += 1
    request.save()
    audit.record(code, target=request, by=by, at=at, data={"kind": request.kind})


@transaction.atomic
def change_terms(*, terms: dict[str, dict[str, object]], by: User, at: datetime) -> int:
    """Change how long there is; requests that came before keep their days. Gives how many terms differ now."""
    # What is noted of the register itself has no number.
    register = PrivacyRequest(pk=0)
    changed = 0
    for term in PrivacyTerm.objects.select_for_update().filter(code__in=terms):
        wanted = terms[term.code]
        differing = [name for name, value in wanted.items() if getattr(term, name) != value]
        for name in differing:
            setattr(term, name, wanted[name])
        if differing:
            term.save()
            changed += 1
            audit.record("people.privacy_term_changed", target=register, by=by, at=at, data={"term": term.code})
    return changed
