"""The models of repeat purchase: their formulas, their fits, and what they refuse to say."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from rapport.analytics.forecasting import models
from rapport.analytics.forecasting.counts import Counts, grouped
from rapport.analytics.forecasting.hypergeometric import one_and
from tests.analytics.forecasting.histories import counted, pareto_nbd

TRUE = (0.8, 8.0, 0.7, 12.0)
BOTH = pytest.mark.parametrize("name", ["pareto_nbd", "bg_nbd"])


def customers(*histories: tuple[int, int, int]) -> Counts:
    """One customer per x, t_x, T."""
    x, last, age = (np.array(column, dtype=np.int64) for column in zip(*histories, strict=True))
    return grouped(x, last, age, customers=np.ones(len(x), dtype=np.int64))


@pytest.mark.parametrize("z", [0.0, 0.2, 0.5, 0.8, 0.95, 0.98])
def test_the_continued_fraction_is_the_hypergeometric_function(z: float) -> None:
    b, c = np.array([0.6, 1.7, 9.2, 40.5]), np.array([2.1, 2.9, 10.4, 41.9])
    assert one_and(b, c, z=np.full(4, z)) == pytest.approx(hyp2f1(1, b, c, z), rel=1e-11)


def test_the_continued_fraction_stands_large_parameters() -> None:
    """By Euler's integral, c - 1 times that of (1 - t)^(c - 2) (1 - z t)^-b, where SciPy's function gives up."""
    b, c, z = 2041.0, 2042.6, 0.99
    value, _ = quad(lambda t: (c - 1) * math.exp((c - 2) * math.log1p(-t) - b * math.log1p(-z * t)), 0, 1, limit=200)
    assert one_and(np.array([b]), np.array([c]), z=np.array([z]))[0] == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("parameters", [(0.55, 10.6, 0.6, 11.7), (0.9, 20.0, 0.4, 7.0), (0.5, 6.0, 1.0, 6.0)])
def test_pareto_nbd_is_its_integral(parameters: tuple[float, ...]) -> None:
    """The likelihood is the mean over rates and lifetimes: still there at T, or gone between t_x and T."""
    r, alpha, s, beta = parameters
    x, last, age = 3, 14.0, 40.0
    left, _ = quad(lambda u: s * beta**s * (beta + u) ** (-s - 1) * (alpha + u) ** (-r - x), last, age)
    still = (beta / (beta + age)) ** s * (alpha + age) ** (-r - x)
    expected = gammaln(r + x) - gammaln(r) + r * math.log(alpha) + math.log(left + still)
    group = customers((x, 98, 280))
    found, _ = models.MODELS["pareto_nbd"].log_likelihood(np.log(parameters), group)
    assert found == pytest.approx(expected, rel=1e-9)
    alive = models.MODELS["pareto_nbd"].probability_alive(np.array(parameters), group)
    assert alive[0] == pytest.approx(still / (left + still), rel=1e-9)


@BOTH
def test_the_gradient_is_that_of_the_likelihood(name: str) -> None:
    group = customers((0, 0, 200), (1, 3, 250), (4, 100, 260), (9, 250, 251), (2, 0, 9))
    at, likelihood = np.log([0.7, 9.0, 0.8, 3.0]), models.MODELS[name].log_likelihood
    steps = 1e-5 * np.eye(4)
    numeric = [(likelihood(at + step, group)[0] - likelihood(at - step, group)[0]) / 2e-5 for step in steps]
    assert likelihood(at, group)[1] == pytest.approx(np.array(numeric), abs=1e-7)


@BOTH
def test_a_hundred_thousand_purchases_do_no_harm(name: str) -> None:
    group = customers((100_000, 700, 700), (100_000, 100, 700), (0, 0, 700), (0, 0, 0))
    model, at = models.MODELS[name], np.log([0.5, 10.0, 0.6, 12.0])
    value, gradient = model.log_likelihood(at, group)
    alive = model.probability_alive(np.exp(at), group)
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    # Groups stand in the order of x, t_x, T: the one silent for 600 days is gone, the other bought this very day.
    assert alive[2] == pytest.approx(0.0, abs=1e-12)
    assert alive[3] > 0.99
    within = model.if_alive(np.exp(at), group.age_places, weeks=np.array([52.0]))
    assert np.isfinite(within).all()


@BOTH
def test_at_a_mean_lifetime_without_end_the_forecast_has_no_gap(name: str) -> None:
    """Both formulas divide by a parameter less one; the gap can be filled."""
    group = customers((3, 98, 280), (0, 0, 100))
    near, exact = (np.array([0.6, 9.0, 1.0 + away, 2.0 + away]) for away in (1e-4, 0.0))
    weeks = np.array([4.0, 52.0])
    places, if_alive = group.age_places, models.MODELS[name].if_alive
    assert if_alive(exact, places, weeks=weeks) == pytest.approx(if_alive(near, places, weeks=weeks), rel=1e-3)


def test_bg_nbd_calls_every_one_time_buyer_alive() -> None:
    alive = models.MODELS["bg_nbd"].probability_alive(np.array([0.3, 4.0, 0.8, 2.5]), customers((0, 0, 500)))
    assert alive == pytest.approx([1.0])


def test_known_parameters_are_found_again() -> None:
    counts = counted(pareto_nbd(TRUE, customers=6_000))
    found = models.fit("pareto_nbd", counts)
    assert found.identified
    for (name, value), true in zip(found.parameters.items(), TRUE, strict=True):
        # Times are whole days and days with two purchases count once, which the errors outweigh.
        assert abs(value - true) < 3 * found.standard_errors[name], name


def test_a_search_on_a_part_ends_where_the_whole_search_does(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = counted(pareto_nbd(TRUE, customers=3_000))
    whole = {name: models.fit(name, counts) for name in models.MODELS}
    monkeypatch.setattr(models, "MANY_GROUPS", 500)
    for name, expected in whole.items():
        found = models.fit(name, counts)
        assert found.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-5)
        assert found.values == pytest.approx(expected.values, rel=1e-3)


@BOTH
def test_customers_who_never_leave_identify_no_leaving(name: str) -> None:
    """A wholesaler's customers come every season and stay: how they leave cannot be read from that."""
    draw = np.random.default_rng(5)
    histories = []
    for rate in draw.gamma(2.0, 1.5, 600):
        days = sorted({int(270 + 365 * year + day) for year in (0, 1) for day in draw.integers(0, 80, int(rate) + 1)})
        histories.append((len(days), days[-1], 730))
    found = models.fit(name, customers(*histories))
    assert not found.identified
    assert found.problem in {"at_border", "not_identified", "not_converged"}


@BOTH
@pytest.mark.parametrize("history", [(1, 7, 70), (5, 5, 5), (100_000, 99, 100)])
def test_customers_who_are_all_the_same_identify_nothing(name: str, history: tuple[int, int, int]) -> None:
    x, last, age = (np.array([each], dtype=np.int64) for each in history)
    same = Counts(x=x, last=last, age=age, customers=np.array([1_000]))
    assert not models.fit(name, same).identified


@BOTH
def test_a_forecast_grows_with_its_horizon_and_shrinks_by_discount(name: str) -> None:
    group = customers((3, 98, 280), (0, 0, 100))
    found = models.fit(name, counted(pareto_nbd(TRUE, customers=1_500)))
    year = models.per_group(found, group, weeks=52, discount_yearly=0.1)
    free = models.per_group(found, group, weeks=52, discount_yearly=0.0)
    assert (year.purchases > models.expected_purchases(found, group, weeks=26)).all()
    assert year.purchases == pytest.approx(models.expected_purchases(found, group, weeks=52))
    assert free.discounted == pytest.approx(free.purchases)
    # A purchase lies half a year ahead on average, or sooner.
    assert (year.discounted > free.discounted / 1.1**0.5).all()
    assert (year.discounted < free.discounted).all()
