"""What the house itself is made of, to be read: colleagues, teams, custom fields, tags in use."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, answer
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.fields import queries as fields
from rapport.identity.access import Action, Kind
from rapport.identity.models import Team, User
from rapport.people.models import Company, Person
from rapport.people.queries import tags_in_use

router = Router(tags=["House"])
SCOPE = "settings:read"
COLLEAGUE: dict[str, Any] = {
    "id": 4, "full_name": "Trần Bình", "email": "binh@example.com", "role": "seller", "team_id": 2, "is_active": True,
}  # fmt: skip
TEAM: dict[str, Any] = {"id": 2, "name": "North", "parent_id": None}
FIELD: dict[str, Any] = {
    "code": "channel", "kind": "person", "type": "choice", "label_vi": "Kênh", "label_en": "Channel",
    "required": False, "choices": [{"code": "shop", "label_vi": "Cửa hàng", "label_en": "Shop"}], "section": None,
}  # fmt: skip


class ColleagueShown(Shown):
    """A colleague; one who came with an import has no e-mail and cannot sign in."""

    id: int
    full_name: str
    email: str | None
    role: str
    team_id: int | None
    is_active: bool


class TeamShown(Shown):
    """A group of colleagues; teams form a tree."""

    id: int
    name: str
    parent_id: int | None


class FieldsAsked(Sent):
    """Fields of which kind of record."""

    kind: Literal["person", "company", "deal", "order"]


class ChoiceShown(Shown):
    """One of a field's choices."""

    code: str
    label_vi: str
    label_en: str


class FieldShown(Shown):
    """A custom field: what `custom` of such a record holds under its code."""

    code: str
    kind: str
    type: str = Field(description="text, number, money, date, choice, choices, yes_no or link.")
    label_vi: str
    label_en: str
    required: bool
    choices: list[ChoiceShown]
    section: str | None


class FieldsShown(Shown):
    """All custom fields of a kind."""

    items: list[FieldShown]


class TagsAsked(Sent):
    """Tags of which kind of record."""

    kind: Literal["person", "company"]


class TagsShown(Shown):
    """The tags in use."""

    items: list[str]


COLLEAGUES: Shape[User] = Shape(ColleagueShown)
TEAMS: Shape[Team] = Shape(TeamShown)


@operation(router, Spec(
    name="list_users", method="GET", path="/users", scope=SCOPE, right=None, summary="List colleagues",
    answers=PageOf[ColleagueShown], example={"items": [COLLEAGUE], "next": None},
))  # fmt: skip
def list_users(request: ApiRequest, asked: Query[AskedPage]) -> HttpResponse:
    """Everybody who can be an owner."""
    return page_of(request, User.objects.all(), COLLEAGUES, asked)


@operation(router, Spec(
    name="get_me", method="GET", path="/me", scope=SCOPE, right=None, summary="Who you are",
    answers=ColleagueShown, example=COLLEAGUE,
))  # fmt: skip
def get_me(request: ApiRequest, asked: Query[Asked]) -> HttpResponse:
    """The colleague whose token this is."""
    return answer(COLLEAGUES.of(request.caller.user, asked.fields, user=request.caller.user))


@operation(router, Spec(
    name="list_teams", method="GET", path="/teams", scope=SCOPE, right=None, summary="List teams",
    answers=PageOf[TeamShown], example={"items": [TEAM], "next": None},
))  # fmt: skip
def list_teams(request: ApiRequest, asked: Query[AskedPage]) -> HttpResponse:
    """All teams."""
    return page_of(request, Team.objects.all(), TEAMS, asked)


@operation(router, Spec(
    name="list_fields", method="GET", path="/fields", scope=SCOPE, right=None, summary="List custom fields",
    answers=FieldsShown, example={"items": [FIELD]},
))  # fmt: skip
def list_fields(request: ApiRequest, asked: Query[FieldsAsked]) -> HttpResponse:
    """The custom fields of a kind of record that you may see, in their order."""
    found = fields.seen(request.caller.user, asked.kind)
    return answer({"items": [_field(each) for each in found]})


@operation(router, Spec(
    name="list_tags", method="GET", path="/tags", scope="people:read", right=(Kind.PERSON, Action.SEE),
    summary="List tags", answers=TagsShown, example={"items": ["key account", "vip"]},
))  # fmt: skip
def list_tags(request: ApiRequest, asked: Query[TagsAsked]) -> HttpResponse:
    """The tags in use on records that you may see."""
    model = Person if asked.kind == "person" else Company
    return answer({"items": tags_in_use(model.objects.visible_to(request.caller.user))})


def _field(each: Any) -> dict[str, Any]:
    choices = [{"code": one.code, "label_vi": one.label_vi, "label_en": one.label_en} for one in each.choices]
    plain = {name: getattr(each, name) for name in ("code", "kind", "label_vi", "label_en", "required")}
    return plain | {"type": str(each.type), "choices": choices, "section": each.section or None}
