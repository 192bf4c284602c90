"""Products and categories a person bought, by quantity; what came back is taken away."""

from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import OrderLine
from rapport.segments.conditions import orders
from rapport.segments.fields import PURCHASES, WINDOW, Condition, Field, InSet, Option, Scope, Source, counted
from rapport.segments.operators import Kind
from rapport.segments.windows import at_instants

# A product that changes its category changes what everyone bought who ever bought it.
SOURCE = Source(
    "lines",
    ("commerce_order", "commerce_orderline", "commerce_product"),
    (
        *orders.SOURCE.changed,
        "SELECT o.person_id FROM commerce_orderline l JOIN commerce_order o ON o.id = l.order_id"
        " WHERE o.person_id IS NOT NULL AND {l}",
        "SELECT o.person_id FROM commerce_product i JOIN commerce_orderline l ON l.product_id = i.id"
        " JOIN commerce_order o ON o.id = l.order_id WHERE o.person_id IS NOT NULL AND {i}",
    ),
    gone=("orders", "lines"),
)
PRODUCT = Option("product", _("of these products"), "references", "products")
CATEGORY = Option("category", _("of these categories"), "texts", "categories")


def _bought(condition: Condition, scope: Scope) -> InSet:
    rows = OrderLine.objects.filter(
        order__person__isnull=False, order__company__isnull=True, order__archived_at__isnull=True
    ).filter(at_instants("order__placed_at", condition.window().days(scope.today)))
    rows = scope.narrowed(rows, "order__person_id")
    for option, path in (("product", "product"), ("category", "product__category"), ("channel", "order__channel")):
        if wanted := condition.option(option):
            rows = rows.filter(**{f"{path}__in": wanted})
    return counted(rows, "order__person_id", Sum("quantity"), condition)


def _moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    crossed = orders.placed_between(condition, before, today)
    return [] if crossed is None else [orders.purchases().filter(crossed).values("person_id")]


FIELDS = (
    Field(
        name="bought_quantity", label=_("Quantity bought"), group=PURCHASES, kind=Kind.NUMBER, source=SOURCE,
        find=_bought, moved=_moved, options=(PRODUCT, CATEGORY, WINDOW, orders.CHANNEL),
    ),
)  # fmt: skip
