"""The refresh: every step's seconds and memory, how it grows, what 1 % of new orders costs, and beside others.

python -m benchmarks.refresh --people 1000000
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from benchmarks import bench_home, report, shop
from benchmarks.report import Figure
from rapport.config import home
from rapport.lake.store import Lake

LINES_A_PERSON = 10
SMALLER = 10
SHARE_NEW = 0.01
METRICS_SECONDS, PEAK, SHARE_OF_FULL = 60, 4 * 1000**3, 0.15
# The steps that the budget of the metrics is about: all but reading the records and writing the traits.
APART = ("export", "traits")
FULL, KEEP_LEARNT = "--full", "--keep-learnt"
NOT_INSTALLED = 3
GIGA = 1000**3


@dataclass(frozen=True)
class Ran:
    """A process that came to its end: its seconds, and what it printed as JSON."""

    seconds: float
    said: dict[str, Any]


def ran(command: Sequence[str]) -> Ran | None:
    """Run a module of Python in a process of its own; None where it says that it is not installed."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    seconds = time.perf_counter() - began
    if process.returncode == NOT_INSTALLED:
        return None
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with code {process.returncode}:\n{said}")
    return Ran(seconds, json.loads(said.splitlines()[-1]))


def fill(people: int) -> shop.Shop:
    """A database of its own with a shop of so many people; one that is there already is taken as it is."""
    bench_home.use_database(f"refresh_{people}")
    drawn = shop.draw(people=people, lines=people * LINES_A_PERSON)
    with bench_home.connect() as connection:
        [found] = connection.execute("SELECT count(*) FROM commerce_order").fetchone() or [0]
        if found != len(drawn.order_person):
            bench_home.clear(connection)
            shop.fill(connection, drawn)
    return drawn


def refreshed(option: str = "") -> Ran:
    """`rapport refresh`, from an empty lake if `--full`."""
    if option == FULL:
        Lake(home.path() / "lake").remove()
    command = ["rapport.cli.main", "refresh", "--as-of", shop.UNTIL.isoformat(), "--json"]
    found = ran([*command, *([option] if option else [])])
    assert found is not None
    if found.said["status"] != "done":
        Console(stderr=True).print_json(data=found.said["steps"])
    return found


def seconds_of(found: Ran) -> dict[str, float]:
    """The seconds of each step."""
    return {step["name"]: step["seconds"] for step in found.said["steps"]}


