"""`rapport undo-import`: take an import back."""

from typing import Annotated

import typer

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.imports import undo
from rapport.imports.models import Import

app = typer.Typer()


@app.command()
def undo_import(number: Annotated[int, typer.Argument(help="The number that the import was given.")]) -> None:
    """Remove what an import made and bring back what it changed."""
    job = Import.objects.filter(pk=number).first()
    if job is None:
        raise RapportError(f"There is no import {number}.")
    undo.undo(job=job, by=None, at=clock.now())
    typer.echo(f"Import {number} is undone.")
