"""`rapport user`: add colleagues from the terminal."""

import typer
from django.utils.translation import gettext as _
from rich import print as show

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions
from rapport.identity.models import Role

app = typer.Typer()


class NoSuchRole(RapportError):
    """The role is none of ours."""


@app.callback()
def user() -> None:
    """Add colleagues."""


@app.command()
def add(
    email: str = typer.Argument(help="Signs in with this e-mail."),
    role: str = typer.Option(Role.SELLER, help=" | ".join(Role.values)),
    name: str = typer.Option("", help="Full name; without one, the e-mail."),
) -> None:
    """Add a user; the link of `rapport entry-link EMAIL` lets them in the first time."""
    if role not in Role.values:
        raise NoSuchRole(
            _("There is no role “%(role)s”. Take one of: %(roles)s")
            % {
                "role": role,
                "roles": ", ".join(Role.values),
            }
        )
    added = actions.add_user(email=email, full_name=name or email, role=role, by=None, at=clock.now())
    show(_("Added: %(email)s") % {"email": added.email})
