"""All figures one after the other, in one table."""

import argparse
from collections.abc import Callable

from rich.console import Console

from benchmarks import (
    api,
    board,
    browser,
    bulk_edit,
    funnel,
    history,
    import_order_lines,
    import_people,
    over_http,
    refresh,
    report,
    segments,
    views,
)
from benchmarks.report import Figure

PEER_ROWS_A_SECOND = 424


def main() -> None:
    """Measure what was chosen and print it with the machine."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="People, order lines, interactions.")
    parser.add_argument("--turns", type=int, default=3, help="Imports and COPYs, in turn.")
    parser.add_argument("--seconds", type=float, default=60, help="How long twenty people work.")
    parser.add_argument(
        "--only",
        nargs="*",
        choices=[
            "people",
            "lines",
            "http",
            "browser",
            "refresh",
            "segments",
            "views",
            "board",
            "funnel",
            "history",
            "api",
            "bulk",
        ],
        help="Just these.",
    )
    parser.add_argument("--show", action="store_true", help="Print what was measured last; measure nothing.")
    chosen = parser.parse_args()
    parts: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
        "people": ("import_people", lambda: import_people.measure(rows=chosen.rows, turns=chosen.turns)),
        "lines": (
            "import_order_lines",
            lambda: import_order_lines.measure(rows=chosen.rows, turns=chosen.turns),
        ),
        "http": ("over_http", lambda: over_http.measure(rows=chosen.rows, seconds=chosen.seconds)),
        "browser": ("browser", lambda: browser.measure(rows=chosen.rows, times=11)),
        "refresh": ("refresh", lambda: refresh.measure(people=chosen.rows)),
        "segments": ("segments", lambda: segments.measure(rows=chosen.rows)),
        "views": ("views", lambda: views.measure(rows=chosen.rows, seconds=chosen.seconds)),
        "history": ("history", lambda: history.measure(rows=chosen.rows * 3 // 10, turns=chosen.turns)),
        "api": ("api", lambda: api.measure(rows=chosen.rows)),
        "bulk": ("bulk_edit", lambda: bulk_edit.measure(rows=chosen.rows // 10)),
        "funnel": ("funnel", lambda: funnel.measure(deals=chosen.rows // 10)),
        "board": ("board", lambda: board.measure(deals=chosen.rows // 10, seconds=chosen.seconds)),
    }
    figures: list[Figure] = []
    for part, (name, measure) in parts.items():
        if chosen.only and part not in chosen.only:
            continue
        Console(stderr=True).print(f"{name} …", style="dim")
        figures += report.kept(name) if chosen.show else measure()
    report.show(figures)
    Console().print(f"Best peer's import: {PEER_ROWS_A_SECOND} rows/s.", highlight=False)
