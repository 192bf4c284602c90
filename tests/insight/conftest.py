"""A home of its own for every test of this folder, and a small shop."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rapport.insight import refresh
from rapport.insight.answering import METRICS
from rapport.insight.models import Refresh
from rapport.insight.running import Wish
from rapport.people.models import Person
from tests.factories import make_order, make_person, make_product

# Where `tests.insight.dying` ends: the rows are written, the transaction is not over.
WRITTEN = "traits written"
AS_OF = date(2026, 3, 31)
AT = datetime(2026, 4, 1, 19, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """Where the lake lies during one test."""
    settings.HOME = tmp_path
    settings.ENGINE = "duckdb"
    return tmp_path


@pytest.fixture
def shop(transactional_db: None) -> list[Person]:
    """Three people: one bought on three days, one on one day, one never."""
    often, once, never = (make_person(full_name=name) for name in ("An", "Bình", "Chi"))
    rice, oil = make_product(name="Gạo", category="Bếp"), make_product(name="Dầu", category="Bếp")
    for day in (1, 11, 21):
        make_order((rice, 2, 50_000), (oil, 1, 90_000), person=often, placed_at=on(2026, 3, day))
    make_order((rice, 1, 50_000), person=once, placed_at=on(2026, 2, 1))
    return [often, once, never]


@pytest.fixture
def refreshed() -> Callable[..., Refresh]:
    """Run a refresh as of the end of March."""

    def run(**wish: Any) -> Refresh:
        return refresh.run(wish=Wish(**{"as_of": AS_OF} | wish), by=None, clock=lambda: AT)

    return run


@pytest.fixture
def few_metrics() -> Iterator[None]:
    """Two that are counted and one that is learnt, where what a refresh does with each metric is the same."""
    with without(set(METRICS) - {"rfm", "repeat-purchase", "cohorts"}):
        yield


@contextmanager
def without(names: Iterable[str]) -> Iterator[None]:
    """Leave some metrics out, and bring them back in their places: people read them in the registry's order."""
    whole = dict(METRICS)
    for name in names:
        del METRICS[name]
    try:
        yield
    finally:
        METRICS.clear()
        METRICS.update(whole)


def on(year: int, month: int, day: int) -> datetime:
    """Noon of a day where the company is."""
    return datetime(year, month, day, 5, tzinfo=UTC)


def all_traits() -> list[str]:
    """Every row of the traits, letter by letter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM insight_persontraits t ORDER BY person_id")
        return [row[0] for row in cursor.fetchall()]
