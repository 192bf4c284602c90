"""What a period will bring, by category; what was forecast when; and how right that was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.analytics import slices
from rapport.analytics.facts import Facts
from rapport.analytics.registry import N_, Metric
from rapport.analytics.selling import OPEN, WON, Selling

METRIC = Metric(
    name="forecast",
    title=N_("Sales forecast"),
    counts=N_("What the deals of a period are expected to bring, and how right earlier forecasts were."),
    population=N_("Open deals expected to close in the period, and deals won in it. Archived ones not."),
    window=N_("The period asked for, else the calendar quarter of the chosen day."),
    rule=N_(
        "Won deals count at full value in the period in which they were won; editing them later does not move them. "
        "Open deals count with amount times their probability in the period of their expected day; lost deals add "
        "nothing. The probability is that of the stage, or, where asked for, what the model of win probability says of "
        "each deal; deals of which it knows too little keep that of their stage. Categories by the probability: commit "
        "from 75, best case from 50, pipeline below; omitted: probability 0 or no amount; closed: won. Open deals "
        "whose expected day is over, and those without one, are shown apart. What was forecast when: for each of the "
        "last 12 months the same sum as of the last day of the months before, with stage, its probability, amount and "
        "expected day as they were on that day. The error is the sum of the absolute differences out of the sum won."
    ),
    unit=N_("money"),
    source=N_("Own rule"),
    version=2,
)
CLOSED, COMMIT, BEST_CASE, PIPELINE, OMITTED = CATEGORIES = ("closed", "commit", "best_case", "pipeline", "omitted")
COMMIT_FROM, BEST_CASE_FROM = 75, 50
MONTHS_BACK, MONTHS_AHEAD, LEADS = 12, 6, 3
AMOUNT, EXPECTED = "amount", "expected_close_on"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Deals of one group, month (empty where a period was asked for) and category: their money, whole and weighted."""

    group: str
    month: str
    category: str
    deals: int
    value: float
    weighted: float


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Open deals that belong to no coming period."""

    deals: int
    value: float
    weighted: float


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was forecast for a month on a day before it, and what was won in it; `lead` 1 is the day before it began."""

    month: date
    made_on: date
    lead: int
    deals: int
    forecast: float
    actual: float


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How right the forecasts of one lead were over `months`: error and bias as shares of what was won."""

    lead: int
    months: int
    forecast: float
    actual: float
    error: float | None
    bias: float | None


def lines(deals: ir.Table, stages: ir.Table, chances: ir.Table | None = None) -> ir.Table:
    """One row for each open or won deal: `deal_id, group, on, category, value, weighted, by_model`; `on` may be null.

    The probability is that of the stage, or of `chances` (`of_deal, chance`) where that knows the deal (`by_model`).
    """
    rows = deals.filter(deals.status.isin((OPEN, WON)))
    own = stages.select(of_stage="id", by_stage="probability")
    rows = rows.left_join(own, rows.stage_id == own.of_stage)
    if chances is None:
        rows = rows.mutate(probability=rows.by_stage.cast("float64"), by_model=ibis.literal(False))
    else:
        rows = rows.left_join(chances, rows.deal_id == chances.of_deal)
        rows = rows.mutate(
            probability=ibis.coalesce(rows.chance * 100.0, rows.by_stage.cast("float64")),
            by_model=rows.chance.notnull(),
        )
    won = rows.status == WON
    value = ibis.coalesce(rows.money, ibis.literal(0.0))
    return rows.select(
        "deal_id", "group", "by_model",
        on=ibis.ifelse(won, rows.decided_on, rows.expected_close_on),
        category=ibis.cases(
            (won, CLOSED),
            ((rows.probability == 0) | (value <= 0), OMITTED),
            (rows.probability >= COMMIT_FROM, COMMIT),
            (rows.probability >= BEST_CASE_FROM, BEST_CASE),
            else_=PIPELINE,
        ),
        value=value,
        weighted=ibis.ifelse(won, value, value * rows.probability / 100.0),
    )  # fmt: skip


def in_period(found: ir.Table, *, since: date, until: date) -> list[Line]:
    """The lines of a period by group and category."""
    rows = found.filter(found.on.between(ibis.literal(since), ibis.literal(until))).mutate(month=ibis.literal(""))
    return _summed(rows)


def by_month(found: ir.Table, *, as_of: date) -> list[Line]:
    """The lines of the month of a day and those after it, months in order."""
    first = month_start(as_of)
    last = add_months(first, MONTHS_AHEAD) - timedelta(days=1)
    rows = found.filter(found.on.between(ibis.literal(first), ibis.literal(last)))
    return _summed(rows.mutate(month=slices.period(rows.on, by=slices.MONTH)))


def _summed(rows: ir.Table) -> list[Line]:
    sums = rows.group_by("group", "month", "category").agg(
        deals=rows.count(), value=rows.value.sum(), weighted=rows.weighted.sum()
    )
    made = [Line(**row) for row in sums.to_pyarrow().to_pylist()]
    return sorted(made, key=lambda each: (each.group, each.month, CATEGORIES.index(each.category)))


def waiting(found: ir.Table, *, as_of: date) -> tuple[Waiting, Waiting]:
    """Open deals whose expected day is over on the chosen day, and those without one."""
    is_open = found.category != CLOSED
    late = is_open & (found.on < ibis.literal(as_of)).fill_null(False)
    undated = is_open & found.on.isnull()
    [row] = (
        found.aggregate(
            **{
                f"{name}_{kind}": value
                for kind, which in (("late", late), ("undated", undated))
                for name, value in (
                    ("deals", found.count(where=which)),
                    ("value", found.value.sum(where=which).fill_null(0.0)),
                    ("weighted", found.weighted.sum(where=which).fill_null(0.0)),
                )
            }
        )
        .to_pyarrow()
        .to_pylist()
    )
    told = [
        Waiting(**{name: row[f"{name}_{kind}"] for name in ("deals", "value", "weighted")})
        for kind in ("late", "undated")
    ]
    return told[0], told[1]


def unknown(found: ir.Table) -> int:
    """How many open deals the model knows too little of, so that the probability of their stage stands in."""
    count: int = found.filter((found.category != CLOSED) & ~found.by_model).count().to_pyarrow().as_py()
    return count


def history(facts: Facts, selling: Selling, deals: ir.Table) -> list[Made]:
    """What was forecast for each of the last months that are over, on the last days of the months before it."""
    this_month = month_start(selling.as_of)
    began = deals.filter(deals.created_on.notnull()).created_on.min().to_pyarrow().as_py()
    if began is None:
        return []
    first = max(add_months(this_month, -MONTHS_BACK), add_months(month_start(began), 1))
    months = []
    while first < this_month:
        months.append(first)
        first = add_months(first, 1)
    if not months:
        return []
    days = sorted({add_months(each, -lead) - timedelta(days=1) for each in months for lead in range(LEADS)})
    told = _as_told(facts, selling, deals, [day for day in days if day >= began])
    actual = _won_by_month(deals)
    made = []
    for month in months:
        for lead in range(LEADS, 0, -1):
            on = add_months(month, 1 - lead) - timedelta(days=1)
            if on < began:
                continue
            count, value = told.get((on, month.isoformat()[:7]), (0, 0.0))
            won = actual.get(month.isoformat()[:7], 0.0)
            made.append(Made(month=month, made_on=on, lead=lead, deals=count, forecast=value, actual=won))
    return made


def _won_by_month(deals: ir.Table) -> dict[str, float]:
    won = deals.filter((deals.status == WON) & deals.decided_on.notnull())
    won = won.select("money", month=slices.period(won.decided_on, by=slices.MONTH))
    sums = won.group_by("month").agg(value=won.money.sum().fill_null(0.0)).to_pyarrow().to_pylist()
    return {row["month"]: row["value"] for row in sums}


def _as_told(
    facts: Facts, selling: Selling, deals: ir.Table, days: list[date]
) -> dict[tuple[date, str], tuple[int, float]]:
    """How many deals, and which weighted money, were expected on each day for each month."""
    if not days:
        return {}
    snaps = ibis.memtable({"day": days}, schema={"day": "date"})
    steps = selling.steps
    window = ibis.window(group_by=steps.deal_id, order_by=steps.number)
    stays = steps.mutate(left_on=steps.happened_on.lead().over(window)).filter(steps.is_open)
    stays = stays.select("happened_on", "left_on", "stage_id", in_deal="deal_id")
    here = stays.join(snaps, [stays.happened_on <= snaps.day, stays.left_on.isnull() | (stays.left_on > snaps.day)])
    chances = _probabilities(facts, days)
    here = here.join(chances, [here.stage_id == chances.of_stage, here.day == chances.of_day])
    rate = ibis.ifelse(deals.amount > 0, deals.money / deals.amount, None)
    rate = ibis.ifelse(deals.currency == selling.currency, ibis.literal(1.0), rate)
    of_deals = deals.filter(deals.created_on.notnull()).select(
        "deal_id", "amount", "expected_close_on", rate=rate, came_on="created_on"
    )
    here = here.join(of_deals, here.in_deal == of_deals.deal_id).filter(ibis._.came_on <= ibis._.day)
    for field, kind in ((AMOUNT, "float64"), (EXPECTED, "date")):
        here = _as_it_was(here, facts.deal_changes, field=field, kind=kind)
    expected = here.filter(here.expected_close_on > here.day)
    weighted = expected.select(
        "day",
        month=slices.period(expected.expected_close_on, by=slices.MONTH),
        weighted=ibis.coalesce(expected.amount * expected.rate, 0.0) * expected.probability / 100.0,
    )
    sums = weighted.group_by("day", "month").agg(deals=weighted.count(), value=weighted.weighted.sum())
    return {(row["day"], row["month"]): (row["deals"], row["value"]) for row in sums.to_pyarrow().to_pylist()}


def _probabilities(facts: Facts, days: Sequence[date]) -> ir.Table:
    """The probability of each stage at the end of each day: `of_stage, of_day, probability`.

    That is what the first later change found, or what the stage has now. Stages and days are few.
    """
    changes = facts.probability_changes.order_by("at", "id").select("stage_id", "happened_on", "before")
    later: dict[int, list[dict[str, Any]]] = {}
    for row in changes.to_pyarrow().to_pylist():
        later.setdefault(row["stage_id"], []).append(row)
    found = []
    for stage in facts.stages.select("id", "probability").to_pyarrow().to_pylist():
        of_it = later.get(stage["id"], [])
        for day in days:
            first = next((each["before"] for each in of_it if each["happened_on"] > day), stage["probability"])
            found.append({"of_stage": stage["id"], "of_day": day, "probability": first})
    columns = {"of_stage": "int64", "of_day": "date", "probability": "int64"}
    return ibis.memtable({name: [each[name] for each in found] for name in columns}, schema=columns)


def _as_it_was(rows: ir.Table, changes: ir.Table, *, field: str, kind: str) -> ir.Table:
    """The rows (with `deal_id` and `day`) with a field as it was at the end of their day.

    Between two changes that is what the later one found; after the last one it is what the deal has now.
    """
    of_field = changes.filter(changes.field == field)
    window = ibis.window(group_by=of_field.deal_id, order_by=[of_field["at"], of_field.id])
    spans = of_field.select(
        changed="deal_id", span_until="happened_on", span_from=of_field.happened_on.lag().over(window),
        found=of_field.before.try_cast(kind),
    )  # fmt: skip
    joined = rows.left_join(
        spans,
        [
            rows.deal_id == spans.changed,
            rows.day < spans.span_until,
            spans.span_from.isnull() | (rows.day >= spans.span_from),
        ],
    )
    was = ibis.ifelse(joined.changed.notnull(), joined.found, joined[field])
    return joined.select(*(each for each in rows.columns if each != field), **{field: was})


def accuracy(made: Sequence[Made]) -> list[Accuracy]:
    """How right the forecasts were, by how long before the month they were made."""
    found = []
    for lead in sorted({each.lead for each in made}):
        of_lead = [each for each in made if each.lead == lead]
        forecast, actual = sum(each.forecast for each in of_lead), sum(each.actual for each in of_lead)
        missed = sum(abs(each.forecast - each.actual) for each in of_lead)
        error, bias = (missed / actual, (forecast - actual) / actual) if actual else (None, None)
        found.append(Accuracy(
            lead=lead, months=len(of_lead), forecast=forecast, actual=actual, error=error, bias=bias
        ))  # fmt: skip
    return found


def recorded_since(facts: Facts) -> date | None:
    """The first day on which a change of amount or expected day was recorded; None where none was."""
    found: date | None = facts.deal_changes.happened_on.min().to_pyarrow().as_py()
    return found


def month_start(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def add_months(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return first, add_months(first, 3) - timedelta(days=1)
