"""`rapport demo`: fill an empty installation with the synthetic demo company, at any size."""

import typer
from django.utils.translation import gettext as _
from rich import print as show
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from rapport.core import clock
from rapport.demo import company
from rapport.demo.generate import Size

app = typer.Typer()


@app.command()
def demo(
    people: int = typer.Option(5_000, min=10, max=20_000_000, help="People of the web shop."),
    orders: int = typer.Option(25_000, min=10, max=100_000_000, help="Orders of the web shop."),
    interactions: int = typer.Option(-1, help="Questions and tickets of the web shop; -1: one a person."),
    seed: int = typer.Option(company.SEED, min=0, help="Same seed, same company."),
) -> None:
    """Fill an empty installation with the demo company: synthetic, and labelled so."""
    size = Size(people=people, orders=orders, interactions=people if interactions < 0 else interactions)
    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task(_("Loading the demo company"), total=1.0)
        found = company.load_into_empty(
            size=size, seed=seed, at=clock.now(), progress=lambda share: bar.update(task, completed=share)
        )
    for target, rows in found.items():
        show(f"{target}: {rows:,}")
