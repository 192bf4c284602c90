"""`rapport segments`: groups of people by rule, from the terminal. A rule is a file of JSON."""

import csv
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.segments import actions, counting, export, queries, references, rules
from rapport.segments import refresh as refreshing
from rapport.segments.models import Segment
from rapport.segments.rules import Group

app = typer.Typer()
Name = Annotated[str, typer.Argument(help="The segment's name or number.")]
File = Annotated[Path, typer.Argument(help="The rule as JSON; - reads it from the terminal.", allow_dash=True)]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


class NoSuchSegment(RapportError):
    """No segment has this name or number."""


class NoSuchFile(RapportError):
    """The file cannot be read."""


@app.callback()
def segments() -> None:
    """Groups of people by rule: list, show, create, count, refresh, export."""


@app.command("list")
def list_segments(as_json: AsJson = False) -> None:
    """Every segment with its number of people."""
    rows = list(Segment.objects.live().order_by("name", "pk"))
    if as_json:
        typer.echo(json.dumps([_described(segment) for segment in rows], ensure_ascii=False, indent=2))
        return
    table = Table(_("Number"), _("Segment"), _("People"), _("Refreshed"))
    for segment in rows:
        table.add_row(str(segment.pk), segment.name, f"{segment.member_count:,}", _instant(segment.refreshed_at))
    Console().print(table)


@app.command()
def show(name: Name) -> None:
    """One segment as JSON, with its rule."""
    typer.echo(json.dumps(_described(_segment(name)), ensure_ascii=False, indent=2))


@app.command()
def create(
    file: File,
    name: Annotated[str, typer.Option(help="Its name; without one, the name of the file.")] = "",
    about: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Make a segment from a rule, and find its people."""
    segment = actions.create(name=name or file.stem, rule=_rule(file), about=about, by=None, at=clock.now())
    [*_others, tally] = refreshing.refresh(as_of=clock.today(), at=clock.now(), only=[segment.pk])
    typer.echo(_("Segment %(number)s: %(people)s people.") % {"number": segment.pk, "people": f"{tally.members:,}"})


@app.command()
def count(file: File) -> None:
    """How many people a rule would find; exact, however long it takes."""
    rule = references.resolved(_rule(file))
    found = counting.count_exactly(rule, today=clock.today())
    typer.echo(str(found))


@app.command()
def refresh(
    names: Annotated[list[str] | None, typer.Argument(help="Names or numbers; without one, all.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Ask about everyone, not only where something changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring segments up to date."""
    only = [_segment(name).pk for name in names] if names else None
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        tallies = refreshing.refresh(
            as_of=clock.today(), at=clock.now(), only=only, full=full,
            progress=lambda name, share: bar.update(task, description=name, completed=share),
        )  # fmt: skip
    if as_json:
        rows = [
            {"segment": tally.segment_id, "people": tally.members, "entered": tally.entered, "left": tally.left,
             "asked": tally.asked, "seconds": tally.seconds} for tally in tallies
        ]  # fmt: skip
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table(_("Segment"), _("People"), _("Entered"), _("Left"), _("Asked"), _("Seconds"))
    for tally in tallies:
        asked = _("everyone") if tally.asked is None else f"{tally.asked:,}"
        numbers = (f"{tally.members:,}", f"{tally.entered:,}", f"{tally.left:,}", asked, f"{tally.seconds:.2f}")
        table.add_row(tally.segment.name, *numbers)
    Console().print(table)


@app.command("export")
def export_members(name: Name) -> None:
    """The people of a segment as CSV, on the terminal."""
    writer = csv.writer(sys.stdout)
    writer.writerow(export.HEAD)
    for person, entered_at in queries.all_members(segment=_segment(name)):
        writer.writerow(export.row(person, entered_at))


def _segment(name: str) -> Segment:
    """The segment of a name or number. Raises NoSuchSegment."""
    live = Segment.objects.live()
    found = live.filter(name=name).first()
    if found is None and name.isdecimal() and len(name) < 19:
        found = live.filter(pk=int(name)).first()
    if not isinstance(found, Segment):
        raise NoSuchSegment(_("There is no segment “%(name)s”.") % {"name": name})
    return found


def _rule(file: Path) -> Group:
    """The rule in a file. Raises NoSuchFile, WrongRule."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoSuchFile(_("“%(file)s” cannot be read as text.") % {"file": file}) from error
    return rules.from_text(text)


def _described(segment: Segment) -> dict[str, object]:
    refreshed = timezone.localtime(segment.refreshed_at).isoformat() if segment.refreshed_at else None
    return {
        "number": segment.pk, "name": segment.name, "about": segment.about, "people": segment.member_count,
        "refreshed_at": refreshed, "rule": segment.rule,
    }  # fmt: skip


def _instant(value: datetime | None) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""
