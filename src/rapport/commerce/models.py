"""Products, orders, order lines, exchange rates."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.commerce.files import OrderFile as OrderFile
from rapport.commerce.querysets import OrderQuerySet, ProductQuerySet, RevenueQuerySet
from rapport.commerce.triggers import keep_revenue
from rapport.core.models import Record, word_index
from rapport.fields.columns import CustomValues


class Product(Record):
    """Something sold. Its external id is the company's own product code."""

    name = models.CharField(_("Product name"), max_length=300)
    sort_name = models.CharField(db_collation="C", max_length=300, editable=False)
    search_text = models.TextField(editable=False)
    category = models.CharField(_("Category"), max_length=120, blank=True, default="")
    price = models.DecimalField(_("Price"), max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="VND")

    objects = ProductQuerySet.as_manager()

    class Meta:
        db_table = "commerce_product"
        constraints = [models.UniqueConstraint(fields=["external_id"], name="product_external_id_once")]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="product_by_name"),
            models.Index(fields=["category", "sort_name", "id"], name="product_by_category"),
            word_index("product_by_word"),
        ]

    def __str__(self) -> str:
        return self.name


class Order(Record):
    """A purchase by a company or a person; one whose customer is not known (a walk-in) has neither.

    `total` is given by the source or is the sum of the lines; returns make it smaller or negative.
    """

    company = models.ForeignKey(
        "people.Company",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Company"),
    )
    person = models.ForeignKey(
        "people.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Person"),
    )
    placed_at = models.DateTimeField(_("Placed"))
    channel = models.CharField(_("Channel"), max_length=40, blank=True, default="")
    total = models.DecimalField(_("Total"), max_digits=20, decimal_places=4, default=0)
    currency = models.CharField(_("Currency"), max_length=3, default="VND")
    owner = models.ForeignKey(
        "identity.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Owner"),
    )
    team = models.ForeignKey(
        "identity.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Team"),
    )
    custom = CustomValues()

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "commerce_order"
        constraints = [models.UniqueConstraint(fields=["external_id"], name="order_external_id_once")]
        indexes = [
            models.Index(fields=["placed_at", "id"], name="order_by_day"),
            models.Index(fields=["total", "id"], name="order_by_total"),
            models.Index(
                fields=["person", "-placed_at", "-id"], condition=Q(person__isnull=False), name="order_of_person"
            ),
            models.Index(
                fields=["company", "-placed_at", "-id"], condition=Q(company__isnull=False), name="order_of_company"
            ),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="order_by_owner"),
            models.Index(fields=["team"], condition=Q(team__isnull=False), name="order_by_team"),
            models.Index(fields=["channel", "placed_at", "id"], condition=~Q(channel=""), name="order_by_channel"),
            models.Index(
                fields=["placed_at", "id"],
                condition=Q(person__isnull=True, company__isnull=True),
                name="order_of_nobody_known",
            ),
        ]
        triggers = keep_revenue()

    def __str__(self) -> str:
        return self.external_id or str(self.pk)


class OrderLine(models.Model):
    """One product of an order. `number` tells apart lines of one product in one order, from 1."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)
    quantity = models.DecimalField(_("Quantity"), max_digits=16, decimal_places=3)
    unit_price = models.DecimalField(_("Unit price"), max_digits=20, decimal_places=4)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "commerce_orderline"
        constraints = [models.UniqueConstraint(fields=["order", "product", "number"], name="order_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"


class Revenue(models.Model):
    """What was added to the orders placed in one span of time, kept by triggers (`commerce.triggers`).

    A ledger: the sum of its rows is the sum of the orders that are not archived. `span_at` lies in the span
    and in the same month as all its orders, in every time zone. No constraint ties owner and team, so that
    deleting a user first appends what moves away.
    """

    span_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey(
        "identity.User", on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    orders = models.BigIntegerField()
    total = models.DecimalField(max_digits=24, decimal_places=4)

    objects = RevenueQuerySet.as_manager()

    class Meta:
        db_table = "commerce_revenue"
        indexes = [models.Index(fields=["span_at"], name="revenue_by_span")]

    def __str__(self) -> str:
        return f"{self.span_at:%Y-%m} {self.total} {self.currency}"


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in the company's own, from a day on, until its next rate begins."""

    currency = models.CharField(_("Currency"), max_length=3)
    since_on = models.DateField(_("Counts since"))
    rate = models.DecimalField(_("Rate"), max_digits=24, decimal_places=8)

    class Meta:
        db_table = "commerce_exchangerate"
        constraints = [
            models.UniqueConstraint(fields=["currency", "since_on"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.since_on} {self.rate}"
