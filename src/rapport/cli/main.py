"""The `rapport` command: a table of subcommands, each in a module of its own, loaded when it is asked for.

A module of the table offers `app`, a Typer app with one command or a group of them. Django is set up before
the module is loaded, so that it imports models as usual; where the table says so the database is open, too,
before the command runs. An error made for people (`RapportError`) is printed without a traceback.
"""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Annotated, Any

import typer
from rich.console import Console

INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One subcommand: its module in `rapport.cli`, a line of help, and whether the database must be open."""

    module: str
    help: str
    database: bool = True


COMMANDS = {
    "serve": Entry(module="serve", help="Start Rapport: database, web pages, worker.", database=False),
    "migrate": Entry(module="migrate", help="Bring the database up to date.", database=False),
    "import": Entry(module="import_", help="Load a file: people, companies, deals, orders and more."),
    "undo-import": Entry(module="undo_import", help="Take an import back."),
    "refresh": Entry(module="refresh", help="Bring metrics and what they say of people up to date."),
    "metrics": Entry(module="metrics", help="What is counted and how, and the numbers."),
    "demo": Entry(module="demo", help="Fill an empty installation with the demo company."),
    "segments": Entry(module="segments", help="Groups of people by rule: list, show, create, count, refresh, export."),
    "user": Entry(module="user", help="Add colleagues."),
    "entry-link": Entry(module="entry_link", help="Print a link that signs a user in once."),
}


def build(*, chosen: str | None) -> typer.Typer:
    """The command line, with the chosen subcommand loaded and the others as lines of help."""
    root = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    root.callback()(main)
    for name, entry in COMMANDS.items():
        if name == chosen:
            _load(root, name, entry)
        else:
            root.command(name, help=entry.help)(_unloaded)
    return root


def _unloaded() -> None:
    """Stands in for a subcommand that was not asked for."""


def _load(root: typer.Typer, name: str, entry: Entry) -> None:
    """Set Django up, load the module, and have the database open before its commands run."""
    import_module("rapport.cli.django_setup")
    app: typer.Typer = import_module(f"rapport.cli.{entry.module}").app
    for command in app.registered_commands:
        if entry.database and command.callback:
            command.callback = _with_database(command.callback, name)
    if len(app.registered_commands) == 1 and app.registered_callback is None:
        only = app.registered_commands[0].callback
        assert only is not None
        root.command(name, no_args_is_help=app.registered_commands[0].no_args_is_help)(only)
    else:
        root.add_typer(app, name=name, help=entry.help, no_args_is_help=True)


def _with_database(command: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The command, run after its arguments are read and once the database is open; what it writes says so."""

    @functools.wraps(command)
    def opened(*args: Any, **kwargs: Any) -> Any:
        import_module("rapport.config.ready").open_database()
        who = import_module("rapport.core.acting")
        with who.acting(through=who.Through.TERMINAL, what=f"rapport {name}"):
            return command(*args, **kwargs)

    return opened


def _show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"rapport {metadata.version('rapport-crm')}")
        raise typer.Exit


VERSION = typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")


def main(version: Annotated[bool, VERSION] = False) -> None:
    """Rapport: one record of the customer."""


def run() -> None:
    """Entry point of the `rapport` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    chosen = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
        build(chosen=chosen)(prog_name="rapport")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        message = getattr(error, "message", None)
        if message is None or not type(error).__module__.startswith("rapport."):
            raise
        Console(stderr=True).print(str(message), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
