"""Bulk upsert of deals, written as imports write them, and held to what adding and moving one by one asks for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router
from pydantic import AwareDatetime, SkipValidation, TypeAdapter

from rapport.api.answers import Sent
from rapport.api.bulk import Outcome, Staged, Values, write
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.upserts import CUSTOM, MOST_ROWS, TEXT, Row, Target, Upserted, upsert
from rapport.commerce import bulk as commerce
from rapport.core import text
from rapport.core.bulk import Load
from rapport.deals import bulk as deals
from rapport.deals.actions.pipelines import first_pipeline
from rapport.deals.events import DealsUpserted
from rapport.identity.access import Action, Kind
from rapport.people import bulk as people
from rapport.people.actions import WrongValue

router = Router(tags=["Bulk"])
YEARS = range(1800, 2201)
EXAMPLE: dict[str, Any] = {
    "created": 1, "changed": 0, "unchanged": 0, "rejected": 1,
    "rows": [
        {"row": 0, "status": "created", "id": 42},
        {"row": 1, "status": "rejected", "errors": [{"field": "stage", "message": "nothing is known by “Won!”"}]},
    ],
}  # fmt: skip


class DealRow(Row):
    """A deal, told by external id. A new one needs a name and a company or a person."""

    external_id: str = Field(min_length=1, max_length=200)
    name: str | None = Field(None, max_length=300)
    company: str | None = Field(None, max_length=200, description="External id, tax id or unique name of a company.")
    person: str | None = Field(None, max_length=254, description="External id, e-mail or unique name of a person.")
    pipeline: str | None = Field(None, max_length=120, description="By name; else the first one.")
    stage: str | None = Field(None, max_length=120, description="By name; else the first of the pipeline.")
    product: str | None = Field(None, max_length=300, description="Code or unique name of a product.")
    amount: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2)
    currency: str | None = Field(None, min_length=3, max_length=3, description="ISO 4217, such as VND.")
    created_at: AwareDatetime | None = Field(None, description="When the deal came up.")
    expected_close_on: date | None = None
    closed_at: AwareDatetime | None = Field(None, description="When it was won or lost; else now.")
    runs_out_on: date | None = None
    owner_id: int | None = None
    custom: dict[str, Any] | None = CUSTOM


class DealsSent(Sent):
    """Up to 1,000 deals."""

    rows: list[SkipValidation[DealRow]] = Field(min_length=1, max_length=MOST_ROWS)


def clean(values: Values, *, at: datetime) -> Values:
    """As the actions of deals keep what they are given. Raises WrongValue."""
    found: Values = {name: text.tidy(value) if isinstance(value, str) else value for name, value in values.items()}
    for name in ("created_at", "closed_at"):
        check_year(name, found.get(name))
    if "currency" in found:
        found["currency"] = found["currency"].upper()
        if not (len(found["currency"]) == 3 and found["currency"].isascii() and found["currency"].isalpha()):
            raise WrongValue("currency", _("Write the currency with its three letters, such as VND or USD."))
    return found


def check_year(name: str, moment: datetime | None) -> None:
    """Raises WrongValue for an instant that no file may hold either."""
    if moment is not None and moment.year not in YEARS:
        raise WrongValue(name, _("A number or a day lies outside what can be kept."))


def by_external_id(values: Values) -> list[tuple[str, str]]:
    """What a row is told by."""
    return [("external_id", values["external_id"])]


def _load(load: Load) -> None:
    """Write the staged deals; days are those of the house, as everywhere."""
    load.run("SELECT set_config('TimeZone', %(zone)s, true)", zone=settings.TIME_ZONE)
    deals.load_deals(load, listed={})
    load.run("SELECT set_config('TimeZone', %(zone)s, true)", zone=connection.timezone_name)


@transaction.atomic
def _write(how: Staged, rows: dict[int, Values], **more: Any) -> Outcome:
    """Write the rows; where there is no pipeline yet, there is a first one now, as with the first deal of all."""
    first_pipeline(by=more["by"], at=more["at"])
    return write(how, rows, **more)


DEALS = Target(
    kind=Kind.DEAL,
    touches=(Kind.DEAL, Kind.PERSON, Kind.COMPANY, Kind.PRODUCT),
    row=TypeAdapter(DealRow),
    staged=Staged(
        table="deals_deal",
        kind=Kind.DEAL,
        columns={
            **TEXT(("external_id", "name", "company", "person", "pipeline", "stage", "product", "currency"), "text"),
            **TEXT(("created_at", "closed_at"), "timestamptz"),
            **TEXT(("expected_close_on", "runs_out_on"), "date"),
            "amount": "numeric(20, 2)",
            "owner": "text",
        },
        folded=("external_id", "name"),
        load=_load,
        links={"company": people.find_companies, "person": people.find_people, "product": commerce.find_products},
        strict=True,
    ),
    keys=by_external_id,
    needs=("external_id",),
    told=DealsUpserted,
    clean=clean,
    write=_write,
)


@operation(router, Spec(
    name="upsert_deals", method="POST", path="/deals/upsert", scope="deals:write", right=(Kind.DEAL, Action.EDIT),
    summary="Create, change or move many deals", answers=Upserted, example=EXAMPLE, errors=(503,),
    sent_example={"rows": [{"external_id": "D-42", "name": "Office chairs", "company": "ACC-5", "stage": "Proposal",
                            "amount": "125000000", "expected_close_on": "2026-04-30"},
                           {"external_id": "D-17", "stage": "Won!"}]},
))  # fmt: skip
def upsert_deals(request: ApiRequest, sent: DealsSent) -> HttpResponse:
    """Each row is told by external id. A deal that is moved must have what its stage asks for; a new one comes as it
    is, as from a file. Nobody owns a new deal unless `owner_id` says so."""
    return upsert(request, DEALS, sent.rows)
