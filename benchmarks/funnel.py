"""Funnel and leverage over 100,000 deals with 600,000 stage changes, out of the lake.

python -m benchmarks.funnel --deals 100000
"""

import argparse
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import report
from benchmarks.report import Figure
from rapport.insight.answers import forecast, funnel, leverage, velocity, win_rate
from rapport.insight.answers.options import Options
from rapport.insight.work import Work
from rapport.lake import engines
from rapport.lake.store import Lake
from rapport.lake.tables import TABLES

DEALS, CHANGES_A_DEAL, TIMES = 100_000, 6, 5
BUDGET = 1.0
AS_OF = date(2026, 6, 30)
OPEN_STAGES = 6
WON, LOST = OPEN_STAGES + 1, OPEN_STAGES + 2
NAMES = ("Chào hàng", "Demo", "Tham quan", "Khảo sát năng lực", "Đề xuất giải pháp", "Hợp đồng", "Thắng", "Thua")
ANSWERS = {"funnel": funnel, "leverage": leverage, "velocity": velocity, "win-rate": win_rate, "forecast": forecast}
Columns = dict[str, Any]


def draw(deals: int, *, seed: int = 2026) -> dict[str, pa.Table]:
    """Deals of three years that go on, go back, skip and are lost, until they have about six changes each."""
    generator = np.random.default_rng(seed)
    began = np.datetime64("2023-06-30") + generator.integers(0, 1090, deals)
    at = began.astype("datetime64[s]") + generator.integers(0, 36_000, deals)
    stage = np.ones(deals, dtype=np.int64)
    rows = [(np.arange(1, deals + 1), stage.copy(), at.copy())]
    alive = np.arange(deals)
    end = np.datetime64(AS_OF) + np.timedelta64(0, "s")
    while len(alive) and sum(len(each[0]) for each in rows) < deals * CHANGES_A_DEAL:
        drawn = generator.random(len(alive))
        back = np.maximum(stage[alive] - 1, 1)
        on = np.minimum(stage[alive] + 1 + (drawn > 0.95), WON)
        after = np.select([drawn < 0.08, drawn < 0.30], [np.full(len(alive), LOST), back], on)
        moved = after != stage[alive]
        at[alive] += (generator.exponential(9 * 86_400, len(alive)) + 3_600).astype("timedelta64[s]")
        there = moved & (at[alive] < end)
        going, stages = alive[there], after[there]
        stage[going] = stages
        rows.append((going + 1, stages, at[going]))
        alive = alive[(at[alive] < end) & (stage[alive] <= OPEN_STAGES)]
    columns = [np.concatenate([each[place] for each in rows]) for place in range(3)]
    return {"pipelines": _pipelines(), "stages": _stages(), "deals": _deals(began, stage, at, generator),
            "stage_changes": _changes(columns)}  # fmt: skip


def _table(name: str, columns: Columns) -> pa.Table:
    """Columns as a table of facts; those not given are null or empty."""
    schema = TABLES[name].schema
    size = len(next(iter(columns.values())))
    empty = {pa.string(): "", pa.bool_(): False}
    filled = [
        pa.array(columns[field.name]).cast(field.type)
        if field.name in columns
        else pa.array([None if field.nullable else empty.get(field.type, 0)] * size, type=field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(filled, schema=schema)


def _pipelines() -> pa.Table:
    return _table("pipelines", {"id": [1], "name": ["Đấu thầu"]})


def _stages() -> pa.Table:
    status = ["open"] * OPEN_STAGES + ["won", "lost"]
    chances = [*(10 + 15 * place for place in range(OPEN_STAGES)), 100, 0]
    count = len(NAMES)
    return _table("stages", {
        "id": range(1, count + 1), "pipeline_id": [1] * count, "name": list(NAMES), "position": range(count),
        "status": status, "probability": chances, "expected_days": [14] * count,
    })  # fmt: skip


def _deals(began: Any, stage: Any, at: Any, generator: np.random.Generator) -> pa.Table:
    count = len(began)
    closed = np.where(stage > OPEN_STAGES, at, np.datetime64("NaT")).astype("datetime64[us]")
    status = np.select([stage == WON, stage == LOST], ["won", "lost"], "open")
    return _table("deals", {
        "id": np.arange(1, count + 1), "pipeline_id": np.ones(count, dtype=np.int64), "stage_id": stage,
        "status": status, "amount": generator.lognormal(20, 0.8, count).round(), "currency": ["VND"] * count,
        "created_at": began.astype("datetime64[us]"), "created_on": began.astype("datetime64[D]"),
        "closed_at": closed, "closed_on": closed.astype("datetime64[D]"),
        "expected_close_on": (began + generator.integers(60, 160, count)).astype("datetime64[D]"),
        "owner_id": generator.integers(1, 40, count), "product_id": generator.integers(1, 20, count),
    })  # fmt: skip


def _changes(columns: list[Any]) -> pa.Table:
    deal, stage, at = columns
    return _table("stage_changes", {
        "id": np.arange(1, len(deal) + 1), "deal_id": deal, "to_stage_id": stage,
        "at": at.astype("datetime64[us]"), "happened_on": at.astype("datetime64[D]"),
    })  # fmt: skip


def measure(*, deals: int) -> list[Figure]:
    """Each answer alone and funnel and leverage together, from opening the lake to the JSON; the median of some."""
    drawn = draw(deals)
    rows = drawn["stage_changes"].num_rows
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        lake.publish(drawn, at=datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=1))
        took = {name: [_seconds(lake, name) for _time in range(TIMES)] for name in ANSWERS}
        took["funnel and leverage"] = [_seconds(lake, "funnel", "leverage") for _time in range(TIMES)]
    figures = [
        Figure(
            f"{name}, {deals:,} deals, {rows:,} stage changes", f"{report.middle(seconds):.2f} s",
            f"≤ {BUDGET:.0f} s" if "leverage" in name or name == "funnel" else "",
            report.middle(seconds) <= BUDGET if "leverage" in name or name == "funnel" else None,
        )
        for name, seconds in took.items()
    ]  # fmt: skip
    report.keep("funnel", figures=figures, raw={"deals": deals, "changes": rows, "seconds": took})
    return figures


def _seconds(lake: Lake, *names: str) -> float:
    began = time.perf_counter()
    with engines.open(engines.DUCKDB, lake, currency="VND") as facts:
        work = Work(facts, AS_OF, Options())
        for name in names:
            ANSWERS[name].answer(facts, as_of=AS_OF, options=work.options, known=work.selling, keep=work.keep)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=DEALS)
    report.show(measure(deals=parser.parse_args().deals))


if __name__ == "__main__":
    main()
