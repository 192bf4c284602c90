"""Who may see and make segments."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import NotAllowed
from rapport.identity.access import Action, Kind, may
from rapport.identity.models import User
from rapport.segments.models import Segment


def may_see(user: User) -> bool:
    """Whether segments are open to the user."""
    return may(user, Kind.SEGMENT, Action.SEE)


def may_make(user: User) -> bool:
    """Whether the user may make and change segments."""
    return may(user, Kind.SEGMENT, Action.EDIT)


def check_may_see(user: User) -> None:
    """Raises NotAllowed for a user to whom segments are not open."""
    if not may_see(user):
        raise NotAllowed(_("Segments are for those who may see reports: ask a manager."))


def check_may_make(user: User) -> None:
    """Raises NotAllowed for a user who may not make segments."""
    if not may_make(user):
        raise NotAllowed(_("Marketers, managers and administrators make segments."))


def segment_for_view(user: User, pk: int) -> Segment:
    """A segment the user may see, archived ones included, with `is_limited`. Raises Http404."""
    found = Segment.objects.visible_to(user).marked().select_related("by").filter(pk=pk).first()
    if not isinstance(found, Segment):
        raise Http404
    return found


def segment_for_edit(user: User, pk: int) -> Segment:
    """A segment the user may change. Raises Http404, NotAllowed."""
    found = segment_for_view(user, pk)
    check_may_make(user)
    return found
