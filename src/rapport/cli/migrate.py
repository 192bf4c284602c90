"""`rapport migrate`: bring the database up to date."""

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich import print as show

from rapport.config import postgres, ready

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the database up to date; run it after an upgrade, before the servers start."""
    postgres.start_embedded()
    postgres.ensure_database()
    count = ready.migrate(tell=lambda _count: None)
    done = ngettext("%(count)s migration applied.", "%(count)s migrations applied.", count) % {"count": count}
    show(done if count else _("The database is up to date."))
