"""`rapport serve`: the database, the web pages and the worker, started together and stopped together."""

import http.client
import os
import socket
import sys
import webbrowser
from importlib import import_module
from importlib.util import find_spec

import typer
from django.conf import settings
from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from rapport.cli.supervise import Parts, Stopped
from rapport.config import postgres, ready
from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions

app = typer.Typer()
console = Console(highlight=False)
SECONDS_TO_COME_UP = 60
THREADS = 4


class PortTaken(RapportError):
    """Another program listens on the port."""


class NotUp(RapportError):
    """The pages did not come up in time."""


@app.command()
def serve(
    demo: bool = typer.Option(False, "--demo", help="Load the demo company if the database is empty."),
    host: str = typer.Option("127.0.0.1", help="The address to listen on."),
    port: int = typer.Option(8000, help="The port to listen on.", envvar="RAPPORT_PORT"),
    browser: bool = typer.Option(True, help="Open the page in a browser, where there is one."),
    workers: int = typer.Option(0, help="Web processes; 0: one per core, two at most.", envvar="RAPPORT_WORKERS"),
) -> None:
    """Start Rapport and keep it running until Ctrl-C."""
    _refuse_taken_port(host, port)
    try:
        with Parts() as parts:
            _prepare(demo=demo)
            _start_web(parts, host=host, port=port, workers=workers or min(2, os.cpu_count() or 1))
            link = _link(host, port)
            if not parts.wait(until=lambda: _answers(host, port), seconds=SECONDS_TO_COME_UP):
                raise NotUp(gettext_lazy("The pages did not come up in time."))
            _greet(host, port, link)
            if browser:
                _open_browser(link)
            # After the pages: on a small machine the two would slow each other's start.
            parts.start(name=_("worker"), arguments=["-m", "rapport.config.jobs"])
            parts.wait()
    except Stopped:
        console.print(_("Stopping…"))
    finally:
        connections.close_all()
        postgres.stop_embedded()
    console.print(_("Stopped."))


def _refuse_taken_port(host: str, port: int) -> None:
    """Raises PortTaken before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            text = gettext_lazy(
                "Cannot listen on %(host)s, port %(port)s: %(reason)s."
                " Is Rapport running already? Another port: rapport serve --port 8001"
            )
            raise PortTaken(text % {"host": host, "port": port, "reason": error.strerror}) from error


def _prepare(*, demo: bool) -> None:
    """Database, migrations and, where asked for, the demo company."""
    with console.status(_("Starting the database…")):
        postgres.start_embedded()
        postgres.ensure_database()
        ready.migrate(tell=_tell_migrations)
    if demo:
        _load_demo()


def _tell_migrations(count: int) -> None:
    """Say what takes a moment."""
    text = ngettext("Applying %(count)s migration…", "Applying %(count)s migrations…", count)
    console.print(text % {"count": count})


def _load_demo() -> None:
    """The demo company into an empty database, with a bar; the worker counts its numbers first."""
    if find_spec("rapport.demo.company") is None:
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("Loading the demo company"), total=1.0)
        loaded = import_module("rapport.demo.company").load_if_empty(
            at=clock.now(), progress=lambda share: bar.update(task, completed=share)
        )
    if loaded:
        import_module("rapport.insight.tasks").request_first()


def _start_web(parts: Parts, *, host: str, port: int, workers: int) -> None:
    """The web server, without an access log: addresses of searches hold customers' names."""
    os.environ["RAPPORT_HOSTS"] = ",".join(dict.fromkeys([*settings.ALLOWED_HOSTS, host]))
    where = ["--host", host, "--port", str(port)]
    size = ["--workers", str(workers), "--blocking-threads", str(THREADS), "--workers-kill-timeout", "10s"]
    # A process that dies on one request does not take the others with it.
    size.append("--respawn-failed-workers")
    quiet = ["--log-level", "warning", "--no-access-log"]
    web = ["-m", "granian", "--interface", "wsgi", *where, *size, *quiet, "rapport.config.wsgi:application"]
    parts.start(name=_("web"), arguments=web)


def _answers(host: str, port: int) -> bool:
    """Whether the pages are up."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """The address by which this machine reaches itself when it listens on all of its addresses."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _address(host: str, port: int) -> str:
    """The address as a person types it."""
    shown = _reachable(host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _link(host: str, port: int) -> str:
    """A link that signs the first administrator in, once."""
    at = clock.now()
    token = actions.make_entry_link(user=actions.first_administrator(at=at), at=at)
    return _address(host, port) + reverse("enter:link", args=[token])


def _greet(host: str, port: int, link: str) -> None:
    """The address, and how to get in; plain lines, so that they can be copied and read by scripts."""
    print(_("Rapport is running: %(address)s") % {"address": _address(host, port)})
    print(_("Sign in once with this link: %(link)s") % {"link": link})
    print(_("Ctrl-C stops it."), flush=True)


def _open_browser(address: str) -> None:
    """Open a window where there is a screen; never a text browser in this terminal."""
    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and sys.stdout.isatty():
        webbrowser.open(address)
