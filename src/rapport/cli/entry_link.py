"""`rapport entry-link`: a link that lets a user in once, for the first time or after a forgotten password."""

import typer
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions
from rapport.identity.models import User

app = typer.Typer()


class NoSuchUser(RapportError):
    """Nobody signs in with the e-mail."""


@app.command()
def entry_link(
    email: str = typer.Argument(help="Whom the link signs in."),
    address: str = typer.Option("http://127.0.0.1:8000", help="Where Rapport is reached."),
) -> None:
    """Print a link that signs a user in once, within a day."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise NoSuchUser(_("Nobody signs in with the e-mail %(email)s.") % {"email": email})
    token = actions.make_entry_link(user=user, at=clock.now())
    typer.echo(address.rstrip("/") + reverse("enter:link", args=[token]))
