"""What is said of answers, steps and offers: each code with its sentence, in the language of the reader."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from rapport.analytics.scores import SEGMENTS

Said = str | Promise
MODELS = {"pareto_nbd": "Pareto/NBD", "bg_nbd": "BG/NBD", "gamma_gamma": "Gamma-Gamma"}
SEGMENT_NAMES = {each.code: each.title for each in SEGMENTS}
SHARES = ("support", "asked", "confidence")

PROBLEMS: dict[str, Said] = {
    "several_currencies": _(
        "Orders are in several currencies (%(currencies)s); their money is told in %(currency)s, each order by the "
        "rate of its day."
    ),
    "no_exchange_rate": _(
        "Orders left out because no exchange rate is known for their day: %(orders)s (%(currencies)s). Rates are "
        "entered in the settings."
    ),
    "after_as_of": _("Orders left out because they are dated after %(as_of)s: %(orders)s."),
    "returns_without_purchase": _("People left out because they have returns but no purchase: %(people)s."),
    "not_converged": _(
        "The search for the parameters of %(model)s came to no end, so none of its numbers are shown; what was found "
        "before stays."
    ),
    "at_border": _(
        "On these purchases a parameter of %(model)s runs off without end, so none of its numbers are shown; what was "
        "found before stays."
    ),
    "not_identified": _(
        "The purchases do not tell the parameters of %(model)s apart, so none of its numbers are shown; what was found "
        "before stays."
    ),
    "no_money_above_zero": _(
        "People who came back but whose later purchases bring no money, left out of the money model: %(people)s."
    ),
    "too_few_for_money": _("Too few people came back to tell what a purchase is worth: %(need)s needed."),
    "money_without_mean": _("The money of a purchase varies so much that it has no mean; no value is shown."),
    "records_end_early": _("The last purchase is of %(last_on)s; forecasts are tried up to that day."),
    "too_few_for_backtest": _(
        "Too few people had come back by then to try the forecast on the past: %(have)s, %(need)s needed."
    ),
    "backtest_not_identified": _(
        "%(model)s cannot be fitted on the first part of the record, so the forecast could not be tried on the past."
    ),
    "too_many_sets": _(
        "So many products are bought together that even at a support of %(support)s not all sets could be looked at. "
        "Ask for a higher support."
    ),
    "support_raised": _(
        "More sets of products reach a support of %(asked)s than can be looked at; %(support)s was taken instead."
    ),
    "rules_left_out": _("Of %(found)s rules the %(shown)s with the highest lift are shown."),
    "deals_in_several_currencies": _(
        "Deals are in several currencies (%(currencies)s); their money is told in %(currency)s, each deal by the rate "
        "of the day on which it closed, an open one by that of the chosen day."
    ),
    "no_rate_for_deals": _(
        "Deals whose money is left out because no exchange rate is known: %(deals)s (%(currencies)s). Rates are "
        "entered in the settings."
    ),
    "history_inferred": _(
        "Of %(of)s deals %(deals)s have no recorded history of stages. They count as if they had gone from the first "
        "stage straight to their present one: what lies between counts as skipped, and its time as the first stage's."
    ),
    "created_unknown": _(
        "Deals of which nobody recorded when they came up: %(deals)s of %(of)s. They count where no window of days is "
        "asked for, and have no age."
    ),
    "closed_before_created": _(
        "Deals that were closed before they came up: %(deals)s. They are left out of the cycle."
    ),
    "said": "%(words)s",
    "broken_off": _("The process was ended before this was done."),
    "out_of_memory": _("The memory did not suffice."),
    "disk": _("A file could not be written or read; perhaps the disk is full."),
    "step_failed": _("Something went wrong on our side (%(kind)s). What was there before stays."),
}
REASONS: dict[str, Said] = {
    "buy_again": _("Bought before, and the time for it has come again."),
    "bought_before": _("Bought most often so far."),
    "bought_with": _("Others who bought %(because)s went on to this."),
    "up_sell": _("A step up that others took from %(because)s."),
    "popular_in_category": _("Popular in the category of %(because)s."),
    "popular": _("Popular with everybody."),
}
STEPS: dict[str, Said] = {
    "export": _("Reading the records"),
    "purchases": _("Gathering the purchases"),
    "rfm": _("Recency, frequency, money"),
    "repeat-purchase": _("Repeat purchase"),
    "revenue": _("First and repeat revenue"),
    "cohorts": _("Cohorts"),
    "lifetime-value": _("Lifetime value"),
    "due": _("Due again"),
    "affinity": _("Bought together"),
    "next-offers": _("Next offers"),
    "product-buyers": _("Buyers of each product"),
    "up-sell": _("Up-sell"),
    "trends": _("Trends"),
    "funnel": _("Funnel"),
    "velocity": _("Sales velocity"),
    "win-rate": _("Win rate"),
    "forecast": _("Sales forecast"),
    "leverage": _("Leverage"),
    "win-probability": _("Win probability"),
    "scores of each": _("Scores of each person"),
    "forecast of each": _("Value of each person"),
    "due of each": _("Due date of each person"),
    "offers of each": _("Next offers of each person"),
    "traits": _("Writing what is known of each person"),
}


def problem(found: Mapping[str, Any]) -> str:
    """The sentence for a problem, {code, params}; a code without one is said as it is."""
    params = {name: _told(name, value) for name, value in found.get("params", {}).items()}
    sentence = PROBLEMS.get(found["code"])
    if sentence is None:
        return ", ".join([found["code"], *(f"{name} {value}" for name, value in params.items())])
    try:
        return str(sentence) % params
    except KeyError:
        return str(found["code"])


def problems(found: list[Mapping[str, Any]]) -> list[str]:
    """The sentences for several problems, each once."""
    return list(dict.fromkeys(problem(each) for each in found))


def step(name: str) -> Said:
    """What a step of a refresh is called."""
    return STEPS.get(name, name)


def segment(code: str) -> str:
    """The name of an RFM segment; empty for none."""
    return gettext(SEGMENT_NAMES[code]) if code in SEGMENT_NAMES else code


def reason(code: str, *, because: str) -> str:
    """Why a product is offered; `because` is the name of the product that speaks for it, empty for none."""
    if not because and code in ("bought_with", "up_sell", "popular_in_category"):
        code = "popular"
    return str(REASONS.get(code, code)) % {"because": because}


def _told(name: str, value: Any) -> str:
    """A value of a problem as people write it."""
    language = (get_language() or "en").split("-")[0]
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if name in SHARES:
        return str(format_percent(value, "#,##0.###%", locale=language))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(format_decimal(value, locale=language))
    if name == "as_of" or name.endswith("_on"):
        pattern = "dd/MM/yyyy" if language == "vi" else "d MMM yyyy"
        return str(format_date(date.fromisoformat(value), pattern, locale=language))
    return MODELS.get(value, str(value))
