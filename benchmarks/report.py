"""Figures: kept as JSON, shown as a table with what was asked for, and the machine they were measured on."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured number. `wanted` says in words what was asked for; `holds` is None where nothing was."""

    name: str
    value: str
    wanted: str = ""
    holds: bool | None = None


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which the share of the values lies, by linear interpolation."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def machine() -> str:
    """Cores, processor, memory and versions in one line."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores,"
        f" {_processor()}, {memory:.0f} GB memory, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}"
    )


def _processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def keep(name: str, *, figures: Sequence[Figure], raw: dict[str, Any]) -> Path:
    """Write figures and raw measurements to `benchmarks/results/NAME.json`."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    text = {"machine": machine(), "figures": [asdict(figure) for figure in figures], "raw": raw}
    file.write_text(json.dumps(text, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    return file


def kept(name: str) -> list[Figure]:
    """The figures of a result written earlier; none if there is no such file."""
    file = RESULTS / f"{name}.json"
    if not file.exists():
        return []
    return [Figure(**figure) for figure in json.loads(file.read_text(encoding="utf-8"))["figures"]]


def table(figures: Sequence[Figure]) -> Table:
    """The figures as a table for the terminal."""
    found = Table("Figure", "Measured", "Wanted", "Holds", title="Rapport: figures", title_justify="left")
    for figure in figures:
        holds = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[figure.holds]
        found.add_row(figure.name, figure.value, figure.wanted, holds)
    return found


def show(figures: Sequence[Figure]) -> None:
    """Print the table and the machine."""
    console = Console(width=None if sys.stdout.isatty() else 132)
    console.print(table(figures))
    console.print(f"Machine: {machine()}", highlight=False)
    console.print(f"Revision: {_revision()}", highlight=False)


def _revision() -> str:
    """The commit, where git knows it."""
    asked = ["git", "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=RESULTS.parent)
    except OSError:
        return "?"
    return found.stdout.strip() or "?"
