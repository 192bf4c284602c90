"""Who may see, change and export what: doors to kept views, and the right to take a list out."""

from django.http import Http404
from django.utils.translation import gettext as _

from rapport.core.errors import NotAllowed
from rapport.identity.access import Action, Kind, may, refusal
from rapport.identity.models import User
from rapport.identity.rights import OFFERED
from rapport.lists.models import SavedView


def may_export(user: User, kind: Kind) -> bool:
    """Whether the user may take records of this kind out as a file; seeing is enough where nobody owns them."""
    return may(user, kind, Action.EXPORT if (kind, Action.EXPORT) in OFFERED else Action.SEE)


def check_may_export(user: User, kind: Kind) -> None:
    """Raises NotAllowed for a user who may not."""
    if not may_export(user, kind):
        raise NotAllowed(refusal(kind, Action.EXPORT))


def view_for_view(user: User, pk: int) -> SavedView:
    """A kept view that the user may see. Raises Http404."""
    found = SavedView.objects.visible_to(user).select_related("owner").filter(pk=pk).first()
    if not isinstance(found, SavedView) or not may(user, Kind(found.kind), Action.SEE):
        raise Http404
    return found


def view_for_edit(user: User, pk: int) -> SavedView:
    """A kept view that the user may change. Raises Http404, NotAllowed."""
    found = view_for_view(user, pk)
    if not SavedView.objects.editable_by(user).filter(pk=pk).exists():
        raise NotAllowed(_("This view belongs to %(name)s. Keep your own under another name.") % {"name": found.owner})
    return found
