"""`rapport user`: add colleagues from the terminal, and let in who lost their second factor."""

import typer
from django.utils.translation import gettext as _
from rich import print as show

from rapport.cli.entry_link import NoSuchUser
from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions, second_factors
from rapport.identity.models import RoleCode, User
from rapport.identity.queries import roles

app = typer.Typer()


class NoSuchRole(RapportError):
    """The role is none of ours."""


@app.callback()
def user() -> None:
    """Add colleagues, or take a lost second factor away."""


@app.command()
def add(
    email: str = typer.Argument(help="Signs in with this e-mail."),
    role: str = typer.Option(RoleCode.SELLER, help=" | ".join([*RoleCode.values, "…"])),
    name: str = typer.Option("", help="Full name; without one, the e-mail."),
) -> None:
    """Add a user; the link of `rapport entry-link EMAIL` lets them in the first time."""
    codes = list(roles().values_list("code", flat=True))
    if role not in codes:
        raise NoSuchRole(
            _("There is no role “%(role)s”. Take one of: %(roles)s")
            % {
                "role": role,
                "roles": ", ".join(codes),
            }
        )
    added = actions.add_user(email=email, full_name=name or email, role=role, by=None, at=clock.now())
    show(_("Added: %(email)s") % {"email": added.email})


@app.command()
def without_second_factor(email: str = typer.Argument(help="Who lost phone and recovery codes.")) -> None:
    """Take a user's second factors away and sign them out everywhere; a password or a one-time link then lets in."""
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        raise NoSuchUser(_("Nobody signs in with the e-mail %(email)s.") % {"email": email})
    second_factors.remove_all(user=found, by=None, at=clock.now())
    show(_("Removed: the second factors of %(email)s") % {"email": found.email})
