"""Writing down what a customer judges by, who else they look at, and how each offer does."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.ordering import shifted
from rapport.core.text import tidy
from rapport.deals.actions.live import live_deal
from rapport.deals.events import CriteriaChanged
from rapport.deals.models import Criterion, CriterionScore, Deal, Rival
from rapport.identity.models import User
from rapport.people.actions import WrongValue

# A matrix with more than these is read by nobody.
MOST_CRITERIA, MOST_RIVALS = 60, 6
_FIELDS = ("name", "kind", "weight", "is_must", "pass_mark", "holder", "answer", "due_on")


class ScoredByAnother(ChangedByAnother):
    """Someone else scored the same offer on the same criterion since the page was read."""


class TooMany(RapportError):
    """There is room for no more criteria or rivals in one deal."""


@transaction.atomic
def add_criteria(*, deal: Deal, plans: Sequence[dict[str, Any]], by: User, at: datetime) -> list[Criterion]:
    """New criteria behind those of the deal; plans named as one that is there are left out.

    Each plan is what `add_criterion` takes as values. Raises WrongValue, TooMany, ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    present = Criterion.objects.filter(deal=deal, removed_at__isnull=True)
    taken = {name.lower() for name in present.values_list("name", flat=True)}
    new = [_checked(Criterion(deal=deal, **_cleaned(plan))) for plan in plans]
    new = [row for row in new if row.name.lower() not in taken]
    if len(taken) + len(new) > MOST_CRITERIA:
        raise TooMany(_("A deal holds at most %(most)s criteria.") % {"most": MOST_CRITERIA})
    last = Criterion.objects.filter(deal=deal).aggregate(last=Max("position"))["last"]
    for place, row in enumerate(new, start=0 if last is None else last + 1):
        row.position = place
    made = Criterion.objects.bulk_create(new)
    if made:
        data = {"criteria": [row.pk for row in made]}
        audit.record("deals.criteria_added", target=deal, by=by, at=at, data=data)
        outbox.put(CriteriaChanged(deal_id=deal.pk))
    return made


def add_criterion(*, deal: Deal, values: dict[str, Any], by: User, at: datetime) -> Criterion:
    """A new criterion, last in the matrix. Raises WrongValue, TooMany, ArchivedDeal."""
    made = add_criteria(deal=deal, plans=[values], by=by, at=at)
    if not made:
        raise _name_is_taken()
    return made[0]


@transaction.atomic
def change_criterion(
    *, criterion: Criterion, version: int, changes: dict[str, Any], by: User, at: datetime
) -> Criterion:
    """Change the named fields of a criterion. Raises ChangedByAnother if `version` is stale, WrongValue."""
    criterion = _present(criterion)
    if criterion.version != version:
        raise ChangedByAnother(_("Someone else changed this criterion. Look at what they wrote, then save again."))
    wanted = _cleaned(changes)
    differing = sorted(name for name, value in wanted.items() if getattr(criterion, name) != value)
    if not differing:
        return criterion
    for name in differing:
        setattr(criterion, name, wanted[name])
    _checked(criterion)
    others = Criterion.objects.filter(deal=criterion.deal_id, removed_at__isnull=True).exclude(pk=criterion.pk)
    if others.filter(name__iexact=criterion.name).exists():
        raise _name_is_taken()
    criterion.version += 1
    criterion.save(update_fields=[*differing, "version"])
    audit.record("deals.criterion_changed", target=criterion, by=by, at=at, data={"fields": differing})
    outbox.put(CriteriaChanged(deal_id=criterion.deal_id))
    return criterion


@transaction.atomic
def place_criterion(*, criterion: Criterion, earlier: bool, by: User, at: datetime) -> None:
    """Let a criterion change places with the one before it, or behind it; at the end it stays."""
    criterion = _present(criterion)
    rows = list(Criterion.objects.filter(deal=criterion.deal_id, removed_at__isnull=True).order_by("position", "pk"))
    order = shifted(rows, pk=criterion.pk, earlier=earlier)
    if order is None:
        return
    for place, row in enumerate(order):
        row.position = place
    Criterion.objects.bulk_update(order, ["position"])
    there = next(row.position for row in order if row.pk == criterion.pk)
    audit.record("deals.criterion_placed", target=criterion, by=by, at=at, data={"position": there})


@transaction.atomic
def remove_criterion(*, criterion: Criterion, by: User, at: datetime) -> None:
    """Take a criterion out of the matrix; its scores stay on record."""
    criterion = _present(criterion)
    criterion.removed_at = at
    criterion.save(update_fields=["removed_at"])
    audit.record("deals.criterion_removed", target=criterion, by=by, at=at)
    outbox.put(CriteriaChanged(deal_id=criterion.deal_id))


