"""Why deals are lost: the company's own list, kept in the settings."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.ordering import shifted
from rapport.core.text import fold, tidy
from rapport.deals.models import LossReason, StageChange
from rapport.deals.rules import templates
from rapport.identity.models import User
from rapport.people.actions import WrongValue


@transaction.atomic
def add_reason(*, name: str, by: User | None, at: datetime, code: str = "") -> LossReason:
    """A new reason at the end of the list; its code is made from its name. Raises WrongValue."""
    name = _checked(name)
    last = LossReason.objects.aggregate(last=Max("position"))["last"]
    reason = LossReason.objects.create(
        code=_free_code(code or slugify(fold(name))), name=name, position=0 if last is None else last + 1
    )
    audit.record("deals.loss_reason_added", target=reason, by=by, at=at, data={"code": reason.code})
    return reason


@transaction.atomic
def rename_reason(*, reason: LossReason, name: str, by: User, at: datetime) -> LossReason:
    """Word a reason differently; what was lost for it stays with it. Raises WrongValue."""
    reason = LossReason.objects.select_for_update(no_key=True).get(pk=reason.pk)
    name = _checked(name, but=reason)
    if name != reason.name:
        before, reason.name = reason.name, name
        reason.save(update_fields=["name"])
        audit.record("deals.loss_reason_changed", target=reason, by=by, at=at, data={"name": [before, name]})
    return reason


@transaction.atomic
def shift_reason(*, reason: LossReason, up: bool, by: User, at: datetime) -> None:
    """Change places with the reason before or behind it."""
    listed = list(LossReason.objects.select_for_update(no_key=True).filter(retired_at=None))
    order = shifted(listed, pk=reason.pk, earlier=up)
    if order is None:
        return
    for position, each in enumerate(order):
        each.position = position
    LossReason.objects.bulk_update(order, ["position"])
    audit.record("deals.loss_reason_shifted", target=reason, by=by, at=at, data={"up": up})


@transaction.atomic
def remove_reason(*, reason: LossReason, by: User, at: datetime) -> bool:
    """Offer a reason no longer: deleted where nothing was lost for it, else put away; says whether deleted."""
    reason = LossReason.objects.select_for_update().get(pk=reason.pk)
    if StageChange.objects.filter(reason_code=reason).exists():
        reason.retired_at = at
        reason.save(update_fields=["retired_at"])
        audit.record("deals.loss_reason_retired", target=reason, by=by, at=at)
        return False
    audit.record("deals.loss_reason_deleted", target=reason, by=by, at=at, data={"name": reason.name})
    reason.delete()
    return True


@transaction.atomic
def restore_reason(*, reason: LossReason, by: User, at: datetime) -> None:
    """Offer a reason again that was put away."""
    if LossReason.objects.filter(pk=reason.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record("deals.loss_reason_restored", target=reason, by=by, at=at)


@transaction.atomic
def add_suggested_reasons(*, by: User | None, at: datetime) -> int:
    """The usual reasons that are not in the list yet, in the language of the moment; gives how many were added."""
    known = set(LossReason.objects.values_list("code", flat=True))
    names = {name.lower() for name in LossReason.objects.values_list("name", flat=True)}
    fresh = [
        (code, str(name))
        for code, name in templates.LOSS_REASONS
        if code not in known and str(name).lower() not in names
    ]
    for code, name in fresh:
        add_reason(name=name, code=code, by=by, at=at)
    return len(fresh)


def _checked(name: str, *, but: LossReason | None = None) -> str:
    name = tidy(name)[:120]
    if not name:
        raise WrongValue("name", _("Say the reason in a few words."))
    others = LossReason.objects.filter(name__iexact=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise WrongValue("name", _("This reason is in the list already, or was put away."))
    return name


def _free_code(wanted: str) -> str:
    code = wanted[:40].strip("-")
    if not code or LossReason.objects.filter(code=code).exists():
        return f"{code[:31]}-{uuid4().hex[:8]}".strip("-")
    return code
