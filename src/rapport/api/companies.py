"""Companies: read, made, changed, put away."""

from datetime import datetime
from decimal import Decimal
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
from rapport.people.models import Company

router = Router(tags=["Companies"])
READ, WRITE = "companies:read", "companies:write"
EXAMPLE: dict[str, Any] = {
    "id": 5, "version": 1, "external_id": "ACC-5", "name": "Công ty An Phát", "tax_id": "0100109106",
    "domain": "anphat.example", "industry": "Furniture", "employees": 120, "revenue": "25000000000.00",
    "province": "Hà Nội", "country": "VN", "tags": ["key account"], "source": "fair", "owner_id": 4, "team_id": 2,
    "custom": {}, "merged_into_id": None, "recorded_at": "2026-03-16T02:30:00Z",
    "updated_at": "2026-03-16T02:30:00Z", "archived_at": None,
}  # fmt: skip
SENT_EXAMPLE = {"name": "Công ty An Phát", "tax_id": "0100109106", "industry": "Furniture"}


class CompanyShown(Shown):
    """An organisation: an account, its parent, or one of its customers."""

    id: int
    version: int
    external_id: str | None
    name: str
    tax_id: str | None
    domain: str | None
    industry: str | None
    employees: int | None
    revenue: Decimal | None = Field(description="Yearly, in the company's own currency.")
    province: str | None
    country: str | None
    tags: list[str]
    source: str | None
    owner_id: int | None
    team_id: int | None
    custom: dict[str, Any] = Field(description="Custom fields by code, those that you may see.")
    merged_into_id: int | None
    recorded_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class CompanyValues(Sent):
    """What is known of a company. `null` and empty text both mean: nothing is known."""

    external_id: str | None = Field(None, max_length=200, description="The id in your own system; unique.")
    tax_id: str | None = Field(None, max_length=20)
    domain: str | None = Field(None, max_length=253)
    industry: str | None = Field(None, max_length=120)
    employees: int | None = Field(None, ge=0, le=2_000_000_000)
    revenue: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2)
    province: str | None = Field(None, max_length=80)
    country: str | None = Field(None, max_length=80)
    tags: list[str] | None = Field(None, max_length=100)
    source: str | None = Field(None, max_length=80)
    owner_id: int | None = Field(None, description="A user; their team comes along.")
    custom: dict[str, Any] | None = Field(None, description="Custom fields by code; null empties one.")


class NewCompany(CompanyValues):
    """A company to be."""

    name: str = Field(min_length=1, max_length=200)


class CompanyChanges(CompanyValues, Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, max_length=200)


class CompaniesAsked(Filtered):
    """Which companies, in which order."""

    q: str | None = Field(None, max_length=200, description="Words of name, tax id, website, external id.")
    external_id: str | None = Field(None, max_length=200)
    tax_id: str | None = Field(None, max_length=20)
    tag: str | None = Field(None, max_length=60)
    owner_id: int | None = None
    archived: bool = Field(False, description="Those put away instead of those at hand.")
    updated_since: datetime | None = None
    sort: str = Field("id", description="id, name or recorded_at; with a minus the other way round.")


SHAPE: Shape[Company] = Shape(CompanyShown, custom=Kind.COMPANY)


@operation(router, Spec(
    name="list_companies", method="GET", path="/companies", scope=READ, right=(Kind.COMPANY, Action.SEE),
    summary="List companies", answers=PageOf[CompanyShown], example={"items": [EXAMPLE], "next": None}, open_query=True,
))  # fmt: skip
def list_companies(request: ApiRequest, asked: Query[CompaniesAsked]) -> HttpResponse:
    """Companies that you may see, a page at a time."""
    rows = Company.objects.visible_to(request.caller.user)
    left = filtered(request, Kind.COMPANY, naming.narrowed(rows, asked), asked)
    return page_of(request, left, SHAPE, asked, sorts=RECORD_SORTS)


@operation(router, Spec(
    name="get_company", method="GET", path="/companies/{int:pk}", scope=READ, right=(Kind.COMPANY, Action.SEE),
    summary="One company", answers=CompanyShown, example=EXAMPLE,
))  # fmt: skip
def get_company(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A company, archived ones included."""
    return one(request, SHAPE, access.company_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_company", method="POST", path="/companies", scope=WRITE, right=(Kind.COMPANY, Action.ADD),
    summary="Add a company", answers=CompanyShown, status=201, example=EXAMPLE, sent_example=SENT_EXAMPLE,
))  # fmt: skip
def add_company(request: ApiRequest, sent: NewCompany) -> HttpResponse:
    """A new company, owned by you unless you name an owner."""
    access.check_may_add(request.caller.user, Kind.COMPANY)
    values = naming.with_owner(sent.given())
    return made(request, SHAPE, actions.add_company(values=values, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="change_company", method="PATCH", path="/companies/{int:pk}", scope=WRITE, right=(Kind.COMPANY, Action.EDIT),
    summary="Change a company", answers=CompanyShown, example=EXAMPLE,
    sent_example={"version": 1, "employees": 150}, errors=(428,),
))  # fmt: skip
def change_company(request: ApiRequest, pk: int, sent: CompanyChanges) -> HttpResponse:
    """Change the fields that are sent."""
    user = request.caller.user
    company = access.company_for_edit(user, pk)
    version = expected(request, company, sent.version, shape=SHAPE)
    changes = naming.with_owner(sent.changes())
    changed = actions.change_company(company=company, version=version, changes=changes, by=user, at=request.at)
    return one(request, SHAPE, changed)


@operation(router, Spec(
    name="archive_company", method="POST", path="/companies/{int:pk}/archive", scope=WRITE,
    right=(Kind.COMPANY, Action.ARCHIVE), summary="Put a company away", answers=CompanyShown, example=EXAMPLE,
))  # fmt: skip
def archive_company(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of lists and search, nothing lost. One that is put away already stays so."""
    company = access.company_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.archive_company(company=company, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="restore_company", method="POST", path="/companies/{int:pk}/restore", scope=WRITE,
    right=(Kind.COMPANY, Action.ARCHIVE), summary="Fetch a company back", answers=CompanyShown, example=EXAMPLE,
))  # fmt: skip
def restore_company(request: ApiRequest, pk: int) -> HttpResponse:
    """Back from the archive."""
    company = access.company_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.restore_company(company=company, by=request.caller.user, at=request.at))
