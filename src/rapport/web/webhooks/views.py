"""Pages of endpoints: the list, one of them, a new one, its secret."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import paging
from rapport.web import conflict
from rapport.web.parts import sent
from rapport.web.settings.views import acted, administrators_only, done, saved, settings_page
from rapport.web.webhooks.forms import EndpointForm
from rapport.webhooks import actions, queries
from rapport.webhooks.models import Delivery, Endpoint

PAGE_SIZE = 50


@administrators_only
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Every endpoint, whether it is on, and how many messages stand where."""
    return settings_page(request, "webhooks/list.html", shown=queries.endpoints_shown())


@administrators_only
@never_cache
@require_http_methods(["GET", "POST"])
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Add an endpoint; the answer shows its secret this once."""
    form = EndpointForm(sent(request))
    made: list[actions.WithSecret] = []

    def add() -> None:
        given = form.cleaned_data
        made.append(
            actions.add_endpoint(name=given["name"], url=given["url"], events=given["events"], **acted(request))
        )

    if request.method == "POST" and done(form, add):
        return settings_page(request, "webhooks/secret.html", made=made[0])
    return settings_page(request, "webhooks/new.html", form=form)


@administrators_only
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint: how it does, its form, its messages; `status` shows those that stand there."""
    endpoint = get_object_or_404(queries.endpoints(), pk=pk)
    form = EndpointForm(sent(request), endpoint=endpoint)

    def change() -> None:
        given = conflict.kept(request, form.cleaned_data)
        version = given.pop("version")
        actions.change_endpoint(endpoint=endpoint, version=version, changes=given, **acted(request))

    if saved(request, form, change):
        return redirect("settings:webhook", pk)
    if conflict.is_one(form):
        return conflict.page(
            request, form, endpoint, initial_of=EndpointForm.initial_of, back=reverse("settings:webhook", args=[pk])
        )
    status = request.GET.get("status", "")
    status = status if status in Delivery.Status.values else ""
    before = paging.decode(request.GET.get("cursor", ""))
    found = queries.deliveries(endpoint, status=status)
    rows = list((found.filter(pk__lt=before[1]) if before else found)[: PAGE_SIZE + 1])
    cursor = paging.encode(0, rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    return settings_page(
        request, "webhooks/one.html", form=form, shown=queries.endpoint_shown(endpoint), endpoint=endpoint,
        rows=rows[:PAGE_SIZE], next_cursor=cursor, status=status, statuses=Delivery.Status.choices,
    )  # fmt: skip


@administrators_only
@require_POST
def switch_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an endpoint on or off: `on` is 1 or 0."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    changes = {"is_on": request.POST.get("on") == "1"}
    actions.change_endpoint(endpoint=endpoint, version=endpoint.version, changes=changes, **acted(request))
    messages.success(request, _("Switched on.") if changes["is_on"] else _("Switched off."))
    return redirect("settings:webhook", pk)


@administrators_only
@never_cache
@require_POST
def rotate_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown this once."""
    made = actions.rotate_secret(endpoint=get_object_or_404(Endpoint, pk=pk), **acted(request))
    return settings_page(request, "webhooks/secret.html", made=made, rotated=True)


@administrators_only
@require_http_methods(["GET", "POST"])
def remove_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an endpoint away, asked once more."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if request.method == "GET":
        return settings_page(request, "webhooks/remove.html", endpoint=endpoint)
    actions.remove_endpoint(endpoint=endpoint, **acted(request))
    messages.success(request, _("Removed."))
    return redirect("settings:webhooks")
