"""Words and small sentences that several pages share, in the language of the page."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rapport.analytics import scores
from rapport.core import money
from rapport.web import formats
from rapport.web.home.charts import month_label
from rapport.web.insight.tables import rounded


def language() -> str:
    """The language of the page: `vi`, `en`."""
    return (get_language() or "en").split("-")[0]


def count(value: float | None, digits: int = 0) -> str:
    """A number with its separators."""
    return formats.number(value, language=language(), digits=digits)


def percent(value: float | None, digits: int = 0) -> str:
    """A share from 0 to 1 in percent."""
    return formats.share(value, language=language(), digits=digits)


def amount(value: float | None, currency: str) -> str:
    """An amount in full."""
    return "" if value is None else money.written(rounded(value, currency), currency=currency, language=language())


def short_amount(value: float | None, currency: str) -> str:
    """An amount as a heading has it: `1,8 tỷ ₫`."""
    return "" if value is None else money.short(Decimal(str(value)), currency=currency, language=language())


def day(iso: str | None) -> str:
    """An ISO day as people write it."""
    return formats.day(date.fromisoformat(iso), language=language()) if iso else ""


def month(iso: str) -> str:
    """A month, `2026-11` or a day in it, in full: `11/2026`."""
    return formats.month(date.fromisoformat(f"{iso[:7]}-01"), language=language())


def month_ticks(months: Sequence[str]) -> list[str]:
    """Months in the least room: `T11`, `Nov`, the first one of each year with its year."""
    ticks, year = [], ""
    for each in months:
        label = month_label(date.fromisoformat(f"{each[:7]}-01"), language=language())
        ticks.append(label if each[:4] == year else f"{label}\n{each[:4]}")
        year = each[:4]
    return ticks


def between(low: str, high: str) -> str:
    """An interval: `31.2% to 34.8%`."""
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def days(value: float) -> str:
    """A number of days."""
    whole = round(value)
    return ngettext("%(days)s day", "%(days)s days", whole) % {"days": count(whole)}


def people(value: int) -> str:
    """A number of people."""
    return ngettext("%(people)s person", "%(people)s people", value) % {"people": count(value)}


def segment_name(code: str) -> str:
    """The name of a published RFM segment; an unknown code as it is."""
    titles = {each.code: each.title for each in scores.SEGMENTS}
    return _(titles[code]) if code in titles else code


def nothing_yet(answer: dict[str, Any] | None) -> str:
    """Why an answer holds no numbers, in a sentence; empty where it holds some."""
    if answer is None:
        return _("Not counted yet.")
    found = answer.get("too_few")
    if not found:
        return ""
    values = {"have": count(found["have"]), "need": count(found["need"])}
    sentences = {
        "repeat_buyers": _("Too few purchases to forecast: %(have)s repeat buyers, %(need)s needed."),
        "customers": _("Too few customers: %(have)s, %(need)s needed."),
        "deals": _("There are no deals to count."),
        "decided_deals": _("Too few deals won or lost: %(have)s, %(need)s needed."),
        "purchases": _("Too few purchases: %(have)s, %(need)s needed."),
        "baskets": _("Too few baskets with several products: %(have)s, %(need)s needed."),
        "people_who_came_back_in_the_trial": _("Too few people to try offers on: %(have)s, %(need)s needed."),
        "complete_months": _("Too short a record: %(have)s complete months, %(need)s needed."),
        "repurchases_of_a_product": _("No product was bought again by the same people %(need)s times yet."),
        "deals_won": _("Too few deals: %(have)s won ones with a recorded history, %(need)s needed."),
        "deals_lost": _("Too few deals: %(have)s lost ones with a recorded history, %(need)s needed."),
        "buyers_of_a_product": _("Too few buyers: the most of one product are %(have)s, %(need)s needed."),
    }
    return sentences.get(str(found.get("of")), _("Too few records: %(have)s, %(need)s needed.")) % values
