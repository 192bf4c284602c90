"""What every answer begins with, and how one says that too little stands behind it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rapport.analytics.problems import Problem
from rapport.analytics.registry import Metric


def beginning(metric: Metric, *, as_of: date, currency: str, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """The head of an answer: `metric, version, as_of, currency, problems`."""
    return {
        "metric": metric.name,
        "version": metric.version,
        "as_of": as_of.isoformat(),
        "currency": currency,
        "problems": [problem.plain() for problem in problems],
    }


def too_few(*, have: int, need: int, of: str) -> dict[str, Any]:
    """What an answer says instead of numbers."""
    return {"too_few": {"have": have, "need": need, "of": of}}
