"""The list of orders, and one order's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.commerce import access, queries
from rapport.commerce.models import Order
from rapport.core import clock
from rapport.identity.access import may_add
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.web.deals.views import narrowed_to
from rapport.web.orders.forms import OrderFilterForm
from rapport.web.parts import is_part, whole_or_part
from rapport.web.timeline import compose
from rapport.web.timeline.compose import TimelinePart
from rapport.web.timeline.forms import Composer


def list_orders(request: HttpRequest) -> HttpResponse:
    """The orders the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    form = OrderFilterForm(request.GET)
    filters = form.filters()
    sort = request.GET.get("sort", "-placed")
    page = queries.orders_page(user=request.user, filters=filters, sort=sort, cursor=request.GET.get("cursor", ""))
    context = {
        "form": form, "page": page, "next_cursor": page.next_cursor, "sort": sort, "filters": filters,
        "narrowed_to": narrowed_to(request.user, filters),
    }  # fmt: skip
    return whole_or_part(request, "orders/list.html", "orders/_list.html", context)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: lines left, the timeline of its customer right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    order = access.order_for_view(request.user, pk)
    timeline = _timeline(request, request.user, order)
    if timeline and is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        context = {"timeline": timeline, "may_write": may_add(request.user)}
        return render(request, "timeline/_list.html", context)
    context = {
        "order": order,
        "facts": queries.order_facts(user=request.user, order=order),
        "timeline": timeline,
    }
    return render(request, "orders/page.html", context)


def _timeline(request: HttpRequest, user: User, order: Order) -> TimelinePart | None:
    """The timeline of the order's customer; None where the customer is not known or not to be seen."""
    company = Company.objects.visible_to(user).filter(pk=order.company_id).first()
    person = Person.objects.visible_to(user).filter(pk=order.person_id).first()
    if company is None and (person is None or order.company_id):
        return None
    customer: dict[str, Any] = {"company": company} if company else {"person": person}
    people = [person] if company and person else []
    composer = Composer(None, people=people, now=clock.now(), user=user) if may_add(user) else None
    section = "companies" if company else "people"
    return compose.part(
        request=request,
        user=user,
        composer=composer,
        write_address=reverse(f"{section}:write", args=[(company or person).pk]),  # type: ignore[union-attr]
        page_address=reverse("orders:page", args=[order.pk]),
        **customer,
    )
