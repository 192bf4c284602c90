"""What becomes of a quote: submitted, approved, taken back, sent, accepted, declined, revised."""

from typing import Any

from django.http import HttpResponse
from ninja import Field, Router

from rapport.api import naming
from rapport.api.answers import Sent, made
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.quotes import EDIT, EXAMPLE, SHAPE, WRITE, QuoteShown, approval_of, quote_for, seen, shown, version_of
from rapport.api.versions import Versioned
from rapport.core import clock
from rapport.deals.actions import quote_steps as steps
from rapport.deals.actions import quotes as actions
from rapport.identity.access import Action, Kind

router = Router(tags=["Quotes"])
LATER: dict[str, Any] = {"version": 2}


class Decision(Sent):
    """Yes or no."""

    approve: bool
    comment: str | None = Field(None, max_length=500, description="A no needs its reason.")


class Accepted(Versioned):
    """What the customer said."""

    with_order: bool = Field(False, description="Make an order of it.")
    note: str | None = Field(None, max_length=500)


class Declined(Versioned):
    """What the customer said."""

    note: str | None = Field(None, max_length=500)


@operation(router, Spec(
    name="submit_quote", method="POST", path="/quotes/{int:pk}/submit", scope=WRITE, right=EDIT,
    summary="Finish a draft", answers=QuoteShown, example=EXAMPLE | {"status": "waiting"}, sent_example=LATER,
    errors=(428,),
))  # fmt: skip
def submit_quote(request: ApiRequest, pk: int, sent: Versioned) -> HttpResponse:
    """Whoever the approval rules name is asked; where they name nobody it is ready to send."""
    quote = quote_for(request.caller.user, pk, edit=True)
    version = version_of(request, quote, sent)
    steps.submit(quote=quote, version=version, by=request.caller.user, at=request.at, today=clock.today())
    return shown(request, pk)


@operation(router, Spec(
    name="decide_quote", method="POST", path="/quotes/{int:pk}/approvals/{int:approval}", scope=WRITE,
    right=(Kind.DEAL, Action.APPROVE), summary="Say yes or no", answers=QuoteShown,
    example=EXAMPLE | {"status": "approved"}, sent_example={"approve": True},
))  # fmt: skip
def decide_quote(request: ApiRequest, pk: int, approval: int, sent: Decision) -> HttpResponse:
    """The last yes makes it ready to send, a no makes it a draft again. 409 where another decided first."""
    quote = quote_for(request.caller.user, pk, edit=False)
    steps.decide(
        approval=approval_of(quote, approval), is_approved=sent.approve, comment=sent.comment or "",
        by=request.caller.user, at=request.at, today=clock.today(),
    )  # fmt: skip
    return shown(request, pk)


@operation(router, Spec(
    name="take_back_quote", method="POST", path="/quotes/{int:pk}/take-back", scope=WRITE, right=EDIT,
    summary="Make a draft again", answers=QuoteShown, example=EXAMPLE, sent_example=LATER, errors=(428,),
))  # fmt: skip
def take_back_quote(request: ApiRequest, pk: int, sent: Versioned) -> HttpResponse:
    """Of a quote that waits or is ready; nobody is asked any more."""
    quote = quote_for(request.caller.user, pk, edit=True)
    steps.take_back(quote=quote, version=version_of(request, quote, sent), by=request.caller.user, at=request.at)
    return shown(request, pk)


@operation(router, Spec(
    name="send_quote", method="POST", path="/quotes/{int:pk}/send", scope=WRITE, right=EDIT,
    summary="Note that it was sent", answers=QuoteShown, example=EXAMPLE | {"status": "sent"}, sent_example=LATER,
    errors=(428,),
))  # fmt: skip
def send_quote(request: ApiRequest, pk: int, sent: Versioned) -> HttpResponse:
    """From now on it stays as it is, and earlier versions are replaced. Nothing is mailed."""
    quote = quote_for(request.caller.user, pk, edit=True)
    version = version_of(request, quote, sent)
    steps.send(quote=quote, version=version, by=request.caller.user, at=request.at, today=clock.today())
    return shown(request, pk)


@operation(router, Spec(
    name="accept_quote", method="POST", path="/quotes/{int:pk}/accept", scope=WRITE, right=EDIT,
    summary="The customer accepts", answers=QuoteShown, example=EXAMPLE | {"status": "accepted"},
    sent_example={"version": 4, "with_order": True}, errors=(428,),
))  # fmt: skip
def accept_quote(request: ApiRequest, pk: int, sent: Accepted) -> HttpResponse:
    """The deal's amount becomes that of the quote before tax, and if wanted an order is made."""
    quote = quote_for(request.caller.user, pk, edit=True)
    steps.accept(
        quote=quote, version=version_of(request, quote, sent), with_order=sent.with_order, note=sent.note or "",
        by=request.caller.user, at=request.at, today=clock.today(),
    )  # fmt: skip
    return shown(request, pk)


@operation(router, Spec(
    name="decline_quote", method="POST", path="/quotes/{int:pk}/decline", scope=WRITE, right=EDIT,
    summary="The customer declines", answers=QuoteShown, example=EXAMPLE | {"status": "declined"},
    sent_example={"version": 4, "note": "Too expensive"}, errors=(428,),
))  # fmt: skip
def decline_quote(request: ApiRequest, pk: int, sent: Declined) -> HttpResponse:
    """Note that the customer declines."""
    quote = quote_for(request.caller.user, pk, edit=True)
    version = version_of(request, quote, sent)
    steps.decline(quote=quote, version=version, note=sent.note or "", by=request.caller.user, at=request.at)
    return shown(request, pk)


@operation(router, Spec(
    name="revise_quote", method="POST", path="/quotes/{int:pk}/revise", scope=WRITE, right=EDIT,
    summary="Draft its next version", answers=QuoteShown, status=201, example=EXAMPLE | {"edition": 2},
))  # fmt: skip
def revise_quote(request: ApiRequest, pk: int) -> HttpResponse:
    """A draft of the next version of a quote that was sent; the sent one stands until the new one is sent."""
    user = request.caller.user
    draft = actions.revise(quote=quote_for(user, pk, edit=True), by=user, at=request.at, today=clock.today())
    return made(request, SHAPE, naming.found(seen(user), draft.pk), at=f"/api/v1/quotes/{draft.pk}")
