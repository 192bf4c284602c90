"""Lifetime value: what customers are expected to bring, how that spreads, and what the forecast missed."""

from typing import Any

from django.utils.translation import gettext as _

from rapport.web.insight import pictures
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import amount, count, day, nothing_yet, percent

METRIC = "lifetime-value"
MODELS = {"pareto_nbd": "Pareto/NBD", "bg_nbd": "BG/NBD"}
MOST_X = 7
ORDER = ("r", "alpha", "s", "beta", "a", "b")


def without_value(answer: dict[str, Any] | None) -> str:
    """Why there is no value to show; empty where there is one."""
    if reason := nothing_yet(answer):
        return reason
    assert answer is not None
    if answer.get("identified") is False:
        return _("The purchases do not determine the parameters of the forecast, so none is shown.")
    return "" if answer.get("value") else _("There is no forecast yet.")


def distribution(answer: dict[str, Any] | None) -> Picture:
    """The expected value by tenths of the customers, the most valuable first."""
    title = _("How the value is spread")
    if reason := without_value(answer):
        return Picture(name="distribution", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    deciles, currency = answer["value"]["deciles"], answer["currency"]
    total = sum(each["value"] for each in deciles) or 1
    rows = [(each["decile"], each["people"], each["value"], each["value"] / total) for each in deciles]
    series = [Series(name=_("Expected value"), hue="person", values=[value for _at, _n, value, _share in rows])]
    top = percent(rows[0][3]) if rows else ""
    return Picture(
        name="distribution",
        title=title,
        metric=METRIC,
        note=_("The most valuable tenth of the customers is expected to bring %(share)s of the value.")
        % {"share": top},
        drawing=pictures.bars(
            categories=[str(at) for at, *_rest in rows],
            series=series,
            unit=pictures.money(currency),
            name=_("Tenths of the customers, the most valuable first"),
        ),
        table=Table(
            columns=[
                Column(_("Tenth"), "number"), Column(_("People"), "number"), Column(_("Expected value"), "money"),
                Column(_("Share"), "share", 1),
            ],
            rows=rows,
            currency=currency,
        ),
    )  # fmt: skip


def back_test(answer: dict[str, Any] | None) -> Picture:
    """What the forecast said of a time already past, beside what happened and what a naive one says."""
    title = _("Back-test: forecast and reality")
    found = (answer or {}).get("backtest")
    if reason := nothing_yet(answer) or (
        "" if found else without_value(answer) or _("The record is too short to try the forecast on.")
    ):
        return Picture(name="back-test", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    assert found is not None
    rows = [
        (times(each["x"]), each["customers"], each["actual"], each["predicted"], each["naive"])
        for each in found["by_x"]
    ]
    series = [
        Series(name=_("Really bought"), hue="plain", values=[row[2] for row in rows]),
        Series(name=_("Forecast"), hue="person", values=[row[3] for row in rows]),
        Series(name=_("Naive: goes on as before"), hue="muted", values=[row[4] for row in rows], dashed=True),
    ]
    return Picture(
        name="back-test",
        title=title,
        metric=METRIC,
        note=back_test_in_words(answer),
        drawing=pictures.lines(
            categories=[row[0] for row in rows],
            series=series,
            unit=pictures.number(2),
            name=_("Repeat purchases before %(day)s") % {"day": day(found["calibrate_until"])},
        ),
        keys=pictures.keys(series, of_lines=True),
        table=Table(
            columns=[
                Column(_("Repeat purchases before")), Column(_("Customers"), "number"),
                Column(_("Really bought, mean"), "number", 3), Column(_("Forecast, mean"), "number", 3),
                Column(_("Naive, mean"), "number", 3),
            ],
            rows=rows,
        ),
    )  # fmt: skip


def times(x: int) -> str:
    """A number of repeat purchases; the last group holds all with more, too."""
    return f"{x}+" if x >= MOST_X else str(x)


def back_test_in_words(answer: dict[str, Any]) -> str:
    """One sentence: how far off the total and each customer were, and the naive forecast beside it."""
    found = answer["backtest"]
    values = {
        "since": day(found["calibrate_until"]), "until": day(found["until"]),
        "actual": count(found["total_actual"]), "predicted": count(found["total_predicted"]),
        "naive": count(found["total_naive"]), "error": count(found["mae"], 2),
        "naive_error": count(found["mae_naive"], 2),
    }  # fmt: skip
    return (
        _(
            "From %(since)s to %(until)s: forecast %(predicted)s purchases, really %(actual)s, naive %(naive)s."
            " Off by %(error)s a customer on average, the naive one by %(naive_error)s."
        )
        % values
    )


def parameters(answer: dict[str, Any] | None) -> Picture:
    """The fitted parameters with their standard errors, for who wants to check them."""
    title = _("The model")
    if reason := without_value(answer) if not (answer and answer.get("params")) else "":
        return Picture(name="parameters", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    errors, money = answer.get("standard_errors") or {}, answer.get("money") or {}
    model = MODELS.get(answer["model"], answer["model"])
    rows: list[tuple[Any, ...]] = [
        (model, name, answer["params"][name], errors.get(name)) for name in ORDER if name in answer["params"]
    ]
    money_errors = money.get("standard_errors") or {}
    rows += [("Gamma-Gamma", name, money[name], money_errors.get(name)) for name in ("p", "q", "v") if name in money]
    values = {
        "model": model, "customers": count(answer["customers"]), "repeat": count(answer["repeat_buyers"]),
        "until": day(answer["calibrate_until"]), "weeks": count(answer["horizon_weeks"]),
        "discount": percent(answer["discount_yearly"], 1), "likelihood": count(answer["log_likelihood"], 2),
    }  # fmt: skip
    return Picture(
        name="parameters",
        title=title,
        metric=METRIC,
        note=_(
            "%(model)s over %(customers)s customers, %(repeat)s of them repeat buyers, purchases until %(until)s;"
            " log-likelihood %(likelihood)s. Value over the next %(weeks)s weeks, discounted by %(discount)s a year."
        )
        % values,
        table=Table(
            columns=[
                Column(_("Model")), Column(_("Parameter")), Column(_("Value"), "number", 4),
                Column(_("Standard error"), "number", 4),
            ],
            rows=rows,
        ),
    )  # fmt: skip


def headline(answer: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """(label, figure, note) of the total, the mean and the median."""
    if without_value(answer):
        return []
    assert answer is not None
    value, currency = answer["value"], answer["currency"]
    weeks = _("over %(weeks)s weeks from %(day)s") % {
        "weeks": count(answer["horizon_weeks"]),
        "day": day(answer["as_of"]),
    }
    return [
        (_("Expected of all customers"), amount(value["total"], currency), weeks),
        (_("Mean a customer"), amount(value["mean"], currency), ""),
        (
            _("Median a customer"),
            amount(value["median"], currency),
            _("half of the customers are expected to bring less"),
        ),
    ]
