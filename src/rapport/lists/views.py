"""The views of a list: those that it always has and those that people keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.asked import Asked, from_state
from rapport.lists.models import FirstView, SavedView
from rapport.lists.shape import Catalogue

ALL = "all"


@dataclass(frozen=True)
class View:
    """A view as a list offers it; `kept` is the one that somebody keeps."""

    code: str
    label: str
    asked: Asked
    kept: SavedView | None = None
    is_mine: bool = False


def of_list(catalogue: Catalogue, *, user: User) -> list[View]:
    """Everything first, then the views every list has, one's own, those of others; one query."""
    found = [View(ALL, _("All"), Asked(view=ALL))]
    for each in catalogue.views:
        found.append(View(each.code, str(each.label), from_state(catalogue, _state(each), view=each.code)))
    rows = SavedView.objects.visible_to(user).filter(kind=catalogue.kind).select_related("owner")
    for view in sorted(rows, key=lambda view: (view.owner_id != user.pk, view.name.casefold(), view.pk)):
        code = str(view.pk)
        found.append(
            View(code, view.name, from_state(catalogue, view.state, view=code), view, view.owner_id == user.pk)
        )
    return found


def _state(view: Any) -> Mapping[str, Any]:
    return {"filters": view.filters, "columns": view.columns, "sort": view.sort}


def first_of(user: User, kind: Kind) -> str:
    """The code of the view with which the user's list of this kind begins; empty where none was chosen."""
    found = FirstView.objects.filter(user=user, kind=kind).first()
    return "" if found is None else found.code or str(found.view_id)
