"""What is done with kept views and exports, one function for each intent."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.asked import Asked
from rapport.lists.models import FirstView, SavedView

MOST_VIEWS = 100


class WrongView(RapportError):
    """A view cannot be kept like that; `field` names what is meant."""

    def __init__(self, message: str, field: str = "name") -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def keep(*, kind: Kind, name: str, asked: Asked, shared: str, by: User, at: datetime) -> SavedView:
    """Keep what a list is asked for under a name. Raises WrongView."""
    if SavedView.objects.filter(owner=by, kind=kind).count() >= MOST_VIEWS:
        raise WrongView(_("At most %(most)s views are kept for a list. Remove one first.") % {"most": MOST_VIEWS})
    view = SavedView(kind=kind, owner=by, state=asked.state(), made_at=at, updated_at=at)
    _name_and_share(view, name=name, shared=shared, by=by)
    view.save()
    audit.record("lists.view_kept", target=view, by=by, at=at, data={"name": view.name, "shared": view.shared})
    return view


@transaction.atomic
def rename(*, view: SavedView, name: str, shared: str, by: User, at: datetime) -> SavedView:
    """Another name, or other people who see it. Raises WrongView."""
    view = SavedView.objects.select_for_update().select_related("owner").get(pk=view.pk)
    _name_and_share(view, name=name, shared=shared, by=view.owner)
    view.updated_at = at
    view.save(update_fields=["name", "shared", "team", "updated_at"])
    audit.record("lists.view_renamed", target=view, by=by, at=at, data={"name": view.name, "shared": view.shared})
    return view


@transaction.atomic
def ask_otherwise(*, view: SavedView, asked: Asked, by: User, at: datetime) -> SavedView:
    """From now on the view asks for this."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    view.state, view.updated_at = asked.state(), at
    view.save(update_fields=["state", "updated_at"])
    audit.record("lists.view_changed", target=view, by=by, at=at, data={"name": view.name})
    return view


@transaction.atomic
def remove(*, view: SavedView, by: User, at: datetime) -> None:
    """Forget a view; lists that began with it begin as at first."""
    audit.record("lists.view_removed", target=view, by=by, at=at, data={"name": view.name})
    view.delete()


@transaction.atomic
def begin_with(*, kind: Kind, code: str, view: SavedView | None, by: User) -> None:
    """Let the list begin with a kept view, or with one of those that it always has; with neither as at first."""
    FirstView.objects.filter(user=by, kind=kind).delete()
    if view is not None or code:
        FirstView.objects.create(user=by, kind=kind, view=view, code="" if view else code)


def note_export(*, kind: Kind, asked: Asked, code: str, by: User, at: datetime, more: dict[str, Any]) -> None:
    """Note that records are taken out, and what was asked for: `code` says whether it begins or is done."""
    data = {"kind": kind.value, **asked.state(), **more}
    audit.record(f"lists.export_{code}", target=by, by=by, at=at, data=data)


def _name_and_share(view: SavedView, *, name: str, shared: str, by: User) -> None:
    """Raises WrongView."""
    view.name = tidy(name)
    if not view.name or len(view.name) > 60:
        raise WrongView(_("A view needs a name of at most 60 characters."))
    doubles = SavedView.objects.filter(owner=by, kind=view.kind, name__iexact=view.name).exclude(pk=view.pk)
    if doubles.exists():
        raise WrongView(_("You have a view of this name already."))
    if shared not in SavedView.Shared.values:
        raise WrongView(_("Choose who sees the view."), "shared")
    if shared == SavedView.Shared.TEAM and not by.team_id:
        raise WrongView(_("You are in no team with which the view could be shared."), "shared")
    view.shared = shared
    view.team_id = by.team_id if shared == SavedView.Shared.TEAM else None
