"""What quotes stand on: tax rates by date, the company's particulars, approval rules, who stands in for whom."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.core.text import tidy
from rapport.deals.models import Approval, ApprovalRule, Delegation, QuoteLine, QuoteProfile, TaxRate
from rapport.deals.rules.quotes import Period, overlap
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.identity.queries import role_label, roles_that_may
from rapport.people.actions import WrongValue

# VAT in Vietnam: the usual rates of the law on value added tax, and the spans in which the National Assembly
# lowered 10 % to 8 % for most goods (resolutions 43/2022, 101/2023, 110/2023, 142/2024, 174/2024, 204/2025).
_LOWERED = (
    (date(2022, 2, 1), date(2022, 12, 31)),
    (date(2023, 7, 1), date(2023, 12, 31)),
    (date(2024, 1, 1), date(2024, 6, 30)),
    (date(2024, 7, 1), date(2024, 12, 31)),
    (date(2025, 1, 1), date(2025, 6, 30)),
    (date(2025, 7, 1), date(2026, 12, 31)),
)
_ALWAYS = date(2009, 1, 1)


class RateInUse(RapportError):
    """A tax rate that stands on a quote is kept."""


@transaction.atomic
def first_tax_rates(*, by: User, at: datetime) -> list[TaxRate]:
    """The VAT rates of Vietnam where no tax rate is known yet; nothing where some are."""
    if TaxRate.objects.exists():
        return []
    usual = [
        (_("VAT"), Decimal(10)), (_("VAT on essential goods"), Decimal(5)), (_("VAT on exports"), Decimal(0)),
        (_("Not subject to VAT"), None),
    ]  # fmt: skip
    rows = [TaxRate(name=name, percent=percent, since_on=_ALWAYS) for name, percent in usual]
    lowered = _("Lowered VAT")
    rows += [TaxRate(name=lowered, percent=Decimal(8), since_on=since, until_on=until) for since, until in _LOWERED]
    made = TaxRate.objects.bulk_create(rows)
    audit.record("deals.tax_rates_made", target=made[0], by=by, at=at, data={"rates": len(made)})
    return made


@transaction.atomic
def save_tax_rate(*, rate: TaxRate, by: User, at: datetime) -> TaxRate:
    """Add a tax rate, or change one; quotes that have it keep the percentage they were written with.

    Raises WrongValue where it ends before it begins, or another of its name counts on the same day.
    """
    rate.name = tidy(rate.name)
    if not rate.name:
        raise WrongValue("name", _("Give the tax rate a name."))
    if rate.percent is not None and not 0 <= rate.percent <= 100:
        raise WrongValue("percent", _("A tax rate is between 0 and 100 percent."))
    if rate.until_on and rate.until_on < rate.since_on:
        raise WrongValue("until_on", _("It cannot end before it begins."))
    others = TaxRate.objects.select_for_update().filter(name=rate.name).exclude(pk=rate.pk)
    mine = Period(since=rate.since_on, until=rate.until_on)
    if any(overlap(mine, Period(since=each.since_on, until=each.until_on)) for each in others):
        raise WrongValue("since_on", _("A rate of this name counts on some of these days already. End it first."))
    rate.save()
    audit.record(
        "deals.tax_rate_saved", target=rate, by=by, at=at, data={"name": rate.name, "percent": str(rate.percent)}
    )
    return rate


@transaction.atomic
def remove_tax_rate(*, rate: TaxRate, by: User, at: datetime) -> None:
    """Remove a tax rate that no quote has. Raises RateInUse."""
    if QuoteLine.objects.filter(tax_rate=rate).exists():
        raise RateInUse(gettext_lazy("This tax rate stands on quotes and is kept. Give it a last day instead."))
    audit.record("deals.tax_rate_removed", target=rate, by=by, at=at, data={"name": rate.name})
    rate.delete()


@transaction.atomic
def save_profile(*, changes: dict[str, Any], by: User, at: datetime) -> QuoteProfile:
    """Change what stands on every quote; what was sent stays as it was."""
    profile, _made = QuoteProfile.objects.select_for_update().get_or_create(pk=1)
    for name, value in changes.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(changes) or None)
    audit.record("deals.quote_profile_changed", target=profile, by=by, at=at, data={"fields": sorted(changes)})
    return profile


@transaction.atomic
def save_approval_rule(*, rule: ApprovalRule, by: User, at: datetime) -> ApprovalRule:
    """Add or change a rule; it holds for quotes that ask from now on.

    Raises WrongValue for a rule without a bound, without somebody to decide, or that nobody could ever answer.
    """
    if rule.discount_above is None and rule.total_above is None:
        raise WrongValue("discount_above", _("Say from which discount or amount on somebody is asked."))
    if rule.discount_above is not None and not 0 <= rule.discount_above < 100:
        raise WrongValue("discount_above", _("No discount is above 100 percent, so this rule would never ask."))
    if rule.total_above is not None and rule.total_above < 0:
        raise WrongValue("total_above", _("This cannot be less than zero."))
    if (rule.approver is None) == (rule.role == ""):
        raise WrongValue("approver", _("Name a colleague or a role, and only one of the two."))
    if rule.approver is not None and not access.may(rule.approver, Kind.DEAL, Action.APPROVE):
        raise WrongValue("approver", _("This colleague can only look, or cannot sign in any more."))
    of_the_role = User.objects.with_role().filter(role=rule.role, is_active=True)
    if rule.role and not any(access.may(each, Kind.DEAL, Action.APPROVE) for each in of_the_role):
        raise WrongValue("role", _("Nobody who may decide has the role “%(role)s”.") % {"role": role_label(rule.role)})
    rule.save()
    audit.record("deals.approval_rule_saved", target=rule, by=by, at=at, data={"level": rule.level})
    return rule


@transaction.atomic
def remove_approval_rule(*, rule: ApprovalRule, by: User, at: datetime) -> None:
    """Remove a rule; who was asked by it stays asked."""
    audit.record("deals.approval_rule_removed", target=rule, by=by, at=at, data={"level": rule.level})
    rule.delete()


@transaction.atomic
def hand_over_role(*, role: str, to: str, by: User, at: datetime) -> int:
    """Ask another role wherever a rule or a waiting approval asks this one, which is about to be removed.

    Gives how many rules and approvals there were. Raises WrongValue where nobody of the other role could decide.
    """
    rules = ApprovalRule.objects.filter(role=role)
    waiting = Approval.objects.filter(role=role, decision=Approval.Decision.PENDING)
    asked = rules.count() + waiting.count()
    if not asked:
        return 0
    if to not in {code for code, _name in roles_that_may(Kind.DEAL, Action.APPROVE)}:
        raise WrongValue("to", _("Approvals ask this role, so choose one that may decide on them."))
    for rule in rules.order_by("pk"):
        audit.record("deals.approval_rule_saved", target=rule, by=by, at=at, data={"level": rule.level, "role": to})
    rules.update(role=to)
    waiting.update(role=to)
    return asked


@transaction.atomic
def delegate(*, giver: User, taker: User, since_on: date, until_on: date, by: User, at: datetime) -> Delegation:
    """Let another decide in the giver's place from a day to a day. Raises WrongValue."""
    if giver.pk == taker.pk:
        raise WrongValue("taker", _("Choose somebody else."))
    if not access.may(taker, Kind.DEAL, Action.APPROVE):
        raise WrongValue("taker", _("This colleague can only look, or cannot sign in any more."))
    if until_on < since_on:
        raise WrongValue("until_on", _("It cannot end before it begins."))
    if giver.pk != by.pk and not access.may_configure(by):
        raise WrongValue("giver", _("Only administrators hand over for somebody else."))
    made = Delegation.objects.create(giver=giver, taker=taker, since_on=since_on, until_on=until_on)
    data = {"giver": giver.pk, "taker": taker.pk, "since_on": since_on.isoformat(), "until_on": until_on.isoformat()}
    audit.record("deals.approvals_delegated", target=made, by=by, at=at, data=data)
    return made


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User, at: datetime) -> None:
    """Take a delegation back. Raises WrongValue for whom it is not theirs to end."""
    if by.pk != delegation.giver_id and not access.may_configure(by):
        raise WrongValue("giver", _("Only administrators hand over for somebody else."))
    data = {"giver": delegation.giver_id, "taker": delegation.taker_id}
    audit.record("deals.delegation_ended", target=delegation, by=by, at=at, data=data)
    delegation.delete()
