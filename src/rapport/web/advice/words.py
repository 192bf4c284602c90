"""Advice in the words of the page: what to do, why, and where one does it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.deals.models import Deal
from rapport.deals.rules.next_actions import Advice
from rapport.web import formats
from rapport.web.insight.wording import days

MOST_NAMED = 3
ICONS = {
    "edit": "pencil",
    "write": "phone",
    "committee": "users",
    "quotes": "receipt-text",
    "move": "arrow-right",
    "page": "list-checks",
}
TABS = {"edit": "deals:edit", "committee": "committee:page", "quotes": "quotes:list"}
ANCHORS = {"write": "#timeline", "move": "#facts", "page": "#needs"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """One piece of advice as it is shown; `icon` is a name of the sprite."""

    code: str
    title: str
    action: str
    reason: str
    address: str
    icon: str


def said(advice: Advice, *, deal: Deal) -> Said:
    """A rule that holds for a deal, in words."""
    rule = advice.rule
    return Said(
        code=rule.code,
        title=str(rule.title),
        action=str(rule.advice),
        reason=str(rule.reason) % {name: _written(name, value) for name, value in advice.values.items()},
        address=_address(rule.place, deal),
        icon=ICONS[rule.place],
    )


def _address(place: str, deal: Deal) -> str:
    page = reverse("deals:page", args=[deal.pk])
    if place not in TABS:
        return page + ANCHORS.get(place, "")
    try:
        return reverse(TABS[place], args=[deal.pk])
    except NoReverseMatch:
        return page


def _written(name: str, value: Any) -> str:
    language = (get_language() or "en").split("-")[0]
    if isinstance(value, date):
        return formats.day(value, language=language)
    if isinstance(value, list):
        more = len(value) - MOST_NAMED
        shown = ", ".join(str(each) for each in value[:MOST_NAMED])
        return _("%(names)s and %(more)s more") % {"names": shown, "more": more} if more > 0 else shown
    if name.endswith("days"):
        return days(value)
    return str(value)
