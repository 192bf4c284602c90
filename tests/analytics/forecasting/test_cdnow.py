"""The published results on the CDNOW sample, where the file is at hand."""

from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pytest

from rapport.analytics.forecasting import backtest, counts, gamma_gamma, models
from rapport.analytics.forecasting.maximum_likelihood import Fit

FILE = Path(__file__).parents[3].parent / "shared" / "data" / "cdnow" / "cdnow_sample.csv"
UNTIL = date(1997, 9, 30)

pytestmark = pytest.mark.skipif(not FILE.is_file(), reason="The CDNOW sample is not beside the checkout.")


@pytest.fixture(scope="module")
def days() -> ibis.Table:
    """The purchase days; all purchases of a day are one, exact duplicates of a row are real."""
    rows = ibis.duckdb.connect().read_csv(str(FILE))
    days = rows.group_by(person_id=rows.sample_id.cast("int64"), bought_on=rows.date.cast("date"))
    return days.agg(money=rows.amount.sum())


def fit(days: ibis.Table, model: str) -> Fit:
    """A model of purchases on the first 39 weeks."""
    return models.fit(model, counts.counted(counts.by_person(days, until=UNTIL)))


def test_bg_nbd(days: ibis.Table) -> None:
    found = fit(days, "bg_nbd")
    assert found.customers == 2357
    assert found.values == pytest.approx([0.2426, 4.414, 0.793, 2.426], rel=5e-4)
    assert found.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    one = counts.Counts(x=np.array([2]), last=np.array([213]), age=np.array([272]), customers=np.array([1]))
    assert models.expected_purchases(found, one, weeks=39)[0] == pytest.approx(1.226, abs=5e-4)


def test_pareto_nbd(days: ibis.Table) -> None:
    found = fit(days, "pareto_nbd")
    assert found.values == pytest.approx([0.5533, 10.578, 0.606, 11.668], rel=5e-4)
    assert found.log_likelihood == pytest.approx(-9594.97, abs=0.01)
    # Standard errors as by the second derivatives in the logarithms of the parameters.
    assert list(found.standard_errors.values()) == pytest.approx([0.0476, 0.843, 0.187, 6.21], rel=0.01)


def test_gamma_gamma(days: ibis.Table) -> None:
    money = gamma_gamma.asked(counts.by_person(days, until=UNTIL))
    found = gamma_gamma.fit(money)
    assert len(money.x) == 946
    assert found.values == pytest.approx([6.249, 3.745, 15.447], rel=5e-4)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.005)


@pytest.mark.parametrize("model", ["pareto_nbd", "bg_nbd"])
def test_the_forecast_of_the_next_39_weeks_beats_the_naive_one(days: ibis.Table, model: str) -> None:
    held = backtest.held_out(days, calibrate_until=UNTIL, until=date(1998, 6, 30))
    tried = backtest.tested(held, backtest.fit(held, model=model))
    assert tried.total_actual == 1882
    assert tried.mae < tried.mae_naive
    assert abs(tried.total_predicted - 1882) < abs(tried.total_naive - 1882) / 4
