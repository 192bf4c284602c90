"""Figures brought into the shape of a picture: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import get_month_names

from rapport.commerce.queries import MonthTotal, RevenueInCurrency
from rapport.deals.queries import PipelineSum, StageSum


@dataclass(frozen=True)
class Column:
    """One month of a picture: its `share` of the highest one, from 0 to 1, and whether it is under way."""

    month: MonthTotal
    label: str
    share: float
    is_present: bool


@dataclass(frozen=True)
class RevenueChart:
    """The months of one currency as columns; `peak` is what the highest stands for."""

    revenue: RevenueInCurrency
    columns: list[Column]
    peak: Decimal


@dataclass(frozen=True)
class Bar:
    """One stage of a pipeline: `share` of the longest bar; by amount where any is known, else by deals."""

    sum: StageSum
    share: float


@dataclass(frozen=True)
class PipelineChart:
    """The open stages of a pipeline as bars; `currency` is that of the bars, empty where they count deals."""

    pipeline: PipelineSum
    currency: str
    bars: list[Bar]


def revenue_chart(revenue: RevenueInCurrency, *, today: date, language: str) -> RevenueChart:
    """Columns from the ground up; a month in which more came back than was sold has none."""
    peak = max((month.total for month in revenue.months), default=Decimal(0))
    columns = [
        Column(
            month,
            month_label(month.month, language=language),
            _share(month.total, peak),
            (month.month.year, month.month.month) == (today.year, today.month),
        )
        for month in revenue.months
    ]
    return RevenueChart(revenue, columns, max(peak, Decimal(0)))


def pipeline_chart(pipeline: PipelineSum) -> PipelineChart:
    """Bars in the currency that most deals have."""
    counts: dict[str, int] = {}
    for stage in pipeline.stages:
        for amount in stage.amounts:
            counts[amount.currency] = counts.get(amount.currency, 0) + amount.deals
    currency = max(counts, key=lambda code: (counts[code], code), default="")
    values = [_length(stage, currency) for stage in pipeline.stages]
    peak = max(values, default=Decimal(0))
    bars = [Bar(stage, _share(value, peak)) for stage, value in zip(pipeline.stages, values, strict=True)]
    return PipelineChart(pipeline, currency, bars)


def _length(stage: StageSum, currency: str) -> Decimal:
    if not currency:
        return Decimal(stage.deals)
    amounts: Sequence[Decimal] = [amount.total for amount in stage.amounts if amount.currency == currency]
    return sum(amounts, Decimal(0))


def _share(value: Decimal, peak: Decimal) -> float:
    return round(float(value / peak), 4) if peak > 0 and value > 0 else 0.0


def month_label(month: date, *, language: str) -> str:
    """A month in the least room: `T11`, `Nov`."""
    if language == "en":
        return str(get_month_names("abbreviated", locale="en")[month.month])
    return f"T{month.month}"
