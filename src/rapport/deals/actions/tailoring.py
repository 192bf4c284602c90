"""Writing down what is made to measure: requirements, their changes, and what the customer accepted."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.deals.actions.live import live_deal
from rapport.deals.events import RequirementAccepted, RequirementRevised
from rapport.deals.models import Deal, Requirement, RequirementAcceptance, RequirementVersion
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.people.models import Person

SAID = ("title", "goal", "context", "specification", "accepted_when")
SERVED = ("serves_company", "serves_person")
# Postgres keeps minutes in four bytes; a year of work is more than any change takes.
MOST_MINUTES = 527_040


class AlreadyAccepted(RapportError):
    """The newest version was accepted before."""


class DroppedRequirement(RapportError):
    """What was dropped is neither changed nor accepted."""


@transaction.atomic
def add_requirement(*, deal: Deal, values: dict[str, Any], by: User, at: datetime) -> Requirement:
    """A new requirement with its first version; the values are those of a version and whom it serves.

    Raises WrongValue, ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    last = Requirement.objects.filter(deal=deal).aggregate(last=Max("number"))["last"]
    requirement = Requirement(deal=deal, number=(last or 0) + 1)
    _serve(requirement, values)
    requirement.save(force_insert=True)
    version = RequirementVersion(requirement=requirement, number=1, at=at, by=by, **_said(values))
    _checked(version).save(force_insert=True)
    audit.record("deals.requirement_added", target=requirement, by=by, at=at, data={"deal": deal.pk})
    outbox.put(RequirementRevised(deal_id=deal.pk, requirement_id=requirement.pk, version=1, is_rework=False))
    return requirement


@transaction.atomic
def revise(
    *, requirement: Requirement, version: int, values: dict[str, Any], rework: dict[str, Any] | None = None,
    by: User, at: datetime,
) -> RequirementVersion:  # fmt: skip
    """Say a requirement anew: a further version where its words differ, none where they do not.

    Once any version has been accepted, a change is rework: `rework` names its `cause`, and as far as known
    `cause_note`, `minutes`, `cost`, `currency` (else that of the deal). Raises ChangedByAnother if `version` is
    stale, WrongValue (of `cause` where rework names none), DroppedRequirement, ArchivedDeal.
    """
    requirement = _current(requirement, version)
    newest = requirement.versions.order_by("-number")[0]
    said = _said(values)
    serves_another = _serve(requirement, values)
    reads_differently = any(getattr(newest, name) != text for name, text in said.items())
    if not serves_another and not reads_differently:
        return newest
    made = newest
    if reads_differently:
        made = RequirementVersion(
            requirement=requirement, number=newest.number + 1, at=at, by=by,
            **{name: getattr(newest, name) for name in SAID} | said,
        )  # fmt: skip
        if RequirementAcceptance.objects.filter(accepted__requirement=requirement).exists():
            made.is_rework = True
            for name, value in _rework(rework or {}, requirement.deal).items():
                setattr(made, name, value)
        _checked(made).save(force_insert=True)
        outbox.put(
            RequirementRevised(
                deal_id=requirement.deal_id,
                requirement_id=requirement.pk,
                version=made.number,
                is_rework=made.is_rework,
            )
        )
    _bump(requirement)
    data = {"version": made.number, "is_rework": made.is_rework and made.pk != newest.pk}
    audit.record("deals.requirement_revised", target=requirement, by=by, at=at, data=data)
    return made


@transaction.atomic
def accept(
    *, requirement: Requirement, version: int, on: date, person: Person | None = None, evidence: str = "",
    by: User, at: datetime, today: date,
) -> RequirementAcceptance:  # fmt: skip
    """Note that the customer accepted the newest version. Raises ChangedByAnother if `version` is stale,
    AlreadyAccepted, WrongValue for a day after `today`, DroppedRequirement, ArchivedDeal.
    """
    requirement = _current(requirement, version)
    newest = requirement.versions.order_by("-number")[0]
    if RequirementAcceptance.objects.filter(accepted=newest).exists():
        raise AlreadyAccepted(_("Version %(number)s is accepted already.") % {"number": newest.number})
    if on > today:
        raise WrongValue("on", _("This day is still to come."))
    found = RequirementAcceptance.objects.create(
        accepted=newest, on=on, person=person, evidence=tidy(evidence)[:500], at=at, by=by
    )
    _bump(requirement)
    audit.record("deals.requirement_accepted", target=requirement, by=by, at=at, data={"version": newest.number})
    outbox.put(RequirementAccepted(deal_id=requirement.deal_id, requirement_id=requirement.pk, version=newest.number))
    return found


