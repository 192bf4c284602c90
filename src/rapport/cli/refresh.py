"""`rapport refresh`: from the records to the lake, the answers of the metrics, and the traits of people."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from rapport.core import clock
from rapport.insight import refresh as refreshing
from rapport.insight import storage, words
from rapport.insight.models import Refresh
from rapport.insight.running import Wish
from rapport.insight.steps import KEPT, Tell

app = typer.Typer()
MEGABYTE = 1 << 20


@app.command()
def refresh(
    full: Annotated[bool, typer.Option("--full", help="Export everything anew, and write all traits anew.")] = False,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Count as if this day were today.")
    ] = None,
    keep_learnt: Annotated[
        bool, typer.Option("--keep-learnt", help="Where few orders changed, keep what was learnt earlier this day.")
    ] = False,
    export_only: Annotated[bool, typer.Option("--export-only", help="Bring the lake up to date and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Export what changed, count every metric, and write what they say about each person."""
    day = as_of.date() if as_of else clock.today()
    console = Console(stderr=True)
    with _bar(console, quiet=as_json) as tell:
        wish = Wish(as_of=day, full=full, export_only=export_only, keep_learnt=keep_learnt)
        done = refreshing.run(wish=wish, by=None, clock=clock.now, tell=tell)
    if as_json:
        typer.echo(json.dumps(_plain(done)))
    else:
        _show(done)
    raise typer.Exit(0 if done.status == Refresh.Status.DONE else 1)


@contextmanager
def _bar(console: Console, *, quiet: bool) -> Iterator[Tell]:
    """A progress bar on the terminal; none where the output is read by a program."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step, share: bar.update(task, description=str(words.step(step)), completed=share)


def _plain(done: Refresh) -> dict[str, object]:
    fresh = storage.lake().freshness()
    return {
        "status": done.status,
        "as_of": done.as_of.isoformat(),
        "seconds": sum(step["seconds"] for step in done.steps),
        "steps": done.steps,
        "tables": {name: {"rows": each.rows, "at": each.at.isoformat()} for name, each in fresh.items()},
    }


def _show(done: Refresh) -> None:
    console = Console()
    steps = Table(_("Step"), _("Seconds"), _("Peak memory"), _("Rows"), "")
    for step in done.steps:
        note = words.problem(step["problem"]) if step["problem"] else ""
        if step["state"] == KEPT:
            note = _("kept as it was learnt before: few orders changed since")
        rows = "" if step["rows"] is None else f"{step['rows']:,}"
        memory = f"{step['peak_memory'] / MEGABYTE:,.0f} MB"
        steps.add_row(str(words.step(step["name"])), f"{step['seconds']:.1f}", memory, rows, note)
    console.print(steps)
    tables = Table(_("Table of facts"), _("Rows"), _("Read from the records"))
    for name, each in storage.lake().freshness().items():
        tables.add_row(name, f"{each.rows:,}", f"{each.at:%Y-%m-%d %H:%M:%S} UTC")
    console.print(tables)
    values = {"status": Refresh.Status(done.status).label, "day": done.as_of.isoformat()}
    console.print(_("As of %(day)s: %(status)s") % values)
