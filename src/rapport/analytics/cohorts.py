"""Customers by the month of their first purchase, and how many of them bought in each month since."""

from datetime import date
from itertools import groupby

import ibis
import ibis.expr.types as ir

from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="cohorts",
    title=N_("Cohorts"),
    counts=N_("Of the customers who first bought in one month, how many bought again in each later month."),
    population=N_("People with at least one purchase day. Orders placed for a company are left out."),
    window=N_("From the month of the first record to that of the chosen day, which may not be over yet."),
    rule=N_(
        "A cohort is everybody whose first purchase day lies in the same calendar month. Active in a month is who has "
        "a purchase day in it; the month of the first purchase is month 0, in which all are active. The share is the "
        "active ones out of the cohort."
    ),
    unit=N_("customers; share of the cohort"),
    source=N_("calendar months in the time zone of the installation"),
)


def activity(purchase_days: ir.Table) -> ir.Table:
    """How many customers of a cohort bought in a month: `cohort, month, customers`; months since the year 0."""
    months = purchase_days.select("person_id", month=_month(purchase_days.bought_on)).distinct()
    first = months.group_by("person_id").agg(cohort=months.month.min())
    joined = months.join(first, "person_id")
    counted = joined.group_by("cohort", "month").agg(customers=joined.count())
    return counted.order_by("cohort", "month")


def matrix(activity: ir.Table, *, as_of: date) -> list[tuple[str, list[int]]]:
    """The cohorts in order, each with its active customers in month 0, 1, ... up to the month of `as_of`.

    Months in which nobody bought count 0; a month without new customers has no cohort.
    """
    rows = activity.to_pyarrow().to_pylist()
    end = as_of.year * 12 + as_of.month - 1
    found = []
    for cohort, of_cohort in groupby(rows, key=lambda row: row["cohort"]):
        active = [0] * (end - cohort + 1)
        for row in of_cohort:
            active[row["month"] - cohort] = row["customers"]
        found.append((month_name(cohort), active))
    return found


def month_name(month: int) -> str:
    """A month since the year 0 as ISO text: `1997-01`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - ibis.literal(1)).cast("int64")
