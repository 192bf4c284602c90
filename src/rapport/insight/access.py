"""Doors to what the metrics say: of the whole base, and of one person."""

from django.http import Http404
from django.utils.translation import gettext as _

from rapport.core.errors import NotAllowed
from rapport.identity.access import may_refresh, may_see_reports
from rapport.identity.models import User
from rapport.insight.models import PersonTraits

__all__ = ["check_may_refresh", "check_may_see_reports", "may_refresh", "may_see_reports", "traits_for_view"]


def check_may_see_reports(user: User) -> None:
    """Raises Http404 for a user to whom no report is open."""
    if not may_see_reports(user):
        raise Http404


def check_may_refresh(user: User) -> None:
    """Raises NotAllowed for a user who may not have the metrics counted anew."""
    if not may_refresh(user):
        raise NotAllowed(_("Only those who look after the records have them counted anew: ask an administrator."))


def traits_for_view(user: User, person_id: int) -> PersonTraits | None:
    """The traits of one person; None where there are none or the user may not see the person."""
    return PersonTraits.objects.visible_to(user).filter(pk=person_id).first()
