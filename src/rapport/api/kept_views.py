"""Views of lists that people keep: a question under a name, one's own or shared; `?view=` asks it again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.naming import equal
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import FieldError, Problem
from rapport.core.errors import NotAllowed
from rapport.identity import access as rights
from rapport.identity.access import Action, Kind
from rapport.lists import access, actions, catalogue
from rapport.lists import asked as asking
from rapport.lists.models import SavedView
from rapport.lists.operators import LONGEST_TEXT, MOST_VALUES
from rapport.lists.shape import Catalogue

router = Router(tags=["Views"])
READ, WRITE = "views:read", "views:write"
Listed = Literal["person", "company", "deal", "order", "product", "task"]
SharedWith = Literal[*SavedView.Shared.values]  # type: ignore[valid-type]
Value = Annotated[str, Field(max_length=LONGEST_TEXT)]
Filters = dict[str, Annotated[list[Value], Field(max_length=MOST_VALUES)]]
EXAMPLE: dict[str, Any] = {
    "id": 6, "kind": "person", "name": "VIPs of Huế", "owner_id": 4, "shared": "team", "team_id": 2,
    "filters": {"province.one_of": ["Huế"], "custom.tier.one_of": ["gold"]}, "columns": ["name", "phone"],
    "sort": "-recorded_at", "made_at": "2026-03-16T02:30:00Z", "updated_at": "2026-03-16T02:30:00Z",
}  # fmt: skip
SENT_EXAMPLE: dict[str, Any] = {
    "kind": "person", "name": "VIPs of Huế", "shared": "team",
    "filters": {"province": ["Huế"], "custom.tier": ["gold"]}, "columns": ["name", "phone"], "sort": "-recorded_at",
}  # fmt: skip


class ViewShown(Shown):
    """A question to a list, never its answer: whoever asks it sees the records within their own reach."""

    id: int
    kind: Listed
    name: str
    owner_id: int
    shared: SharedWith = Field(description="Who sees it: own, team, all.")
    team_id: int | None
    filters: dict[str, list[str]] = Field(description="As far as you may ask them; as the address of the page has it.")
    columns: list[str]
    sort: str | None
    made_at: datetime
    updated_at: datetime


class ViewValues(Sent):
    """What the list is asked for."""

    filters: Filters = Field({}, max_length=asking.MOST_FILTERS, description="Such as province, revenue.at_least.")
    columns: list[Annotated[str, Field(max_length=80)]] = Field([], max_length=100)
    sort: str | None = Field(None, max_length=80, description="A column; with a minus the other way round.")
    shared: SharedWith = "own"


class NewView(ViewValues):
    """A view to be."""

    kind: Listed
    name: str = Field(min_length=1, max_length=60)


class ViewChanges(ViewValues):
    """What is to be changed; what is not sent stays as it is."""

    name: str = Field(default_factory=str, min_length=1, max_length=60)


class ViewsAsked(AskedPage):
    """Of which list, by whom."""

    kind: Listed | None = None
    owner_id: int | None = None


def shape(request: ApiRequest) -> Shape[SavedView]:
    """How the caller sees views: filters and columns that they may not know of are left out."""
    user = request.caller.user

    @cache
    def catalogue_of(kind: str) -> Catalogue:
        return catalogue.of(Kind(kind), user=user, now=request.at)

    def query(view: SavedView) -> QueryDict:
        return QueryDict(asking.from_state(catalogue_of(view.kind), view.state).query())

    def filters(view: SavedView) -> dict[str, list[str]]:
        return {name: values for name, values in query(view).lists() if name not in ("columns", "sort")}

    return Shape(
        ViewShown,
        filters=filters,
        columns=lambda view: [code for code in query(view).get("columns", "").split(",") if code],
        sort=lambda view: query(view).get("sort"),
    )


@operation(router, Spec(
    name="list_views", method="GET", path="/views", scope=READ, right=None, summary="List kept views",
    answers=PageOf[ViewShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_views(request: ApiRequest, asked: Query[ViewsAsked]) -> HttpResponse:
    """Your own, and those that others share with you, of lists that you may see."""
    user = request.caller.user
    kinds = [kind for kind in catalogue.KINDS if rights.may(user, kind, Action.SEE)]
    rows = SavedView.objects.visible_to(user).filter(kind__in=kinds).filter(**equal(asked, "kind", "owner_id"))
    return page_of(request, rows, shape(request), asked)


@operation(router, Spec(
    name="get_view", method="GET", path="/views/{int:pk}", scope=READ, right=None, summary="One kept view",
    answers=ViewShown, example=EXAMPLE,
))  # fmt: skip
def get_view(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """What a view asks for. `GET /people?view=…` asks it."""
    return one(request, shape(request), access.view_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_view", method="POST", path="/views", scope=WRITE, right=None, summary="Keep a view",
    answers=ViewShown, status=201, example=EXAMPLE, sent_example=SENT_EXAMPLE,
))  # fmt: skip
def add_view(request: ApiRequest, sent: NewView) -> HttpResponse:
    """A question under a name, for you, your team or everybody; the page of the list offers it too."""
    user, kind = request.caller.user, Kind(sent.kind)
    if not rights.may(user, kind, Action.SEE):
        raise NotAllowed(rights.refusal(kind, Action.SEE))
    wanted = asking.Asked(**_parts(request, kind, sent.given()))
    view = actions.keep(kind=kind, name=sent.name, asked=wanted, shared=sent.shared, by=user, at=request.at)
    return made(request, shape(request), view)


@operation(router, Spec(
    name="change_view", method="PATCH", path="/views/{int:pk}", scope=WRITE, right=None,
    summary="Change, rename or share a view", answers=ViewShown, example=EXAMPLE,
    sent_example={"name": "VIPs", "shared": "all"},
))  # fmt: skip
def change_view(request: ApiRequest, pk: int, sent: ViewChanges) -> HttpResponse:
    """Your own; for those who make the settings any that they see. `filters` and `columns` are all of them anew."""
    user = request.caller.user
    view, given = access.view_for_edit(user, pk), sent.given()
    parts = _parts(request, Kind(view.kind), given)
    with transaction.atomic():
        if {"name", "shared"} & set(given):
            named = {"name": given.get("name", view.name), "shared": given.get("shared", view.shared)}
            view = actions.rename(view=view, **named, by=user, at=request.at)
        if parts:
            stored = _stored(view.state)
            view = actions.ask_otherwise(view=view, asked=replace(stored, **parts), by=user, at=request.at)
    return one(request, shape(request), view)


@operation(router, Spec(
    name="remove_view", method="DELETE", path="/views/{int:pk}", scope=WRITE, right=None, summary="Forget a view",
    answers=None, status=204,
))  # fmt: skip
def remove_view(request: ApiRequest, pk: int) -> HttpResponse:
    """No record goes with it; lists that began with it begin as at first."""
    user = request.caller.user
    actions.remove(view=access.view_for_edit(user, pk), by=user, at=request.at)
    return nothing()


def _stored(state: Mapping[str, Any]) -> asking.Asked:
    """What a view asks for as it is kept, what the caller may not know of included."""
    filters = tuple(asking.Wanted(code, operator, tuple(values)) for code, operator, values in state.get("filters", ()))
    return asking.Asked(filters=filters, columns=tuple(state.get("columns", ())), sort=str(state.get("sort", "")))


def _parts(request: ApiRequest, kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of filters, columns and sort that were sent, read. Raises Problem that names what cannot be asked."""
    if not {"filters", "columns", "sort"} & set(given):
        return {}
    found = catalogue.of(kind, user=request.caller.user, now=request.at)
    readers: dict[str, Callable[[Any], asking.Asked]] = {
        "filters": lambda value: asking.read(found, value),
        "columns": lambda value: asking.read(found, {"columns": value}),
        "sort": lambda value: asking.read(found, {"sort": value or ""}),
    }
    read = {name: reader(given[name]) for name, reader in readers.items() if name in given}
    errors = [
        FieldError(f"filters.{each.name[:100]}" if name == "filters" else name, each.message)
        for name, part in read.items()
        for each in part.problems
    ]
    misplaced = sorted(asking.RESERVED & set(given.get("filters", ())))
    errors += [FieldError(f"filters.{name}", _("there is no such filter")) for name in misplaced]
    if errors:
        raise Problem("invalid", errors=errors)
    return {name: getattr(part, name) for name, part in read.items()}
