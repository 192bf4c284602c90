"""What is done with messages: a test, sending one again, sending again all that were given up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rapport.web.settings.views import acted, administrators_only
from rapport.webhooks import actions
from rapport.webhooks.models import Delivery, Endpoint


@administrators_only
@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a test sent."""
    actions.send_test(endpoint=get_object_or_404(Endpoint, pk=pk), **acted(request))
    messages.success(request, _("A test is on its way. Reload the page to see what came of it."))
    return redirect("settings:webhook", pk)


@administrators_only
@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    delivery = get_object_or_404(Delivery.objects.select_related("endpoint"), pk=pk)
    actions.replay(delivery=delivery, **acted(request))
    messages.success(request, _("It is sent again."))
    return redirect("settings:webhook", delivery.endpoint_id)


@administrators_only
@require_POST
def replay_dead(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again whatever was given up."""
    number = actions.replay_dead(endpoint=get_object_or_404(Endpoint, pk=pk), **acted(request))
    told = ngettext("%(number)d message is sent again.", "%(number)d messages are sent again.", number)
    messages.success(request, told % {"number": number})
    return redirect("settings:webhook", pk)