@transaction.atomic
def drop(*, requirement: Requirement, version: int, reason: str, by: User, at: datetime) -> Requirement:
    """The customer needs it no longer; it stays on record with the reason.

    Raises ChangedByAnother if `version` is stale, WrongValue without a reason, DroppedRequirement, ArchivedDeal.
    """
    requirement = _current(requirement, version)
    reason = tidy(reason)[:300]
    if not reason:
        raise WrongValue("reason", _("Say why it is dropped."))
    requirement.dropped_at, requirement.dropped_because = at, reason
    _bump(requirement)
    audit.record("deals.requirement_dropped", target=requirement, by=by, at=at)
    return requirement


@transaction.atomic
def take_up_again(*, requirement: Requirement, version: int, by: User, at: datetime) -> Requirement:
    """Work on a dropped requirement again. Raises ChangedByAnother if `version` is stale, ArchivedDeal."""
    requirement = _locked(requirement, version)
    if requirement.dropped_at is not None:
        requirement.dropped_at, requirement.dropped_because = None, ""
        _bump(requirement)
        audit.record("deals.requirement_taken_up", target=requirement, by=by, at=at)
    return requirement


def _locked(requirement: Requirement, version: int) -> Requirement:
    live_deal(requirement.deal_id)
    found: Requirement = (
        Requirement.objects.select_for_update(of=("self",)).select_related("deal").get(pk=requirement.pk)
    )
    if found.version != version:
        raise ChangedByAnother(_("Someone else changed this requirement. Look at what they wrote, then save again."))
    return found


def _current(requirement: Requirement, version: int) -> Requirement:
    """The requirement, locked, if it is still pursued."""
    found = _locked(requirement, version)
    if found.dropped_at is not None:
        raise DroppedRequirement(_("This requirement was dropped. Take it up again before changing it."))
    return found


def _bump(requirement: Requirement) -> None:
    requirement.version += 1
    requirement.save()


def _serve(requirement: Requirement, values: dict[str, Any]) -> bool:
    """Set whom the requirement serves, as far as the values say; whether that is another than before."""
    before = (requirement.serves_company_id, requirement.serves_person_id)
    for name in SERVED:
        if name in values:
            setattr(requirement, name, values[name])
    if requirement.serves_company_id and requirement.serves_person_id:
        raise WrongValue("serves_person", _("It serves a company or a person, not both."))
    if requirement.serves_company_id and requirement.serves_company_id == requirement.deal.company_id:
        raise WrongValue("serves_company", _("This is the customer itself. Name the customer's own customer."))
    return before != (requirement.serves_company_id, requirement.serves_person_id)


def _said(values: dict[str, Any]) -> dict[str, str]:
    """The words of a version among the values."""
    found = {name: str(values[name] or "").replace("\r\n", "\n").strip() for name in SAID if name in values}
    if "title" in found:
        found["title"] = tidy(found["title"])[:200]
    return found


def _checked(version: RequirementVersion) -> RequirementVersion:
    if not version.title:
        raise WrongValue("title", _("Say in a few words what is needed."))
    return version


def _rework(given: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """Cause and price of a change after acceptance. Raises WrongValue."""
    if given.get("cause") not in RequirementVersion.Cause.values:
        raise WrongValue("cause", _("This was accepted before. Say why it changes: the change counts as rework."))
    minutes, cost = given.get("minutes"), given.get("cost")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise WrongValue("minutes", _("Give the minutes as a number from 0 to %(most)s.") % {"most": MOST_MINUTES})
    if cost is not None and cost < 0:
        raise WrongValue("cost", _("This cannot be less than zero."))
    return {
        "cause": given["cause"],
        "cause_note": tidy(given.get("cause_note") or "")[:300],
        "minutes": minutes,
        "cost": cost,
        "currency": (given.get("currency") or deal.currency) if cost is not None else "",
    }
