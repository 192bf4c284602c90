"""What other pages show of advice: the panel of a deal, and the deals that need something on the first page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from rapport.core import clock
from rapport.deals import access
from rapport.deals.models import Deal
from rapport.deals.queries import next_actions
from rapport.deals.rules.requirement_words import words as needed_words
from rapport.identity.access import may_see_reports
from rapport.identity.models import User
from rapport.insight import win_probability
from rapport.web.advice.words import Said, said
from rapport.web.deals.seen import SeenDeal
from rapport.web.sales.chance import told

SHOWN = 4
ON_THE_FIRST_PAGE = 6


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Advice that is silent for a deal; without a last day for good."""

    code: str
    title: str
    until: date | None


@dataclass(frozen=True, kw_only=True)
class MyDeal:
    """A deal with the weightiest advice, and how much more there is."""

    deal: Deal
    advice: Said
    more: int


def context(request: HttpRequest, seen: SeenDeal) -> dict[str, Any]:
    """What `advice/_panel.html` needs; nothing is advised for a deal that is closed or put away."""
    deal, user, today = seen.deal, seen.user, clock.today()
    if deal.archived_at is not None or deal.closed_at is not None:
        return {"deal": deal, "is_silent": True}
    ahead = seen.ahead
    lacking = ahead.lacking if ahead else []
    found = next_actions.advice_of(
        deal, state=seen.state, today=today,
        unmet=[needed_words(each.needed) for each in lacking], next_stage=ahead.stage.name if ahead else "",
    )  # fmt: skip
    spoken = [said(each, deal=deal) for each in found]
    return {
        "deal": deal,
        "advice": spoken[:SHOWN],
        "further": spoken[SHOWN:],
        "aside": [
            Aside(code=rule.code, title=str(rule.title), until=until)
            for rule, until in next_actions.put_aside(deal, today=today)
        ],
        "may_put_aside": access.may_edit(user, deal),
        "chance": told(win_probability.of_deal(deal, state=seen.state), currency=deal.currency),
    }


@dataclass(frozen=True, kw_only=True)
class FirstPage:
    """The deals that need something most: mine, or those of everybody where I have none and look after all."""

    deals: list[MyDeal]
    is_mine: bool


def first_page(user: User) -> FirstPage:
    """What the first page shows of deals; without any where none needs something."""
    asked: dict[str, Any] = {"user": user, "now": clock.now(), "today": clock.today(), "limit": ON_THE_FIRST_PAGE}
    found = next_actions.my_advice(**asked)
    is_mine = bool(found) or not may_see_reports(user)
    if not is_mine:
        found = next_actions.my_advice(**asked, of_everybody=True)
    shown = [MyDeal(deal=each.deal, advice=said(each.first, deal=each.deal), more=each.more) for each in found]
    return FirstPage(deals=shown, is_mine=is_mine)
