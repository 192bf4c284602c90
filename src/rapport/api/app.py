"""The API itself: every object's router, and the document."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError

from rapport.api import (
    committees,
    companies,
    criteria,
    deals,
    documents,
    files,
    history,
    house,
    imports,
    kept_views,
    metrics,
    orders,
    people,
    pipelines,
    products,
    quote_steps,
    quotes,
    requirements,
    segments,
    tenders,
    ties,
    timeline,
    upserts,
    upserts_deals,
    upserts_orders,
    webhooks,
)
from rapport.api.answers import answer
from rapport.api.bodies import Json
from rapport.api.callers import SignedIn, Token
from rapport.api.openapi import Api, document
from rapport.api.operations import answer_problem

DESCRIPTION = """
One record of the customer, for programs: the same records, rights and rules as in the pages.

Send `Authorization: Bearer rpt_…` with a token of your own (Me → Tokens). A token never does more than its user, and
only what its scopes say. Lists are paged by `cursor`; `fields` leaves out what you do not need. A change says which
version it changes (`If-Match` or `version`): a stale one is answered 409 with the record as it is now. With an
`Idempotency-Key` a request that is sent twice is done once. Errors are problem details (RFC 9457).
"""
# Each object brings its own; api2 and others add a line here.
ROUTERS = (
    people.router,
    companies.router,
    ties.posts,
    ties.points,
    ties.links,
    products.router,
    orders.router,
    timeline.interactions,
    timeline.tasks,
    files.router,
    kept_views.router,
    house.router,
    pipelines.router,
    deals.router,
    committees.router,
    criteria.router,
    requirements.router,
    tenders.router,
    documents.router,
    quotes.router,
    quote_steps.router,
    segments.router,
    metrics.router,
    imports.router,
    webhooks.router,
    history.router,
    upserts.router,
    upserts_deals.router,
    upserts_orders.router,
)

api = Api(
    title="Rapport",
    version="1.0.0",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=[Token(), SignedIn()],
    parser=Json(),
)
for router in ROUTERS:
    api.add_router("", router)
# Ninja has handlers of its own for the last three.
for kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(kind, answer_problem)


def openapi_json(request: HttpRequest) -> HttpResponse:
    """The document; open to all, for it says nothing of anybody."""
    return answer(document(request, api))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below the API."""
    return answer_problem(request, Http404())
