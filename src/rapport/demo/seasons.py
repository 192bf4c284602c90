"""The year of a packaging shop: Tết, mid-autumn, shopping days, weekends, growth."""

from datetime import date, timedelta

import numpy as np

from rapport.demo.drawing import Floats, Ints

# First day of Tết and mid-autumn (15th of the eighth lunar month) as the Vietnamese calendar has them.
TET = (
    date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027,
    2, 6),
    date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 2), date(2031, 1, 23), date(2032, 2, 11),
    date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip
MID_AUTUMN = (
    date(2022, 9, 10), date(2023, 9, 29), date(2024, 9, 17), date(2025, 10, 6), date(2026, 9, 25),
    date(2027, 9, 15), date(2028, 10, 3), date(2029, 9, 22), date(2030, 9, 12), date(2031, 10, 1),
    date(2032, 9, 19), date(2033, 9, 8), date(2034, 9, 27), date(2035, 9, 16),
)  # fmt: skip
ORDINARY, BEFORE_TET, BEFORE_MID_AUTUMN = 0, 1, 2
GROWTH_A_YEAR = 0.25
WEEKDAYS = (1.1, 1.05, 1.0, 1.0, 1.05, 0.95, 0.85)
SHOPPING_DAYS = ((11, 11), (12, 12), (9, 9))


def calendar(first_day: int, *, count: int) -> tuple[Floats, Ints]:
    """For each day from `first_day` (days since 1970): how much is bought (1 is usual), and the occasion."""
    weights = np.ones(count)
    occasions = np.zeros(count, dtype=np.int64)
    for position in range(count):
        day = date(1970, 1, 1) + timedelta(days=first_day + position)
        weights[position], occasions[position] = _of_day(day)
    return weights * (1 + GROWTH_A_YEAR * np.arange(count) / 365), occasions


def _of_day(day: date) -> tuple[float, int]:
    weight = WEEKDAYS[day.weekday()] * (2.2 if (day.month, day.day) in SHOPPING_DAYS else 1.0)
    to_tet = _days_to(day, TET)
    if -6 <= to_tet <= 2:
        return weight * 0.15, ORDINARY
    if 2 < to_tet <= 40:
        return weight * (1.4 + 1.1 * (40 - to_tet) / 37), BEFORE_TET
    to_moon = _days_to(day, MID_AUTUMN)
    if 2 < to_moon <= 35:
        return weight * 1.7, BEFORE_MID_AUTUMN
    return weight, ORDINARY


def _days_to(day: date, feasts: tuple[date, ...]) -> int:
    """Days to the nearest feast, negative after it. Beyond the table the last year's day is taken."""
    last = feasts[-1]
    known = feasts if day.year <= last.year else tuple(last.replace(year=day.year + more) for more in (0, 1))
    return min(((feast - day).days for feast in known), key=abs)