@transaction.atomic
def add_rival(*, deal: Deal, values: dict[str, Any], by: User, at: datetime) -> Rival:
    """Another offer that the customer looks at, by `name`, `company`, `note`.

    A known company gives its name where none is given. Raises WrongValue, TooMany, ArchivedDeal.
    """
    deal = live_deal(deal.pk)
    name = tidy(values.get("name") or "") or str(values.get("company") or "")[:120]
    if not name:
        raise WrongValue("name", _("Name the rival."))
    present = Rival.objects.filter(deal=deal, removed_at__isnull=True)
    if present.filter(name__iexact=name).exists():
        raise WrongValue("name", _("This rival is in the matrix already."))
    if present.count() >= MOST_RIVALS:
        raise TooMany(_("The matrix holds at most %(most)s rivals.") % {"most": MOST_RIVALS})
    if values.get("company") and values["company"].pk == deal.company_id:
        raise WrongValue("company", _("This is the customer, not a rival."))
    note = tidy(values.get("note") or "")[:300]
    rival = Rival.objects.create(deal=deal, name=name[:120], company=values.get("company"), note=note)
    audit.record("deals.rival_added", target=rival, by=by, at=at, data={"deal": deal.pk})
    outbox.put(CriteriaChanged(deal_id=deal.pk))
    return rival


@transaction.atomic
def remove_rival(*, rival: Rival, by: User, at: datetime) -> None:
    """Take a rival out of the matrix; their scores stay on record."""
    live_deal(rival.deal_id)
    rival = Rival.objects.select_for_update().get(pk=rival.pk)
    if rival.removed_at is None:
        rival.removed_at = at
        rival.save(update_fields=["removed_at"])
        audit.record("deals.rival_removed", target=rival, by=by, at=at)
        outbox.put(CriteriaChanged(deal_id=rival.deal_id))


@transaction.atomic
def set_score(
    *, criterion: Criterion, rival: Rival | None, score: Decimal | None, evidence: str = "", seen: int | None,
    by: User, at: datetime,
) -> CriterionScore | None:  # fmt: skip
    """Score our offer, or a rival's, on a criterion; None takes the score away. Returns the present score.

    `seen` is the id of the score that was shown, None where there was none. Raises ScoredByAnother if another
    is there by now, WrongValue for a score outside 0 to 10 or a rival of another deal.
    """
    criterion = _present(criterion)
    if rival is not None and (rival.deal_id != criterion.deal_id or rival.removed_at is not None):
        raise WrongValue("rival", _("This rival is not in the matrix of this deal."))
    found = CriterionScore.objects.filter(criterion=criterion, rival=rival, until__isnull=True).first()
    evidence = tidy(evidence)[:500]
    if found and (found.score, found.evidence) == (score, evidence):
        return found
    if (found.pk if found else None) != seen:
        now_is = _("not known") if found is None else found.score.normalize()
        raise ScoredByAnother(
            _("Someone else scored “%(criterion)s” meanwhile: it is now %(score)s.")
            % {"criterion": criterion.name, "score": f"{now_is:f}" if found else now_is}
        )
    _check_score(score, evidence)
    if found:
        found.until = at
        found.save(update_fields=["until"])
    made = None
    if score is not None:
        made = CriterionScore.objects.create(
            criterion=criterion, rival=rival, score=score, evidence=evidence, since=at, by=by
        )
    data = {"rival": rival.pk if rival else None, "known": score is not None}
    audit.record("deals.criterion_scored", target=criterion, by=by, at=at, data=data)
    outbox.put(CriteriaChanged(deal_id=criterion.deal_id))
    return made


def _present(criterion: Criterion) -> Criterion:
    """The criterion, its deal locked before it so that all wait in one order. Raises ArchivedDeal, RapportError."""
    live_deal(criterion.deal_id)
    criterion = Criterion.objects.select_for_update().get(pk=criterion.pk)
    if criterion.removed_at is not None:
        raise RapportError(_("Someone took this criterion out of the matrix."))
    return criterion


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """The known fields in the form in which they are stored; an emotional criterion is no gate."""
    found = {name: values[name] for name in _FIELDS if name in values}
    if "name" in found:
        found["name"] = tidy(found["name"] or "")[:120]
    if "answer" in found:
        found["answer"] = (found["answer"] or "").strip()
    if found.get("weight") is None:
        found.pop("weight", None)
    if found.get("pass_mark") is None:
        found.pop("pass_mark", None)
    return found


def _checked(criterion: Criterion) -> Criterion:
    if not criterion.name:
        raise WrongValue("name", _("Say what the customer judges by."))
    if not 0 <= criterion.weight <= 100:
        raise WrongValue("weight", _("A weight lies between 0 and 100."))
    if not 0 < criterion.pass_mark <= 10:
        raise WrongValue("pass_mark", _("A must-have is passed from a score above 0 and up to 10."))
    if criterion.is_must and criterion.kind == Criterion.Kind.EMOTIONAL:
        raise WrongValue("is_must", _("Only a rational criterion can be a must-have."))
    return criterion


def _check_score(score: Decimal | None, evidence: str) -> None:
    if score is None:
        if evidence:
            raise WrongValue("evidence", _("Give a score along with its evidence."))
        return
    if not score.is_finite() or not 0 <= score <= 10:
        raise WrongValue("score", _("A score lies between 0 and 10."))


def _name_is_taken() -> WrongValue:
    return WrongValue("name", _("This criterion is in the matrix already."))
