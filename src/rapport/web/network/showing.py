"""What the pages of networks and accounts show, in the words of the page."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.insight import health as rules
from rapport.insight.accounts import Account, Year
from rapport.insight.health import Facts, Part, Scored
from rapport.web import formats
from rapport.web.insight.wording import count, language, percent, short_amount
from rapport.web.network.picture import Card, Drawing
from rapport.web.network.rollup import Figures, Rollup, Row

PARTS: dict[Part, str | Promise] = {
    Part.RHYTHM: gettext_lazy("Buying rhythm"),
    Part.VALUE: gettext_lazy("Value against the year before"),
    Part.CONTACT: gettext_lazy("Last contact"),
    Part.PEOPLE: gettext_lazy("People in contact"),
    Part.COVERAGE: gettext_lazy("Coverage of open deals"),
    Part.WINNING: gettext_lazy("Deals won"),
}
COUNTED: dict[Part, str | Promise] = {
    Part.RHYTHM: gettext_lazy(
        "100 as long as the time since the last purchase is within the usual gap (the median between two purchase"
        " days, seven days at least), 0 from three times the gap on. Missing with fewer than three purchase days."
    ),
    Part.VALUE: gettext_lazy(
        "Orders of the last twelve months in percent of the twelve before, at most 100. Missing where nothing was"
        " ordered in the year before."
    ),
    Part.CONTACT: gettext_lazy(
        "100 with a contact in the last 14 days, 0 after 90 silent days. Notes are no contact. Missing where no"
        " contact was ever recorded."
    ),
    Part.PEOPLE: gettext_lazy(
        "A third for each person in contact within 180 days, up to three. Missing where no contact was ever recorded."
    ),
    Part.COVERAGE: gettext_lazy(
        "The mean coverage of the buying committees of open deals. Missing without an open deal whose stage requires"
        " roles."
    ),
    Part.WINNING: gettext_lazy("Won of the deals decided within two years. Missing with fewer than three of them."),
}
BANDS: dict[str, tuple[str | Promise, str]] = {
    "good": (gettext_lazy("Healthy"), "good"),
    "fair": (gettext_lazy("To be watched"), "warn"),
    "poor": (gettext_lazy("At risk"), "bad"),
    "": (gettext_lazy("Too little known"), "plain"),
}
MOST_YEARS = 12
ICONS = {"good": "circle-check", "fair": "circle-alert", "poor": "triangle-alert", "": "circle-question-mark"}


@dataclass(frozen=True)
class PartShown:
    """A part of health as the page has it; `says` is the fact behind the score, or why there is none."""

    label: str | Promise
    counted: str | Promise
    scored: Scored
    says: str
    hue: str


def health(account: Account) -> dict[str, Any]:
    """Health with its parts, each with the fact it comes from."""
    found = account.health
    word, hue = BANDS[found.band]
    return {
        "score": found.score,
        "word": word,
        "hue": hue,
        "icon": ICONS[found.band],
        "parts": [
            PartShown(PARTS[each.part], COUNTED[each.part], each, _says(each, account.facts), BANDS[each.band][1])
            for each in found.parts
            if each.weight
        ],
        "left_out": [PARTS[each.part] for each in found.parts if not each.weight],
        "missing": [PARTS[part] for part in found.missing],
    }


def _says(scored: Scored, facts: Facts) -> str:
    """The fact from which a part was scored, or why it is missing."""
    return _FACTS[scored.part](facts) if scored.score is not None else _WHY_MISSING[scored.part]()


def _days(number: float) -> str:
    days = round(number)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": count(days)}


def _rhythm(facts: Facts) -> str:
    since = (facts.today - facts.purchase_days[-1]).days
    return _("last purchase %(since)s ago, usually every %(gap)s") % {
        "since": _days(since), "gap": _days(facts.usual_gap_days or 0),
    }  # fmt: skip


def _value(facts: Facts) -> str:
    ratio = (facts.value_now or 0.0) / (facts.value_before or 1.0)
    return _("%(share)s of what it was") % {"share": percent(ratio)}


def _contact(facts: Facts) -> str:
    assert facts.last_contact_on is not None
    return formats.day(facts.last_contact_on, language=language())


def _people(facts: Facts) -> str:
    number = facts.people or 0
    return ngettext("%(n)s person within 180 days", "%(n)s people within 180 days", number) % {"n": count(number)}


def _coverage(facts: Facts) -> str:
    return _("%(share)s of the required roles") % {"share": percent(facts.coverage)}


def _winning(facts: Facts) -> str:
    return _("%(won)s won, %(lost)s lost in two years") % {"won": facts.won, "lost": facts.lost}


_FACTS = {
    Part.RHYTHM: _rhythm,
    Part.VALUE: _value,
    Part.CONTACT: _contact,
    Part.PEOPLE: _people,
    Part.COVERAGE: _coverage,
    Part.WINNING: _winning,
}
_WHY_MISSING = {
    Part.RHYTHM: lambda: _("fewer than three purchase days"),
    Part.VALUE: lambda: _("nothing ordered in the year before"),
    Part.CONTACT: lambda: _("no contact recorded"),
    Part.PEOPLE: lambda: _("no contact recorded"),
    Part.COVERAGE: lambda: _("no open deal that requires roles"),
    Part.WINNING: lambda: _("fewer than three deals decided"),
}


@dataclass(frozen=True)
class YearBar:
    """A year as two columns: what was ordered, and what the won deals came to; shares of the highest, in percent."""

    year: Year
    ordered: Decimal | None
    won: Decimal | None
    ordered_share: int
    won_share: int
    is_present: bool


@dataclass(frozen=True)
class YearBars:
    """The years in the main currency, the oldest first; `others` are currencies that only the table has."""

    bars: list[YearBar]
    peak: Decimal
    others: list[str]


def year_bars(account: Account) -> YearBars | None:
    """The last years as columns; None where nothing was bought."""
    currency = account.currency
    if not currency:
        return None
    years = sorted(account.years[:MOST_YEARS], key=lambda each: each.year)
    while years and not (years[0].ordered or years[0].won_value):
        years.pop(0)
    found = [(each, each.ordered.get(currency), each.won_value.get(currency)) for each in years]
    peak = max((value for _year, *values in found for value in values if value is not None), default=Decimal(0))
    others = {code for each in account.years for code in (*each.ordered, *each.won_value)} - {currency}
    bars = [
        YearBar(each, ordered, won, _share(ordered, peak), _share(won, peak), each.year == account.facts.today.year)
        for each, ordered, won in found
    ]
    return YearBars(bars, peak, sorted(others))


def _share(value: Decimal | None, peak: Decimal) -> int:
    return round(100 * max(value, Decimal(0)) / peak) if value and peak > 0 else 0


@dataclass(frozen=True)
class CardShown:
    """A card of the drawing with the line below its name."""

    card: Card
    below: str


def network_cards(drawing: Drawing, rolled: Rollup) -> dict[str, Any]:
    """The drawing with its words."""
    figures = rolled.figures
    heads = {
        "suppliers": _("Suppliers"),
        "tree": _("The group") if len(rolled.tree) > 1 else _("This company"),
        "customers": _("Their customers"),
        "further": _("Customers of their customers"),
    }
    return {
        "width": drawing.width,
        "height": drawing.height,
        "columns": [(column, heads[column.code]) for column in drawing.columns],
        "cards": [CardShown(card, _below(figures[card.company.pk])) for card in drawing.cards],
        "lines": drawing.lines,
    }


def _below(figures: Figures) -> str:
    """The most telling figure of a company: what is open, else what it bought, else whom we know."""
    for values, words in ((figures.open_value, _("%(value)s open")), (figures.ordered, _("%(value)s bought"))):
        if values:
            currency = max(values, key=lambda code: values[code])
            return words % {"value": short_amount(float(values[currency]), currency)}
    if figures.people:
        return ngettext("%(n)s person known", "%(n)s people known", figures.people) % {"n": figures.people}
    return _("nobody known there")


def parts(rolled: Rollup) -> list[tuple[str, list[Row]]]:
    """The companies outside the tree under the heading of what they are to it."""
    heads = {
        "suppliers": _("Suppliers"),
        "customers": _("Their customers"),
        "further": _("Customers of their customers"),
    }
    return [(heads[code], rows) for code, rows in rolled.parts if rows]


def weight_labels() -> list[tuple[Part, Any, Any]]:
    """Each part of health with its name and how it is counted."""
    return [(part, PARTS[part], COUNTED[part]) for part in rules.Part]
