"""`rapport import`: load a file from the terminal, over the same engine as the web page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from rapport.config import home
from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity.queries import organisation
from rapport.imports import actions, mapping
from rapport.imports.engine import Result, scratch_folder
from rapport.imports.mapping import BadMapping, Mapping
from rapport.imports.messages import Roles, remark, told
from rapport.imports.models import SavedMapping, Target
from rapport.imports.own import own_fields
from rapport.imports.progress import overall
from rapport.imports.readers import ReadOptions, open_source
from rapport.imports.staging import Progress as Tell

app = typer.Typer()
SHOWN_PROBLEMS = 20


@app.command()
def import_file(
    target: Annotated[
        str,
        typer.Argument(
            help="people, companies, affiliations, products, deals, stage-changes, orders, order-lines, interactions "
            "or colleagues"
        ),
    ],
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX or Parquet, each also as .gz")],
    map_file: Annotated[Path | None, typer.Option("--map", help="A mapping in TOML.")] = None,
    mapping_name: Annotated[str, typer.Option("--mapping", help="A saved mapping by its name.")] = "",
    save_as: Annotated[str, typer.Option("--save-mapping", help="Keep the mapping under this name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, load nothing.")] = False,
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="Load the good rows even if some are rejected.")
    ] = False,
    duplicates: Annotated[str, typer.Option(help="Rows that match a record: update, skip or create.")] = "update",
    unknown: Annotated[str, typer.Option(help="What a row names and nobody knows: create or reject.")] = "create",
    rejects: Annotated[Path | None, typer.Option(help="Where the rejected rows go, with what is wrong.")] = None,
    encoding: Annotated[str, typer.Option(help="The encoding, if it is not found out rightly.")] = "",
    delimiter: Annotated[str, typer.Option(help="The sign between columns, if it is not found out rightly.")] = "",
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Load a file; exit code 0 only if no row was rejected."""
    _check_choices(target, file, duplicates, unknown)
    _check_rejects(rejects, file)
    console = Console(stderr=True)
    read = ReadOptions(encoding=encoding, delimiter=delimiter, sheet=sheet)
    chosen = _mapping(target, file, map_file, mapping_name, read)
    options = {"keep_good": keep_good, "duplicates": duplicates, "unknown": unknown, "encoding": encoding,
               "delimiter": delimiter, "sheet": sheet}  # fmt: skip
    at = clock.now()
    job = actions.register(target=target, file_name=file.name, path=file.resolve(), by=None, at=at)
    job = actions.set_mapping(job=job, chosen=chosen, options=options, by=None, at=at)
    if save_as:
        actions.save_mapping(name=save_as, target=target, chosen=chosen, at=at)
    kept = rejects or home.folder("imports") / f"{job.pk}-rejected.csv"
    with _bar(console, quiet=as_json) as tell:
        result = actions.run(job=job, dry_run=dry_run, at=at, scratch=home.folder("scratch"), rejects=kept,
                             progress=tell)  # fmt: skip
    if as_json:
        typer.echo(json.dumps({name: getattr(result, name) for name in
                               ("rows", "created", "updated", "unchanged", "rejected", "seconds")}))  # fmt: skip
    _tell(console, result, job_number=job.pk, dry_run=dry_run, brief=as_json)
    raise typer.Exit(1 if result.rejected else 0)


def _check_choices(target: str, file: Path, duplicates: str, unknown: str) -> None:
    if target not in Target.values:
        raise RapportError(f"There is no target “{target}”. Choose one of: {', '.join(Target.values)}")
    if not file.is_file():
        raise RapportError(f"There is no file {file}.")
    if duplicates not in ("update", "skip", "create"):
        raise RapportError("--duplicates takes update, skip or create.")
    if unknown not in ("create", "reject"):
        raise RapportError("--unknown takes create or reject.")


def _check_rejects(rejects: Path | None, file: Path) -> None:
    """The rejected rows need a folder, and must not take the place of the file they come from."""
    if rejects is None:
        return
    if not rejects.parent.is_dir() or rejects.is_dir():
        raise RapportError(f"{rejects} cannot be written: its folder is missing, or it is one.")
    if rejects.resolve() == file.resolve():
        raise RapportError("--rejects would overwrite the file itself.")


def _mapping(target: str, file: Path, map_file: Path | None, name: str, read: ReadOptions) -> Mapping:
    """The mapping asked for, else the one guessed from the header. Raises BadMapping."""
    if map_file is not None:
        if not map_file.is_file():
            raise BadMapping(f"There is no file {map_file}.")
        try:
            return mapping.from_toml(map_file.read_text(encoding="utf-8-sig"), target=target)
        except UnicodeDecodeError as error:
            raise BadMapping(f"{map_file} is not written in UTF-8.") from error
    if name:
        saved = SavedMapping.objects.filter(target=target, name=name).first()
        if saved is None:
            raise BadMapping(f"There is no mapping called “{name}” for {target}.")
        return mapping.from_json(saved.mapping)
    with scratch_folder(home.folder("scratch")) as scratch:
        header = open_source(file, read, scratch=scratch).header
        return mapping.guess(target, header, own=own_fields(target))


@contextmanager
def _bar(console: Console, *, quiet: bool) -> Iterator[Tell]:
    """A progress bar on the terminal; none where the output is read by a program."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=quiet, transient=True) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=overall(step, share))


def _tell(console: Console, result: Result, *, job_number: int, dry_run: bool, brief: bool) -> None:
    roles = Roles()
    for problem in result.problems[:SHOWN_PROBLEMS]:
        console.print(
            f"line {problem.line}: {told(problem, roles=roles)}", style="yellow", highlight=False, markup=False
        )
    if len(result.problems) > SHOWN_PROBLEMS:
        console.print(f"… and {result.rejected - SHOWN_PROBLEMS:,} more")
    if result.rejects:
        console.print(f"Rejected rows, with what is wrong: {result.rejects}", markup=False)
    if brief:
        return
    table = Table("rows", "created", "updated", "unchanged", "rejected", "seconds")
    table.add_row(*(f"{getattr(result, name):,}" for name in
                    ("rows", "created", "updated", "unchanged", "rejected", "seconds")))  # fmt: skip
    console.print(table)
    for kind, number in result.also_created.items():
        console.print(f"also {'would be ' if dry_run else ''}created: {number:,} {kind}")
    for kind, number in result.remarks.items():
        said = remark(kind, number, currency=organisation().currency)
        console.print(said, style="yellow", highlight=False, markup=False)
    if dry_run:
        console.print("A dry run: nothing was loaded.")
    elif result.loaded:
        console.print(f"Loaded as import {job_number}; `rapport undo-import {job_number}` takes it back.")
    else:
        console.print("Nothing was loaded, because rows were rejected. --keep-good loads the good ones.")
