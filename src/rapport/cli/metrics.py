"""`rapport metrics`: what is counted and how, and any number computed from the lake on the spot."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from rapport.analytics.registry import Metric
from rapport.analytics.slices import BY
from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.core.money import CURRENCIES
from rapport.insight import asking, refresh, storage, words
from rapport.insight.answers.options import PROBABILITIES, STAGE, Options
from rapport.insight.catalogue import METRICS, entry
from rapport.lake.tables import TABLES

app = typer.Typer()
FORMATS = ("table", "json", "csv")
# More rows than these stand one below the other however wide they are.
MOST_TURNED = 12
MODELS = ("pareto_nbd", "bg_nbd")
DAY = ["%Y-%m-%d"]
FIELDS = ("counts", "population", "window", "rule", "unit", "source")


@app.command("list")
def list_metrics(
    as_json: Annotated[bool, typer.Option("--json", help="Every entry of the registry as JSON.")] = False,
) -> None:
    """Name every metric and what it counts."""
    if as_json:
        typer.echo(json.dumps([_plain(each.metric) for each in METRICS.values()], ensure_ascii=False, indent=1))
        return
    table = Table(_("Name"), _("What it counts"), _("Unit"), _("Version"))
    for name, each in METRICS.items():
        table.add_row(name, _(each.metric.counts), _(each.metric.unit), str(each.metric.version))
    Console().print(table)


def _plain(metric: Metric) -> dict[str, Any]:
    texts = {name: _(getattr(metric, name)) for name in ("title", *FIELDS)}
    return {"name": metric.name, "version": metric.version} | texts


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A name of `rapport metrics list`.")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=DAY, help="Count as if this day were today.")
    ] = None,
    how: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    model: Annotated[str, typer.Option(help="Of lifetime-value: pareto_nbd or bg_nbd.")] = MODELS[0],
    calibrate_until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Of lifetime-value: fit up to this day, try on the rest.")
    ] = None,
    support: Annotated[float | None, typer.Option(min=0, max=1, help="Of affinity: the least support.")] = None,
    confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Of affinity: the least confidence.")] = None,
    currency: Annotated[str | None, typer.Option(help="Tell money in this currency, such as VND.")] = None,
    pipeline: Annotated[str | None, typer.Option(help="Of deals: those of the pipeline of this name.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="Of deals: the first day of the window.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Of deals: the last day of the window.")
    ] = None,
    by: Annotated[str | None, typer.Option(help=f"Of deals: told apart by {', '.join(BY)}.")] = None,
    probability: Annotated[
        str, typer.Option(help="Of forecast: stage, or model for what was learnt from earlier deals.")
    ] = STAGE,
) -> None:
    """Compute a metric from the lake and print it."""
    entry(name)
    options = Options(
        currency=currency.upper() if currency else None,
        model=model,
        calibrate_until=calibrate_until.date() if calibrate_until else None,
        support=support,
        confidence=confidence,
        pipeline=pipeline,
        since=since.date() if since else None,
        until=until.date() if until else None,
        by=by,
        probability=probability,
    )
    _check(how, options)
    # A lake of an older version lacks tables.
    if set(TABLES) - set(storage.lake().freshness()):
        refresh.export_records()
    found = asking.ask(name, as_of=as_of.date() if as_of else clock.today(), options=options)
    {"json": _as_json, "csv": _as_csv, "table": _as_table}[how](found)


def _check(how: str, options: Options) -> None:
    if how not in FORMATS:
        raise RapportError(_("--format takes one of: %(names)s.") % {"names": ", ".join(FORMATS)})
    if options.model not in MODELS:
        raise RapportError(_("--model takes one of: %(names)s.") % {"names": ", ".join(MODELS)})
    if options.currency and options.currency not in CURRENCIES:
        raise RapportError(_("--currency takes one of: %(names)s.") % {"names": ", ".join(CURRENCIES)})
    if options.by and options.by not in BY:
        raise RapportError(_("--by takes one of: %(names)s.") % {"names": ", ".join(BY)})
    if options.probability not in PROBABILITIES:
        raise RapportError(_("--probability takes one of: %(names)s.") % {"names": ", ".join(PROBABILITIES)})
    if options.since and options.until and options.since > options.until:
        raise RapportError(_("The window ends before it begins: --from lies after --to."))


def _as_json(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))


def _as_csv(found: dict[str, Any]) -> None:
    """The longest table of the answer; where there is none, its single values."""
    tables = sorted(_tables(found), key=lambda each: -len(each[1]))
    rows = tables[0][1] if tables else [dict(_single(found))]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows({name: _written(value) for name, value in row.items()} for row in rows)


def _as_table(found: dict[str, Any]) -> None:
    console = Console()
    for each in words.problems(found["problems"]):
        console.print(each, style="yellow")
    facts = Table(show_header=False, box=None)
    for name, value in _single(found):
        facts.add_row(name, _written(value))
    console.print(facts)
    for name, rows in _tables(found):
        flat = [{field: value for field, value in row.items() if not _is_table(value)} for row in rows]
        upright = _upright(name, flat)
        if _width(console, upright) <= console.width or len(rows) > MOST_TURNED:
            console.print(upright)
        else:
            console.print(min(_turned(name, flat), upright, key=partial(_width, console)))


def _upright(name: str, rows: list[dict[str, Any]]) -> Table:
    """A row a line."""
    table = Table(*rows[0], title=name, title_justify="left")
    for row in rows:
        table.add_row(*(_written(value) for value in row.values()))
    return table


def _turned(name: str, rows: list[dict[str, Any]]) -> Table:
    """A row a column, for the few rows with many values that would not fit the width of the terminal."""
    table = Table(title=name, title_justify="left", show_header=False)
    for field in rows[0]:
        table.add_row(field, *(_written(row[field]) for row in rows))
    return table


def _width(console: Console, table: Table) -> int:
    return console.measure(table, options=console.options.update(width=10_000)).maximum


def _single(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of the answer that is no table, with the way to it."""
    for name, value in found.items():
        if name == "problems" or _is_table(value):
            continue
        if isinstance(value, dict):
            yield from _single(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _tables(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name, value in found.items():
        if name == "problems":
            continue
        if _is_table(value):
            yield f"{before}{name}", value
        elif isinstance(value, dict):
            yield from _tables(value, f"{before}{name}.")


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list | tuple):
        return " ".join(_written(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)
