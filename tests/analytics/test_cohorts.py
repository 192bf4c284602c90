"""Cohorts by the month of the first purchase."""

from datetime import date

from rapport.analytics import cohorts
from tests.analytics.bought import bought
from tests.analytics.engines import Engine, both_engines

AS_OF = date(2024, 3, 10)
PEOPLE = {
    1: [(date(2023, 12, 31), 1.0), (date(2024, 1, 1), 1.0), (date(2024, 1, 20), 1.0), (date(2024, 3, 9), 1.0)],
    2: [(date(2023, 12, 1), 1.0)],
    3: [(date(2024, 2, 29), 1.0), (date(2024, 3, 1), 1.0)],
    4: [(date(2024, 3, 11), 1.0)],
}


@both_engines
def test_active_customers_by_month_since_the_first(engine: Engine) -> None:
    days = bought(engine, PEOPLE, as_of=AS_OF)
    assert cohorts.matrix(cohorts.activity(days), as_of=AS_OF) == [("2023-12", [2, 1, 0, 1]), ("2024-02", [1, 1])]


def test_nobody_is_in_no_cohort(engine: Engine) -> None:
    assert cohorts.matrix(cohorts.activity(bought(engine, {})), as_of=AS_OF) == []
