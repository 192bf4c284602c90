"""What can be asked and shown of orders: the record, its customer, what was bought."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.commerce.models import Order, OrderLine, Product
from rapport.commerce.queries import channels_in_use
from rapport.identity.rights import Kind
from rapport.lists import conditions
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Amount, BuiltInView, Catalogue, Column, Filter, Label, Linked, Reader, SortKey
from rapport.people.models import Company, Person
from rapport.people.queries import industries_in_use
from rapport.people.rules import places

CUSTOMERS: tuple[tuple[str, Label], ...] = (
    ("company", _("Companies")),
    ("person", _("People")),
    ("unknown", _("Not known")),
)


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of orders."""
    return Catalogue(
        kind=Kind.ORDER,
        model=Order,
        columns=shared.named(*_columns(reader)),
        filters=shared.filters(*_filters(reader), *_customer_filters(reader)),
        name_column="number",
        columns_at_first=("number", "customer", "channel", "owner", "placed_at", "total"),
        sort_at_first="-placed_at",
        sorts_before={"placed": "placed_at"},
        filters_before={"since": "placed_at.since", "until": "placed_at.until"},
        views=(
            BuiltInView(
                code="returns", label=_("Returns"), filters=(("total", "less_than", ("0",)),),
            ),
        ),
    )  # fmt: skip


def _columns(reader: Reader) -> list[Column]:
    return [
        Column(
            code="number", label=pgettext_lazy("purchase", "Order"), kind=ValueKind.REFERENCE, group=shared.RECORD,
            look="name", get=lambda order: Linked(Kind.ORDER, order.pk, str(order)),
            sort=SortKey(path="external_id"),
        ),
        shared.customer_column(reader.user),
        shared.text_column("channel", _("Channel")),
        *shared.owner_columns(),
        shared.plain_column("placed_at", _("Placed"), ValueKind.INSTANT, walks=True, nullable=False),
        Column(
            code="total", label=_("Total"), kind=ValueKind.MONEY, group=shared.RECORD,
            get=lambda order: Amount(order.total, order.currency),
            sort=SortKey(path="total", nullable=False, walks=True),
        ),
        *shared.party_columns(reader.user),
        *(column for column in shared.origin_columns() if column.code != "external_id"),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    def lines() -> "QuerySet[Any, Any]":
        return OrderLine.objects.all()

    return [
        Filter(
            code="customer", label=_("Customer"), kind=ValueKind.CHOICE, group=shared.RECORD, find=_customer,
            choices=lambda: CUSTOMERS, named=shared.named_by(lambda: CUSTOMERS), is_first=True, is_closed=True,
            only=frozenset({"one_of", "none_of"}),
        ),
        Filter(
            code="channel", label=_("Channel"), kind=ValueKind.TEXT, group=shared.RECORD,
            find=conditions.text("channel"), offered=channels_in_use, is_first=True,
        ),
        Filter(
            code="placed_at", label=_("Placed"), kind=ValueKind.INSTANT, group=shared.RECORD, is_first=True,
            find=conditions.instant("placed_at", today=reader.today),
        ),
        Filter(code="total", label=_("Total"), kind=ValueKind.NUMBER, group=shared.RECORD,
               find=conditions.number("total"), is_first=True),
        shared.text_filter("currency", _("Currency")),
        *shared.owner_filters(reader.user),
        shared.record_filter(
            "product", _("Product"), Kind.PRODUCT, Product.objects.visible_to(reader.user), group=shared.PURCHASES,
            find=conditions.related(lines, "order", conditions.reference("product")),
        ),
        *shared.origin_filters(reader),
    ]  # fmt: skip


def _customer(operator: str, value: Any) -> Q:
    """Which sort of customer."""
    of_each = {
        "company": Q(company__isnull=False),
        "person": Q(company__isnull=True, person__isnull=False),
        "unknown": Q(company__isnull=True, person__isnull=True),
    }
    found = Q(pk__in=[])
    for each in value:
        found |= of_each.get(each, Q(pk__in=[]))
    return found if operator == "one_of" else ~found


def _customer_filters(reader: Reader) -> list[Filter]:
    def companies() -> "QuerySet[Any, Any]":
        return Company.objects.visible_to(reader.user)

    def people() -> "QuerySet[Any, Any]":
        return Person.objects.visible_to(reader.user)

    def of_person(column: str) -> conditions.Find:
        return conditions.behind(people, "person", conditions.text(column))

    return [
        *shared.party_filters(reader.user),
        *shared.company_filters(
            lambda path, kind: conditions.behind(companies, "company", kind(path)),
            industries=lambda: industries_in_use(Company.objects.visible_to(reader.user)),
        ),
        Filter(code="person.province", label=_("Province of the person"), kind=ValueKind.TEXT, group=shared.PERSON,
               find=of_person("province"), offered=places.provinces),
    ]  # fmt: skip
