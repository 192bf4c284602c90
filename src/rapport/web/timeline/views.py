"""What is done to a single timeline entry."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.identity.models import User
from rapport.timeline import access, actions
from rapport.web.parts import back, is_part


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an interaction away that was written down by mistake."""
    assert isinstance(request.user, User)
    interaction = access.interaction_for_edit(request.user, pk)
    actions.remove_interaction(interaction=interaction, by=request.user, at=clock.now())
    messages.success(request, _("Removed from the timeline."))
    return HttpResponse() if is_part(request) else back(request, "/")
