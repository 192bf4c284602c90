"""The `rapport` command."""

import os

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def main() -> None:
    """Rapport: one record of the customer."""


def run() -> None:
    """Entry point of the `rapport` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    app()
