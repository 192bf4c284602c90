"""Doors to single deals: absent and hidden get the same answer."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import NotAllowed
from rapport.deals.models import Deal
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User


def deal_for_view(user: User, pk: int) -> Deal:
    """A deal the user may see, archived ones included. Raises Http404."""
    rows = Deal.objects.visible_to(user).select_related("stage", "pipeline", "product", "owner", "team")
    deal = rows.filter(pk=pk).first()
    if deal is None:
        raise Http404
    assert isinstance(deal, Deal)
    return deal


def deal_for_edit(user: User, pk: int) -> Deal:
    """A deal the user may change or move. Raises Http404, NotAllowed."""
    deal = deal_for_view(user, pk)
    if not may_edit(user, deal):
        raise NotAllowed(_("You may look at this deal, but not change it."))
    return deal


def deal_for(user: User, pk: int, action: Action) -> Deal:
    """A deal with which the user may do this. Raises Http404, NotAllowed."""
    deal = deal_for_view(user, pk)
    if not may_edit(user, deal, action):
        raise NotAllowed(access.refusal(Kind.DEAL, action))
    return deal


def deal_for_writing(user: User, pk: int) -> Deal:
    """A deal on whose timeline the user may write: one they may see. Raises Http404, NotAllowed."""
    deal = deal_for_view(user, pk)
    if not access.may_add(user, Kind.INTERACTION):
        raise NotAllowed(_("You may look at this deal, but not write on its timeline."))
    return deal


def may_edit(user: User, deal: Deal, action: Action = Action.EDIT) -> bool:
    """Whether the user may change this deal, or do something else with it."""
    return access.may_with(user, Kind.DEAL, action, deal)


def may_override(user: User, deal: Deal) -> bool:
    """Whether the user may let this deal pass that lacks what a stage asks for."""
    return may_edit(user, deal, Action.OVERRIDE)


def check_may_add(user: User) -> None:
    """Raises NotAllowed for a user who may only look."""
    if not access.may_add(user, Kind.DEAL):
        raise NotAllowed(_("You may look at deals, but not add any."))
