"""Doors to single products and orders: absent and hidden get the same answer."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order, Product
from rapport.core.errors import NotAllowed
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User


def order_for_view(user: User, pk: int) -> Order:
    """An order the user may see. Raises Http404."""
    order = Order.objects.visible_to(user).select_related("owner").filter(pk=pk).first()
    if order is None:
        raise Http404
    assert isinstance(order, Order)
    return order


def order_for_edit(user: User, pk: int) -> Order:
    """An order the user may change. Raises Http404, NotAllowed."""
    order = order_for_view(user, pk)
    if not may_edit_order(user, order):
        raise NotAllowed(_("You may look at this order, but not change it."))
    return order


def order_for_archive(user: User, pk: int) -> Order:
    """An order the user may put away and fetch back. Raises Http404, NotAllowed."""
    order = order_for_view(user, pk)
    if not access.may_with(user, Kind.ORDER, Action.ARCHIVE, order):
        raise NotAllowed(access.refusal(Kind.ORDER, Action.ARCHIVE))
    return order


def may_edit_order(user: User, order: Order) -> bool:
    """Whether the user may change this order."""
    return access.may_with(user, Kind.ORDER, Action.EDIT, order)


def product_for_view(user: User, pk: int) -> Product:
    """A product. Raises Http404."""
    product = Product.objects.visible_to(user).filter(pk=pk).first()
    if product is None:
        raise Http404
    assert isinstance(product, Product)
    return product


def product_for_edit(user: User, pk: int) -> Product:
    """A product the user may change. Raises Http404, NotAllowed."""
    product = product_for_view(user, pk)
    if not may_edit_products(user):
        raise NotAllowed(_("You may look at products, but not change them."))
    return product


def check_may_add_product(user: User) -> None:
    """Raises NotAllowed for a user who may only look."""
    if not access.may_add(user, Kind.PRODUCT):
        raise NotAllowed(_("You may look at products, but not add any."))


def may_edit_products(user: User) -> bool:
    """Whether the user may change products."""
    return access.may(user, Kind.PRODUCT, Action.EDIT)
