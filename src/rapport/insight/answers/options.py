"""What a person may ask of a metric beside the day; a metric takes what concerns it and leaves the rest."""

from dataclasses import dataclass
from datetime import date

STAGE, MODEL = PROBABILITIES = ("stage", "model")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of `rapport metrics show`. None means the metric's own default.

    `currency` is an ISO 4217 code in which to tell money; `horizon_weeks` and `discount_yearly` (0.1 is ten per cent)
    concern lifetime value, `support` and `confidence` concern affinity. `pipeline` (a name), `since` and `until` (days,
    both included) and `by` (one of `analytics.slices.BY`) concern the numbers of deals; `probability` concerns their
    forecast.
    """

    currency: str | None = None
    model: str = "pareto_nbd"
    calibrate_until: date | None = None
    horizon_weeks: int = 52
    discount_yearly: float = 0.1
    support: float | None = None
    confidence: float | None = None
    pipeline: str | None = None
    since: date | None = None
    until: date | None = None
    by: str | None = None
    probability: str = STAGE
