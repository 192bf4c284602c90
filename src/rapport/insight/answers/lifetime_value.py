"""The answer to "what are our customers worth": the fitted models, how well they forecast, and value over a horizon."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import purchases
from rapport.analytics.facts import Facts
from rapport.analytics.forecasting import Forecast, Terms, backtest, registry, value
from rapport.analytics.forecasting.maximum_likelihood import Fit
from rapport.analytics.problems import Problem
from rapport.analytics.purchases import Keep, Purchases, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = registry.METRIC
LONG_SILENCE_DAYS = 56


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a caller has computed already: the purchases, and the forecast on all of them with its traits."""

    bought: Purchases
    forecast: Forecast | None = None
    traits: ir.Table | None = None


def answer(
    facts: Facts, *, as_of: date, options: Options, known: Known | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """Parameters with standard errors, money, back-test, and value over the horizon.

    Calibrated on all records up to `as_of`, or up to `options.calibrate_until`: then the rest is the hold-out.
    Parameters, back-test and value are None where the records do not identify the model; `problems` says so.
    `known` spares computing again what it holds; `keep` stores a table that is read more than once.
    """
    bought = known.bought if known else purchases.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    terms = terms_of(options)
    until = min(options.calibrate_until or as_of, as_of)
    if known and known.forecast and until == as_of and known.forecast.terms == terms:
        found, table = known.forecast, known.traits
    else:
        days = _days_until(until, facts, bought, as_of=as_of, options=options)
        found = value.forecast(days, until=until, terms=terms, keep=keep)
        table = None
    head = beginning(METRIC, as_of=as_of, currency=bought.currency) | {
        "model": terms.model,
        "unit": "week",
        "calibrate_until": until.isoformat(),
        "customers": found.counts.total,
        "repeat_buyers": found.counts.repeat_buyers,
    }
    problems = [*bought.problems]
    if found.fit is None:
        head |= too_few(have=found.counts.repeat_buyers, need=value.FEWEST_REPEAT_BUYERS, of="repeat_buyers")
    else:
        tried, about = _backtest(bought.days, found, as_of=as_of)
        problems += [*about, *_problems(found)]
        table = table if table is not None else value.traits(found)
        head |= _of_model(found.fit) | {"money": _of_money(found), "backtest": tried} | _of_value(found, table)
    return head | {"problems": [each.plain() for each in problems]}


def terms_of(options: Options) -> Terms:
    """What the options ask of the forecast."""
    return Terms(model=options.model, weeks=options.horizon_weeks, discount_yearly=options.discount_yearly)


def _days_until(until: date, facts: Facts, bought: Purchases, *, as_of: date, options: Options) -> ir.Table:
    """The purchase days as they were known at `until`: what came back later counts later."""
    if until == as_of:
        return bought.days
    return purchases.read(facts, as_of=until, currency=bought.currency).days


def _of_model(fit: Fit) -> dict[str, Any]:
    shown = fit.identified
    return {
        "identified": shown,
        "params": fit.parameters if shown else None,
        "standard_errors": fit.standard_errors if shown else None,
        "log_likelihood": fit.log_likelihood if shown else None,
    }


def _of_money(found: Forecast) -> dict[str, Any] | None:
    """p, q, v with what belongs to them; no numbers where they are not identified, None where too few came back."""
    fit = found.money_fit
    if fit is None:
        return None
    if not fit.identified:
        return {"identified": False, "customers": fit.customers}
    return {
        **fit.parameters,
        "identified": True,
        "standard_errors": fit.standard_errors,
        "log_likelihood": fit.log_likelihood,
        "customers": fit.customers,
    }


def _of_value(found: Forecast, table: ir.Table | None) -> dict[str, Any]:
    summed = value.summed(table) if table is not None and found.worth else None
    return {
        "horizon_weeks": found.terms.weeks,
        "discount_yearly": found.terms.discount_yearly,
        "value": asdict(summed) | {"deciles": [asdict(each) for each in summed.deciles]} if summed else None,
    }


def _problems(found: Forecast) -> list[Problem]:
    """What the models cannot say, and why."""
    said = []
    if found.fit and found.fit.problem:
        said.append(Problem(code=found.fit.problem, params={"model": found.fit.model}))
    if found.money and found.money.left_out:
        said.append(Problem(code="no_money_above_zero", params={"people": found.money.left_out}))
    if found.money_fit is None:
        said.append(Problem(code="too_few_for_money", params={"need": value.FEWEST_REPEAT_BUYERS}))
    elif found.money_fit.problem:
        said.append(Problem(code=found.money_fit.problem, params={"model": found.money_fit.model}))
    elif not found.worth:
        said.append(Problem(code="money_without_mean", params={}))
    return said


def _backtest(days: ir.Table, found: Forecast, *, as_of: date) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The back-test up to the last purchase day, which may lie before `as_of` where the records end earlier."""
    [ends] = days.aggregate(first_on=days.bought_on.min(), last_on=days.bought_on.max()).to_pyarrow().to_pylist()
    problems = []
    if (as_of - ends["last_on"]).days > LONG_SILENCE_DAYS:
        problems.append(Problem(code="records_end_early", params={"last_on": ends["last_on"].isoformat()}))
    calibrated = found.until < as_of
    start = found.until if calibrated else backtest.cut(ends["first_on"], ends["last_on"])
    if found.fit is None or not found.fit.identified or start is None or start >= ends["last_on"]:
        return None, problems
    held = backtest.held_out(days, calibrate_until=start, until=ends["last_on"])
    if calibrated:
        return _plain(backtest.tested(held, found.fit)), problems
    if held.counts.repeat_buyers < value.FEWEST_REPEAT_BUYERS:
        params = {"have": held.counts.repeat_buyers, "need": value.FEWEST_REPEAT_BUYERS}
        return None, [*problems, Problem(code="too_few_for_backtest", params=params)]
    fit = backtest.fit(held, model=found.terms.model, near=found.fit)
    if fit.problem:
        return None, [*problems, Problem(code="backtest_not_identified", params={"model": fit.model})]
    return _plain(backtest.tested(held, fit)), problems


def _plain(tried: backtest.Backtest) -> dict[str, Any]:
    days = {"calibrate_until": tried.calibrate_until.isoformat(), "until": tried.until.isoformat()}
    return asdict(tried) | days | {"by_x": [asdict(each) for each in tried.by_x]}
