"""Money of first and of repeat purchases by month, by hand."""

from datetime import date

from rapport.analytics import revenue
from rapport.insight.answers import revenue as answers
from rapport.insight.answers.options import Options
from tests.analytics.bought import bought
from tests.analytics.engines import Engine, both_engines, on_duckdb, rows_of

AS_OF = date(2024, 3, 10)
PEOPLE = {
    1: [(date(2023, 3, 31), 5.0), (date(2023, 4, 1), 10.0), (date(2024, 3, 9), 20.0)],
    2: [(date(2024, 3, 1), 100.0), (date(2024, 3, 2), 40.0)],
}
NUMBER = 2024 * 12 + 2


@both_engines
def test_the_first_day_of_a_person_counts_apart(engine: Engine) -> None:
    """The first purchase of person 1 lies before the twelve months; what follows is repeat all the same."""
    found = rows_of(revenue.by_month(bought(engine, PEOPLE, as_of=AS_OF), as_of=AS_OF), by="month")
    assert [{name: value or 0 for name, value in row.items()} for row in found] == [
        {"month": NUMBER - 11, "first": 0, "repeat": 10.0, "first_people": 0, "repeat_people": 1},
        {"month": NUMBER, "first": 100.0, "repeat": 60.0, "first_people": 1, "repeat_people": 2},
    ]


@on_duckdb
def test_the_answer_has_twelve_months_and_sums(engine: Engine) -> None:
    orders = [
        {"person_id": person, "placed_on": day, "total": total}
        for person, days in PEOPLE.items()
        for day, total in days
    ]
    found = answers.answer(engine.facts(orders=orders), as_of=AS_OF, options=Options())
    assert [each["month"] for each in found["months"]][::11] == ["2023-04", "2024-03"]
    assert (len(found["months"]), found["first"], found["repeat"], found["currency"]) == (12, 100.0, 70.0, "VND")
    assert found["months"][1] == {
        "month": "2023-05", "first": 0, "repeat": 0, "first_people": 0, "repeat_people": 0,
    }  # fmt: skip


@on_duckdb
def test_no_orders_are_too_few(engine: Engine) -> None:
    found = answers.answer(engine.facts(), as_of=AS_OF, options=Options())
    assert found["too_few"] == {"have": 0, "need": 1, "of": "purchases"}