def measure(*, people: int) -> list[Figure]:
    """Fill, refresh, add 1 %, refresh again, and compare; keeps the result."""
    small_people = max(people // SMALLER, 1_000)
    fill(small_people)
    small = refreshed(FULL)
    drawn = fill(people)
    whole = refreshed(FULL)
    beside = {name: ran(["benchmarks.peers", name]) for name in PEERS}
    more = shop.more(drawn, share=SHARE_NEW)
    with bench_home.connect() as connection:
        shop.add_orders(connection, more, after=len(drawn.order_person))
        light, again = refreshed(KEEP_LEARNT), refreshed()
        _take_back(connection, after=len(drawn.order_person))
    figures = [
        *_of_the_whole(whole, people=people, lines=len(drawn.line_order)),
        *_of_the_growth(small, whole, small_people=small_people, people=people),
        _of_the_change(whole, again, how="everything learnt again"),
        _of_the_change(whole, light, how=KEEP_LEARNT),
        *_beside(beside),
    ]
    raw = {"people": people, "orders": len(drawn.order_person), "lines": len(drawn.line_order), "small": small.said,
           "whole": whole.said, "again": again.said, "light": light.said,
           "beside": {name: found and vars(found) for name, found in beside.items()}}  # fmt: skip
    report.keep("refresh", figures=figures, raw=raw)
    return figures


def _take_back(connection: Any, *, after: int) -> None:
    """Remove the orders that were added, so that the database serves the next run."""
    connection.execute("DELETE FROM commerce_orderline WHERE order_id > %s", [after])
    connection.execute("DELETE FROM commerce_order WHERE id > %s", [after])


def _of_the_whole(whole: Ran, *, people: int, lines: int) -> list[Figure]:
    steps = whole.said["steps"]
    counted = sum(step["seconds"] for step in steps if step["name"] not in APART)
    peak = max(step["peak_memory"] for step in steps)
    of = f"refresh, {people:,} customers, {lines:,} lines"
    return [
        *(
            Figure(f"{of}: {step['name']}", f"{step['seconds']:.1f} s, {step['peak_memory'] / GIGA:.2f} GB")
            for step in steps
        ),
        Figure(f"{of}: metrics in all", f"{counted:.1f} s", f"≤ {METRICS_SECONDS} s", counted <= METRICS_SECONDS),
        Figure(f"{of}: peak memory", f"{peak / GIGA:.2f} GB", f"≤ {PEAK / GIGA:.0f} GB", peak <= PEAK),
        Figure(f"{of}: from start to end", f"{whole.seconds:.1f} s"),
    ]


def _of_the_growth(small: Ran, whole: Ran, *, small_people: int, people: int) -> list[Figure]:
    took = [sum(seconds_of(found).values()) for found in (small, whole)]
    times, wanted = took[1] / took[0], people / small_people
    return [
        Figure(
            f"refresh, from {small_people:,} to {people:,} customers",
            f"{took[0]:.1f} s → {took[1]:.1f} s: {times:.1f} ×",
            f"≤ {wanted:.0f} × (linear)",
            times <= wanted,
        )
    ]


def _of_the_change(whole: Ran, again: Ran, *, how: str) -> Figure:
    took = [sum(seconds_of(found).values()) for found in (whole, again)]
    share = took[1] / took[0]
    return Figure(
        f"refresh after {SHARE_NEW:.0%} new orders, of the full one: {how}",
        f"{took[1]:.1f} s of {took[0]:.1f} s: {share:.0%}",
        f"≤ {SHARE_OF_FULL:.0%}",
        share <= SHARE_OF_FULL,
    )


PEERS = ("ours_rfm", "floor_rfm", "ours_forecast", "lifetimes", "ours_rules", "mlxtend", "rusket")
# (ours, the other, parts that count (all if empty), times as quick as wanted, share of its memory wanted)
COMPARED: tuple[tuple[str, str, float, float | None], ...] = (
    ("ours_rfm", "floor_rfm", 1 / 2, None),
    ("ours_forecast", "lifetimes", 10, 1 / 10),
    ("ours_rules", "mlxtend", 10, 1 / 10),
    ("ours_rules", "rusket", 1, None),
)


def _beside(found: dict[str, Ran | None]) -> list[Figure]:
    figures = []
    for ours_name, other_name, wanted, memory in COMPARED:
        ours, other = found[ours_name], found[other_name]
        assert ours is not None
        name = f"{ours_name.removeprefix('ours_')} beside {other_name}"
        if other is None:
            figures.append(Figure(name, "not installed: pip install rapport-crm[bench]"))
            continue
        parts = [
            {name: took for name, took in each.said["seconds"].items() if name != "found"} for each in (ours, other)
        ]
        seconds, held = [sum(each.values()) for each in parts], [each.said["memory"] for each in (ours, other)]
        times, share = seconds[1] / max(seconds[0], 1e-9), held[0] / held[1]
        figures.append(
            Figure(
                f"{name}: seconds", f"{seconds[0]:.2f} s, {seconds[1]:.2f} s: {times:.1f} × as quick",
                f"≥ {wanted:g} ×", times >= wanted,
            )
        )  # fmt: skip
        wished = f"≤ {memory:.0%}" if memory else ""
        holds = share <= memory if memory else None
        told = f"{held[0] / GIGA:.2f} GB, {held[1] / GIGA:.2f} GB: {share:.0%}"
        figures.append(Figure(f"{name}: peak memory of the process", told, wished, holds))
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    chosen = parser.parse_args()
    report.show(measure(people=chosen.people))


if __name__ == "__main__":
    main()
