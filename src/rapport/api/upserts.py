"""Bulk upserts: up to 1,000 rows a call; each is created, changed, left unchanged, or refused with its reasons."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router
from pydantic import BaseModel, ConfigDict, SkipValidation, TypeAdapter, ValidationError

from rapport.api import problems, upserts_custom
from rapport.api.answers import PlainValues, Sent, Shown, answer
from rapport.api.bulk import Outcome, Staged, Values, told_together, write
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.products import Currency
from rapport.commerce import bulk as commerce
from rapport.commerce.events import ProductsUpserted
from rapport.core import audit, clock, outbox, text
from rapport.core.errors import NotAllowed
from rapport.core.events import Event
from rapport.identity import access
from rapport.identity.access import Action, Kind, Reach
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.identity.rights import OFFERED
from rapport.people import bulk as people
from rapport.people.actions import WrongValue
from rapport.people.actions.cleaning import cleaned
from rapport.people.events import CompaniesUpserted, PeopleUpserted

router = Router(tags=["Bulk"])
MOST_ROWS = 1_000
# Fields of which there are few different values.
FEW = ("country", "province", "language", "source", "industry")
CUSTOM = Field(None, description="Custom fields by code. What is null or blank stays, like what is not sent.")
_TOUCHES = (Action.SEE, Action.ADD, Action.EDIT)
EXAMPLE = {
    "created": 1, "changed": 0, "unchanged": 0, "rejected": 1,
    "rows": [
        {"row": 0, "status": "created", "id": 17},
        {"row": 1, "status": "rejected",
         "errors": [{"field": "email", "message": "“an.example.com” is not an e-mail address."}]},
    ],
}  # fmt: skip


class Row(PlainValues, BaseModel):
    """A row; what ninja adds to a schema would take as long as all the rest."""

    model_config = ConfigDict(extra="forbid")


class PersonRow(Row):
    """A person, told by external id, else e-mail, else phone. What is not sent, or null, stays as it is."""

    external_id: str | None = Field(None, max_length=200)
    full_name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=60)
    title: str | None = Field(None, max_length=200)
    birthday: date | None = None
    language: str | None = Field(None, max_length=8)
    province: str | None = Field(None, max_length=80)
    country: str | None = Field(None, max_length=80)
    tags: list[str] | None = Field(None, max_length=100)
    source: str | None = Field(None, max_length=80)
    owner_id: int | None = None
    company: str | None = Field(
        None, max_length=200, description="External id, tax id or unique name of a company: a present post there."
    )
    custom: dict[str, Any] | None = CUSTOM


class CompanyRow(Row):
    """A company, told by external id, else tax id, else unique name."""

    external_id: str | None = Field(None, max_length=200)
    name: str | None = Field(None, max_length=200)
    tax_id: str | None = Field(None, max_length=20)
    domain: str | None = Field(None, max_length=253)
    industry: str | None = Field(None, max_length=120)
    employees: int | None = Field(None, ge=0, le=2_000_000_000)
    revenue: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2)
    province: str | None = Field(None, max_length=80)
    country: str | None = Field(None, max_length=80)
    tags: list[str] | None = Field(None, max_length=100)
    owner_id: int | None = None
    custom: dict[str, Any] | None = CUSTOM


class ProductRow(Row):
    """A product, told by its code (external id), else by unique name."""

    external_id: str | None = Field(None, max_length=200)
    name: str | None = Field(None, max_length=300)
    category: str | None = Field(None, max_length=120)
    price: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=4)
    currency: Currency | None = None


class PeopleSent(Sent):
    """Up to 1,000 people."""

    rows: list[SkipValidation[PersonRow]] = Field(min_length=1, max_length=MOST_ROWS)


class CompaniesSent(Sent):
    """Up to 1,000 companies."""

    rows: list[SkipValidation[CompanyRow]] = Field(min_length=1, max_length=MOST_ROWS)


class ProductsSent(Sent):
    """Up to 1,000 products."""

    rows: list[SkipValidation[ProductRow]] = Field(min_length=1, max_length=MOST_ROWS)


class RowError(Shown):
    """Why a row was refused."""

    field: str
    message: str


class RowTold(Shown):
    """What became of one row; `row` counts from 0."""

    row: int
    status: Literal["created", "changed", "unchanged", "rejected"]
    id: int | None = None
    errors: list[RowError] | None = None


class Upserted(Shown):
    """What became of all rows, in their order."""

    created: int
    changed: int
    unchanged: int
    rejected: int
    rows: list[RowTold]


@dataclass(frozen=True)
class Target:
    """One kind of record in bulk: its rows, how they are staged, by what they are told apart, what is announced."""

    kind: Kind
    touches: tuple[Kind, ...]
    row: TypeAdapter[Any]
    staged: Staged
    keys: Callable[[Values], Iterable[Any]]
    needs: tuple[str, ...]
    told: Callable[..., Event]
    clean: Callable[..., Values]
    write: Callable[..., Outcome] = write


def _keys(*names: str) -> Callable[[Values], list[Any]]:
    """A row is told by the values of these fields, the surest first."""
    return lambda values: [(name, _alike(name, values[name])) for name in names if values.get(name)]


def _alike(name: str, value: str) -> str:
    # The database tells ids apart by every letter.
    return value if name == "external_id" or (value.isascii() and value.isdigit()) else text.fold(value)


@lru_cache(maxsize=10_000)
def _few(told: tuple[tuple[str, str], ...]) -> Values:
    """Values of fields of which there are few different ones, worked out once."""
    return cleaned(dict(told), country="", at=clock.now())


def _record(values: Values, *, at: datetime) -> Values:
    """As the actions of people and companies keep what they are given."""
    told = tuple((name, values[name]) for name in FEW if name in values)
    few = _few(told)
    rest = {name: value for name, value in values.items() if name not in FEW}
    return few | cleaned(rest, country=few.get("country", ""), at=at)


def _product(values: Values, *, at: datetime) -> Values:
    """As `commerce.actions` keeps the texts of a product."""
    return {name: text.tidy(value) if isinstance(value, str) else value for name, value in values.items()}


TEXT = dict.fromkeys
PEOPLE = Target(
    kind=Kind.PERSON,
    touches=(Kind.PERSON, Kind.COMPANY),
    row=TypeAdapter(PersonRow),
    staged=Staged(
        table="people_person",
        kind=Kind.PERSON,
        columns={
            **TEXT(("external_id", "full_name", "email", "phone", "title", "language", "province", "country"), "text"),
            **TEXT(("source", "company", "owner"), "text"),
            "birthday": "date",
            "tags": "varchar[]",
        },
        folded=("external_id", "full_name"),
        load=people.load_people,
        links={"company": people.find_companies},
    ),
    keys=_keys("external_id", "email", "phone"),
    needs=("external_id", "full_name", "email", "phone"),
    told=PeopleUpserted,
    clean=_record,
)
COMPANIES = Target(
    kind=Kind.COMPANY,
    touches=(Kind.COMPANY,),
    row=TypeAdapter(CompanyRow),
    staged=Staged(
        table="people_company",
        kind=Kind.COMPANY,
        columns={
            **TEXT(("external_id", "name", "tax_id", "domain", "industry", "province", "country", "owner"), "text"),
            "employees": "integer",
            "revenue": "numeric(20, 2)",
            "tags": "varchar[]",
        },
        folded=("external_id", "name"),
        load=people.load_companies,
    ),
    keys=_keys("external_id", "tax_id", "name"),
    needs=("external_id", "name"),
    told=CompaniesUpserted,
    clean=_record,
)
PRODUCTS = Target(
    kind=Kind.PRODUCT,
    touches=(Kind.PRODUCT,),
    row=TypeAdapter(ProductRow),
    staged=Staged(
        table="commerce_product",
        columns={**TEXT(("external_id", "name", "category", "currency"), "text"), "price": "numeric(20, 4)"},
        folded=("external_id", "name"),
        load=commerce.load_products,
    ),
    keys=_keys("external_id", "name"),
    needs=("external_id", "name"),
    told=ProductsUpserted,
    clean=_product,
)


def upsert(request: ApiRequest, target: Target, sent: list[Any]) -> HttpResponse:
    """Write the rows; gives what became of each. Raises NotAllowed for those who do not reach all of the kind."""
    user = request.caller.user
    check_reaches_all(user, target.touches)
    refused: dict[int, list[problems.FieldError]] = {}
    rows: dict[int, Values] = {}
    for line, given in enumerate(sent):
        values = _read(target, given, at=request.at, refused=refused.setdefault(line, []))
        if values is not None:
            rows[line] = values
    staged = target.staged
    if any("custom" in values for values in rows.values()):
        staged = upserts_custom.spread(staged, rows, refused, by=user)
    into = told_together(rows, target.keys)
    outcome = Outcome()
    if rows:
        outcome = target.write(staged, rows, by=user, at=request.at, currency=organisation().currency)
        _tell(target, outcome, by=user, at=request.at)
    return answer(_told(len(sent), outcome, into, refused))


def check_reaches_all(user: User, kinds: Iterable[Kind]) -> None:
    """Raises NotAllowed for a user who does not see, add and change all records of the kinds.

    Rows are matched against every record: who does not see all would learn of hidden ones, as in imports.
    """
    asked = [(kind, action) for kind in kinds for action in _TOUCHES if (kind, action) in OFFERED]
    if any(access.reach(user, kind, action) is not Reach.ALL for kind, action in asked):
        raise NotAllowed(
            _("Many at once is for those who may see, add and change all of them. Send them one by one instead.")
        )


def _read(target: Target, given: Any, *, at: datetime, refused: list[problems.FieldError]) -> Values | None:
    """The clean values of one row, or None and the reasons in `refused`."""
    try:
        row = target.row.validate_python(given)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in each["loc"]) or "row"
            refused.append(problems.FieldError(name, problems.message_of(dict(each))))
        return None
    values = {name: value for name in row.model_fields_set if (value := getattr(row, name)) not in (None, "")}
    owner = values.pop("owner_id", None)
    try:
        values = target.clean(values, at=at)
    except WrongValue as error:
        refused.append(problems.FieldError(error.field, str(error)))
        return None
    values = {name: value for name, value in values.items() if value not in (None, "", [])}
    if owner is not None:
        values["owner"] = str(owner)
    if not any(name in values for name in target.needs):
        words = _("Give one of: %(names)s.") % {"names": ", ".join(target.needs)}
        refused.append(problems.FieldError("row", words))
        return None
    return values


def _tell(target: Target, outcome: Outcome, *, by: User, at: datetime) -> None:
    created, changed = outcome.ids("created"), outcome.ids("changed")
    if created or changed:
        data = {"kind": target.kind.value, "created": len(created), "changed": len(changed)}
        audit.record("api.upserted", target=by, by=by, at=at, data=data)
        outbox.put(target.told(created=created, changed=changed))


def _told(
    number: int, outcome: Outcome, into: dict[int, int], refused: dict[int, list[problems.FieldError]]
) -> dict[str, Any]:
    """The answer, row by row; a row that went into another of the same call shares what became of that."""
    rows: list[dict[str, Any]] = []
    counts = dict.fromkeys(("created", "changed", "unchanged", "rejected"), 0)
    for row in range(number):
        line = into.get(row, row)
        reasons = refused.get(row) or []
        if not reasons and line in outcome.refused:
            name, message = outcome.refused[line]
            reasons = [problems.FieldError("owner_id" if name == "owner" else name, message)]
        if reasons:
            told = [{"field": each.field, "message": str(each.message)} for each in reasons]
            rows.append({"row": row, "status": "rejected", "errors": told})
        else:
            status, pk = outcome.fates[line]
            rows.append({"row": row, "status": status, "id": pk})
        counts[rows[-1]["status"]] += 1
    return {**counts, "rows": rows}


@operation(router, Spec(
    name="upsert_people", method="POST", path="/people/upsert", scope="people:write", right=(Kind.PERSON, Action.EDIT),
    summary="Create or change many people", answers=Upserted, example=EXAMPLE, errors=(503,),
    sent_example={"rows": [{"external_id": "CRM-17", "full_name": "Nguyễn Thị An", "email": "an@example.com"},
                           {"full_name": "Đỗ Bình", "email": "an.example.com"}]},
))  # fmt: skip
def upsert_people(request: ApiRequest, sent: PeopleSent) -> HttpResponse:
    """Each row is told by external id, else e-mail, else phone; a bad row is refused, the others are written."""
    return upsert(request, PEOPLE, sent.rows)


@operation(router, Spec(
    name="upsert_companies", method="POST", path="/companies/upsert", scope="companies:write",
    right=(Kind.COMPANY, Action.EDIT), summary="Create or change many companies", answers=Upserted, example=EXAMPLE,
    errors=(503,), sent_example={"rows": [{"external_id": "ACC-5", "name": "Công ty An Phát"}]},
))  # fmt: skip
def upsert_companies(request: ApiRequest, sent: CompaniesSent) -> HttpResponse:
    """Each row is told by external id, else tax id, else unique name."""
    return upsert(request, COMPANIES, sent.rows)


@operation(router, Spec(
    name="upsert_products", method="POST", path="/products/upsert", scope="products:write",
    right=(Kind.PRODUCT, Action.EDIT), summary="Create or change many products", answers=Upserted, example=EXAMPLE,
    errors=(503,), sent_example={"rows": [{"external_id": "SKU-11", "name": "Bàn làm việc 120", "price": "2450000"}]},
))  # fmt: skip
def upsert_products(request: ApiRequest, sent: ProductsSent) -> HttpResponse:
    """Each row is told by its code, else by unique name."""
    return upsert(request, PRODUCTS, sent.rows)
