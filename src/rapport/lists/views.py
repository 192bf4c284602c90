"""The views of a list: those that it always has and those that people keep."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from rapport.fields import queries
from rapport.fields.definitions import KINDS, PREFIX, Definition
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.asked import Asked, Problem, from_state
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


def explained(view: View, *, kind: Kind, user: User) -> View:
    """The view with its problems in words for people: own fields by their labels, and what became of them.

    A field that the user may not see is told like one that was deleted: by the code that the view names. At most one
    query, and none where the view has no problem.
    """
    if kind not in KINDS or not any(each.name.startswith(PREFIX) for each in view.asked.problems):
        return view
    known = {each.name: each for each in queries.definitions(kind, retired=True) if each.is_seen_by(user.role)}
    told: dict[str, Problem] = {}
    for each in view.asked.problems:
        problem = _explained(each, known)
        # A field that the view both asks for and shows is named once, as the filter that it was.
        told.setdefault(problem.name, problem)
    return replace(view, asked=replace(view.asked, problems=tuple(told.values())))


def _explained(problem: Problem, known: Mapping[str, Definition]) -> Problem:
    name = ".".join(problem.name.removeprefix("-").split(".")[:2])
    if not name.startswith(PREFIX):
        return problem
    definition = known.get(name)
    if definition is None:
        return replace(problem, name=name.removeprefix(PREFIX), message=_("this own field is not there any more"))
    if definition.retired:
        return replace(problem, name=definition.label, message=_("this own field is put away"))
    return replace(problem, name=definition.label)


def first_of(user: User, kind: Kind) -> str:
    """The code of the view with which the user's list of this kind begins; empty where none was chosen."""
    found = FirstView.objects.filter(user=user, kind=kind).first()
    return "" if found is None else found.code or str(found.view_id)
