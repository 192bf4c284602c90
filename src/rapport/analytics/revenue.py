"""Money by month, parted into what first purchases brought and what repeat purchases brought."""

from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics.registry import N_, Metric

MONTHS = 12

METRIC = Metric(
    name="revenue",
    title=N_("Revenue from first and repeat purchases"),
    counts=N_("How much money came in each month from first purchases, and how much from people who came back."),
    population=N_("People with at least one purchase day. Orders placed for a company are left out."),
    window=N_("The month of the chosen day, which may not be over yet, and the eleven before it."),
    rule=N_(
        "The money of a person's first purchase day counts as first, that of every later day as repeat. Whether a day "
        "is the first is judged by the whole record, not by the window. Several orders on one day are one purchase. "
        "What came back is taken off the latest purchase day before it."
    ),
    unit=N_("money; customers"),
    source=N_("calendar months in the time zone of the installation"),
)


def by_month(purchase_days: ir.Table, *, as_of: date) -> ir.Table:
    """Per month with purchases: `month` (since the year 0), `first`, `repeat`, `first_people`, `repeat_people`."""
    first_on = purchase_days.bought_on.min().over(ibis.window(group_by=purchase_days.person_id))
    days = purchase_days.select(
        "person_id",
        "money",
        month=(
            purchase_days.bought_on.year().cast("int64") * 12 + purchase_days.bought_on.month().cast("int64") - 1
        ).cast("int64"),
        is_first=purchase_days.bought_on == first_on,
    )
    days = days.filter(days.month > ibis.literal(month_of(as_of) - MONTHS))
    counted = days.group_by("month").agg(
        first=days.money.sum(where=days.is_first),
        repeat=days.money.sum(where=~days.is_first),
        first_people=days.person_id.nunique(where=days.is_first),
        repeat_people=days.person_id.nunique(where=~days.is_first),
    )
    return counted.order_by("month")


def month_of(day: date) -> int:
    """The month of a day, counted since the year 0."""
    return day.year * 12 + day.month - 1
