"""People: read, made, changed, put away."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, one
from rapport.api.callers import ApiRequest
from rapport.api.filters import Filtered, filtered
from rapport.api.naming import RECORD_SORTS
from rapport.api.operations import Spec, operation
from rapport.api.paging import page_of
from rapport.api.versions import Versioned, expected
from rapport.identity.access import Action, Kind
from rapport.people import access, actions
from rapport.people.models import Person

router = Router(tags=["People"])
READ, WRITE = "people:read", "people:write"
EXAMPLE: dict[str, Any] = {
    "id": 17, "version": 3, "external_id": "CRM-0017", "full_name": "Nguyễn Thị An", "email": "an@example.com",
    "phone": "+84901234567", "title": None, "birthday": "1990-02-14", "language": "vi", "province": "Hà Nội",
    "country": "VN", "tags": ["vip"], "source": "fair", "owner_id": 4, "team_id": 2, "custom": {"channel": "shop"},
    "merged_into_id": None,
    "recorded_at": "2026-03-16T02:30:00Z", "updated_at": "2026-03-16T02:30:00Z", "archived_at": None,
}  # fmt: skip
SENT_EXAMPLE = {"full_name": "Nguyễn Thị An", "email": "an@example.com", "phone": "0901 234 567", "tags": ["vip"]}


class PersonShown(Shown):
    """A human being: consumer, contact, or both."""

    id: int
    version: int
    external_id: str | None
    full_name: str | None
    email: str | None
    phone: str | None = Field(description="E.164.")
    title: str | None = Field(description="Without a company; a post's title stands with the post.")
    birthday: date | None
    language: str | None
    province: str | None
    country: str | None
    tags: list[str]
    source: str | None
    owner_id: int | None
    team_id: int | None
    custom: dict[str, Any] = Field(description="Custom fields by code, those that you may see.")
    merged_into_id: int | None = Field(description="The record that stands for this one since they were merged.")
    recorded_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class PersonValues(Sent):
    """What is known of a person. `null` and empty text both mean: nothing is known."""

    external_id: str | None = Field(None, max_length=200, description="The id in your own system; unique.")
    full_name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=60, description="As people write it; kept as E.164.")
    title: str | None = Field(None, max_length=200)
    birthday: date | None = None
    language: str | None = Field(None, max_length=8)
    province: str | None = Field(None, max_length=80)
    country: str | None = Field(None, max_length=80)
    tags: list[str] | None = Field(None, max_length=100)
    source: str | None = Field(None, max_length=80)
    owner_id: int | None = Field(None, description="A user; their team comes along.")
    custom: dict[str, Any] | None = Field(None, description="Custom fields by code; null empties one.")


class NewPerson(PersonValues):
    """A person to be. A name, an e-mail, a phone number or an external id is needed."""

    company_id: int | None = Field(None, description="A present post there, with `title` as its title.")


class PersonChanges(PersonValues, Versioned):
    """What is to be changed; what is not sent stays as it is."""


class PeopleAsked(Filtered):
    """Which people, in which order."""

    q: str | None = Field(None, max_length=200, description="Words of the name, as in the search box.")
    external_id: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=32, description="E.164.")
    tag: str | None = Field(None, max_length=60)
    owner_id: int | None = None
    company_id: int | None = Field(None, description="With a present post there.")
    archived: bool = Field(False, description="Those put away instead of those at hand.")
    updated_since: datetime | None = None
    sort: str = Field("id", description="id, name or recorded_at; with a minus the other way round.")


SHAPE: Shape[Person] = Shape(PersonShown, custom=Kind.PERSON)


@operation(router, Spec(
    name="list_people", method="GET", path="/people", scope=READ, right=(Kind.PERSON, Action.SEE),
    summary="List people", answers=PageOf[PersonShown], example={"items": [EXAMPLE], "next": None}, open_query=True,
))  # fmt: skip
def list_people(request: ApiRequest, asked: Query[PeopleAsked]) -> HttpResponse:
    """People whom you may see, a page at a time."""
    rows = Person.objects.visible_to(request.caller.user)
    if asked.company_id is not None:
        rows = rows.filter(affiliations__company=asked.company_id, affiliations__until__isnull=True).distinct()
    left = filtered(request, Kind.PERSON, naming.narrowed(rows, asked), asked)
    return page_of(request, left, SHAPE, asked, sorts=RECORD_SORTS)


@operation(router, Spec(
    name="get_person", method="GET", path="/people/{int:pk}", scope=READ, right=(Kind.PERSON, Action.SEE),
    summary="One person", answers=PersonShown, example=EXAMPLE,
))  # fmt: skip
def get_person(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A person, archived ones included."""
    return one(request, SHAPE, access.person_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_person", method="POST", path="/people", scope=WRITE, right=(Kind.PERSON, Action.ADD),
    summary="Add a person", answers=PersonShown, status=201, example=EXAMPLE, sent_example=SENT_EXAMPLE,
))  # fmt: skip
def add_person(request: ApiRequest, sent: NewPerson) -> HttpResponse:
    """A new person, owned by you unless you name an owner."""
    user = request.caller.user
    access.check_may_add(user, Kind.PERSON)
    values = sent.given()
    company_id = values.pop("company_id", None)
    company = None if company_id is None else naming.company(user, company_id)
    person = actions.add_person(values=naming.with_owner(values), by=user, at=request.at, company=company)
    return made(request, SHAPE, person)


@operation(router, Spec(
    name="change_person", method="PATCH", path="/people/{int:pk}", scope=WRITE, right=(Kind.PERSON, Action.EDIT),
    summary="Change a person", answers=PersonShown, example=EXAMPLE,
    sent_example={"version": 3, "province": "Đà Nẵng"}, errors=(428,),
))  # fmt: skip
def change_person(request: ApiRequest, pk: int, sent: PersonChanges) -> HttpResponse:
    """Change the fields that are sent. A new e-mail or phone replaces the old one."""
    user = request.caller.user
    person = access.person_for_edit(user, pk)
    version = expected(request, person, sent.version, shape=SHAPE)
    changes = naming.with_owner(sent.changes())
    return one(
        request, SHAPE, actions.change_person(person=person, version=version, changes=changes, by=user, at=request.at)
    )


@operation(router, Spec(
    name="archive_person", method="POST", path="/people/{int:pk}/archive", scope=WRITE,
    right=(Kind.PERSON, Action.ARCHIVE), summary="Put a person away", answers=PersonShown, example=EXAMPLE,
))  # fmt: skip
def archive_person(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of lists and search, nothing lost. One who is put away already stays so."""
    person = access.person_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.archive_person(person=person, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="restore_person", method="POST", path="/people/{int:pk}/restore", scope=WRITE,
    right=(Kind.PERSON, Action.ARCHIVE), summary="Fetch a person back", answers=PersonShown, example=EXAMPLE,
))  # fmt: skip
def restore_person(request: ApiRequest, pk: int) -> HttpResponse:
    """Back from the archive."""
    person = access.person_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.restore_person(person=person, by=request.caller.user, at=request.at))
