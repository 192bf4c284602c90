"""The list of products, one product's page, and the forms that make and change a product."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.commerce import access, actions, queries
from rapport.commerce.models import Product
from rapport.core import clock
from rapport.identity.access import Kind, may_see_reports
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.web import conflict, undoing
from rapport.web.insight import product as insight
from rapport.web.lists.page import show as show_list
from rapport.web.lists.screen import Screen
from rapport.web.products.forms import ProductForm


def list_products(request: HttpRequest) -> HttpResponse:
    """All products, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    return show_list(request, Kind.PRODUCT, "products/list.html", more=_rights)


def _rights(found: Screen) -> dict[str, Any]:
    return {"may_edit": access.may_edit_products(found.user)}


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One product, with the orders in which it was last sold."""
    assert isinstance(request.user, User)
    product = access.product_for_view(request.user, pk)
    may_edit = access.may_edit_products(request.user)
    context = {
        "product": product,
        "sales": queries.last_sales(user=request.user, product=product),
        "may_edit": may_edit,
        # Nobody owns a product: whoever changes one also puts it away.
        "rights": {"archive": may_edit},
    }
    if may_see_reports(request.user):
        context |= insight.context(product.pk)
    return render(request, "products/page.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add a product."""
    assert isinstance(request.user, User)
    user = request.user
    access.check_may_add_product(user)
    form = ProductForm(request.POST or None, initial={"currency": organisation().currency})
    product = form.saved(lambda: actions.add_product(values=form.values(), by=user, at=clock.now()))
    if product:
        messages.success(request, _("%(name)s was added.") % {"name": product})
        return redirect("products:page", product.pk)
    return _form_page(request, form, None)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a product."""
    assert isinstance(request.user, User)
    user = request.user
    product = access.product_for_edit(user, pk)
    form = ProductForm(request.POST or None, product=product, initial=ProductForm.initial_of(product))
    changed = form.saved(
        lambda: actions.change_product(
            product=product,
            version=form.cleaned_data["version"] or 0,
            changes=conflict.kept(request, form.values()),
            by=user,
            at=clock.now(),
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("products:page", product.pk)
    if form.is_conflict:
        back = reverse("products:page", args=[product.pk])
        return conflict.page(request, form, product, initial_of=ProductForm.initial_of, back=back)
    return _form_page(request, form, product)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a product away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    product = access.product_for_edit(request.user, pk)
    if request.POST.get("restore"):
        actions.restore_product(product=product, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": product})
    else:
        actions.archive_product(product=product, by=request.user, at=clock.now())
        undoing.told(request, _("%(name)s is now in the archive.") % {"name": product}, address=request.path)
    return redirect("products:page", product.pk)


def _form_page(request: HttpRequest, form: ProductForm, product: Product | None) -> HttpResponse:
    context = {"form": form, "product": product, "categories": queries.categories_in_use()}
    return render(request, "products/form.html", context, status=422 if form.errors else 200)
