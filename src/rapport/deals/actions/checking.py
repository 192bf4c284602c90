"""What makes no sense of a deal is refused, each beside the field it is about."""

from collections.abc import Collection
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.deals.models import Deal
from rapport.people.actions import WrongValue

LARGEST = 10**18
CUSTOMER = frozenset({"company", "person"})
DATES = frozenset({"created_at", "expected_close_on", "closed_at", "runs_out_on"})


def check_deal(deal: Deal, *, given: Collection[str]) -> None:
    """Raises WrongValue. Customer, currency and dates are looked at only where `given` names one of their fields.

    So a deal that an import brought without a customer can still be changed in its other fields.
    """
    if not deal.name:
        raise WrongValue("name", _("Give the deal a name."))
    _check_amount(deal.amount)
    if CUSTOMER & set(given) and deal.company_id is None and deal.person_id is None:
        raise WrongValue("company", _("Say whom this deal is with: a company, or a person."))
    _check_currency(deal)
    if DATES & set(given):
        _check_dates(deal)
    others = Deal.objects.exclude(pk=deal.pk)
    if deal.external_id and others.filter(external_id=deal.external_id).exists():
        raise WrongValue("external_id", _("Another deal already has this external id."))


def _check_amount(amount: Decimal | None) -> None:
    if amount is None:
        return
    if not amount.is_finite() or amount >= LARGEST:
        raise WrongValue("amount", _("This amount is too large."))
    if amount < 0:
        raise WrongValue("amount", _("This cannot be less than zero."))


def _check_currency(deal: Deal) -> None:
    code = deal.currency
    if len(code) == 3 and code.isascii() and code.isalpha():
        return
    if deal.amount is not None and not code:
        raise WrongValue("currency", _("An amount needs its currency."))
    raise WrongValue("currency", _("Write the currency with its three letters, such as VND or USD."))


def _check_dates(deal: Deal) -> None:
    """A deal ends, is expected to end, and runs out, on the day it came up or later."""
    if deal.created_at is None:
        return
    if deal.closed_at is not None and deal.closed_at < deal.created_at:
        raise WrongValue("closed_at", _("The deal cannot have ended before it came up."))
    came_up = timezone.localtime(deal.created_at).date()
    said = {"day": came_up.strftime("%d/%m/%Y")}
    if deal.expected_close_on is not None and deal.expected_close_on < came_up:
        raise WrongValue(
            "expected_close_on", _("The deal came up on %(day)s; it cannot be expected to close before that.") % said
        )
    if deal.runs_out_on is not None and deal.runs_out_on < came_up:
        raise WrongValue("runs_out_on", _("The deal came up on %(day)s; nothing of it runs out before that.") % said)
