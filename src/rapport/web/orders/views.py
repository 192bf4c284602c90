"""The list of orders, and one order's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.commerce import access, actions, queries
from rapport.commerce.models import Order
from rapport.core import clock
from rapport.identity.access import Kind, may_add
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.web import undoing
from rapport.web.lists.page import show as show_list
from rapport.web.parts import is_part
from rapport.web.timeline import compose
from rapport.web.timeline.compose import TimelinePart
from rapport.web.timeline.forms import Composer


def list_orders(request: HttpRequest) -> HttpResponse:
    """The orders the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    return show_list(request, Kind.ORDER, "orders/list.html")


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: lines left, the timeline of its customer right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    order = access.order_for_view(request.user, pk)
    timeline = _timeline(request, request.user, order)
    if timeline and is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        context = {"timeline": timeline, "may_write": may_add(request.user, Kind.INTERACTION)}
        return render(request, "timeline/_list.html", context)
    context = {
        "order": order,
        "facts": queries.order_facts(user=request.user, order=order),
        "timeline": timeline,
        "may_edit": access.may_edit_order(request.user, order),
    }
    return render(request, "orders/page.html", context)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an order away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    order = access.order_for_archive(request.user, pk)
    name = _("Order %(number)s") % {"number": order}
    if request.POST.get("restore"):
        actions.restore_order(order=order, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": name})
    else:
        actions.archive_order(order=order, by=request.user, at=clock.now())
        undoing.told(request, _("%(name)s is now in the archive.") % {"name": name}, address=request.path)
    return redirect("orders:page", order.pk)


def _timeline(request: HttpRequest, user: User, order: Order) -> TimelinePart | None:
    """The timeline of the order's customer; None where the customer is not known or not to be seen."""
    company = Company.objects.visible_to(user).filter(pk=order.company_id).first()
    person = Person.objects.visible_to(user).filter(pk=order.person_id).first()
    if company is None and (person is None or order.company_id):
        return None
    customer: dict[str, Any] = {"company": company} if company else {"person": person}
    people = [person] if company and person else []
    composer = Composer(None, people=people, now=clock.now(), user=user) if may_add(user, Kind.INTERACTION) else None
    section = "companies" if company else "people"
    return compose.part(
        request=request,
        user=user,
        composer=composer,
        write_address=reverse(f"{section}:write", args=[(company or person).pk]),  # type: ignore[union-attr]
        page_address=reverse("orders:page", args=[order.pk]),
        **customer,
    )
