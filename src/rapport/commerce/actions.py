"""What is done with products and orders, one function for each intent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from rapport.commerce import rules
from rapport.commerce.events import (
    OrderArchived,
    OrderPlaced,
    OrderRestored,
    ProductAdded,
    ProductArchived,
    ProductChanged,
    ProductRestored,
)
from rapport.commerce.models import ExchangeRate, Order, OrderLine, Product
from rapport.commerce.triggers import COLUMNS
from rapport.core import archiving, audit, outbox
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.fields import values as own_fields
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.people.models import Company, Person
from rapport.people.rules import naming

CHANGED_BY_HAND = frozenset({"channel", "owner", "team", "custom"})


class EmptyOrder(RapportError):
    """An order has at least one line."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an order to be; what comes back has a quantity less than zero."""

    product: Product
    quantity: Decimal
    unit_price: Decimal


@transaction.atomic
def add_product(*, values: dict[str, Any], by: User, at: datetime) -> Product:
    """A new product from the named fields. Raises WrongValue."""
    product = Product(**_cleaned(values), recorded_at=at, updated_at=at, version=1)
    _check(product)
    _name_again(product)
    product.save(force_insert=True)
    audit.record("commerce.product_added", target=product, by=by, at=at)
    outbox.put(ProductAdded(product_id=product.pk))
    return product


@transaction.atomic
def change_product(*, product: Product, version: int, changes: dict[str, Any], by: User, at: datetime) -> Product:
    """Change the named fields; nothing is written where nothing differs.

    Raises ChangedByAnother if `version` is stale, WrongValue.
    """
    product = Product.objects.locked().get(pk=product.pk)
    if product.version != version:
        raise ChangedByAnother(_("Someone else changed this product. Look at what they wrote, then save again."))
    wanted = _cleaned(changes)
    differing = sorted(name for name, value in wanted.items() if getattr(product, name) != value)
    if not differing:
        return product
    for name in differing:
        setattr(product, name, wanted[name])
    _check(product)
    _name_again(product)
    product.version += 1
    product.updated_at = at
    product.save(update_fields=[*differing, "sort_name", "search_text", "version", "updated_at"])
    audit.record("commerce.product_changed", target=product, by=by, at=at, data={"fields": differing})
    outbox.put(ProductChanged(product_id=product.pk, fields=tuple(differing)))
    return product


def archive_product(*, product: Product, by: User, at: datetime) -> Product:
    """Put a product away: out of lists and search; orders and deals about it stay as they are."""
    event = ProductArchived(product_id=product.pk)
    return archiving.put_away(product, by=by, at=at, code="commerce.product_archived", event=event)


def restore_product(*, product: Product, by: User, at: datetime) -> Product:
    """Fetch a product back from the archive."""
    event = ProductRestored(product_id=product.pk)
    return archiving.fetch_back(product, by=by, at=at, code="commerce.product_restored", event=event)


@transaction.atomic
def add_order(
    *,
    lines: Sequence[Line],
    placed_at: datetime,
    currency: str,
    by: User,
    at: datetime,
    company: Company | None = None,
    person: Person | None = None,
    channel: str = "",
    external_id: str | None = None,
    total: Decimal | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Order:
    """A purchase with its lines; its total is their sum unless it is given, and then there may be no lines.
    Without company and person the customer is not known.

    The order belongs to whom its customer belongs to, else to whoever adds it. Raises EmptyOrder, and
    WrongValue for an order number that is taken.
    """
    if not lines and total is None:
        raise EmptyOrder(_("An order has at least one line."))
    if external_id and Order.objects.filter(external_id=external_id).exists():
        raise WrongValue("external_id", _("Another order already has this number."))
    customer = company or person
    keeper = {"owner": customer.owner, "team": customer.team} if customer else access.owner_defaults(by)
    order = Order.objects.create(
        external_id=external_id or None,
        company=company,
        person=person,
        placed_at=placed_at,
        channel=tidy(channel)[:40],
        currency=currency,
        total=rules.order_total((line.quantity, line.unit_price) for line in lines) if total is None else total,
        recorded_at=at,
        updated_at=at,
        version=1,
        custom=own_fields.begun(Kind.ORDER, custom, by=by),
        **keeper,
    )
    OrderLine.objects.bulk_create(_numbered(order, lines))
    audit.record("commerce.order_added", target=order, by=by, at=at, data={"lines": len(lines)})
    outbox.put(OrderPlaced(order_id=order.pk, company_id=order.company_id, person_id=order.person_id))
    return order


@transaction.atomic
def change_order(*, order: Order, version: int, changes: dict[str, Any], by: User, at: datetime) -> Order:
    """Change the named fields of an order: its channel, its owner, what it says in own fields (`custom`).

    What was bought, when and by whom is what happened, and stays. Nothing is written where nothing differs. Raises
    ChangedByAnother if `version` is stale, WrongValue.
    """
    order = Order.objects.locked().get(pk=order.pk)
    if order.version != version:
        raise ChangedByAnother(_("Someone else changed this order. Look at what they wrote, then save again."))
    wanted = own_fields.among(Kind.ORDER, changes, held=order.custom, by=by)
    if "channel" in wanted:
        wanted["channel"] = tidy(wanted["channel"] or "")[:40]
    if "owner" in wanted and "team" not in wanted:
        wanted["team"] = wanted["owner"].team if wanted["owner"] else None
    assert wanted.keys() <= CHANGED_BY_HAND, wanted
    differing = sorted(name for name, value in wanted.items() if getattr(order, name) != value)
    if not differing:
        return order
    for name in differing:
        setattr(order, name, wanted[name])
    order.version += 1
    order.updated_at = at
    order.save(update_fields=[*differing, "version", "updated_at"])
    audit.record("commerce.order_changed", target=order, by=by, at=at, data={"fields": differing})
    return order


def archive_order(*, order: Order, by: User, at: datetime) -> Order:
    """Put an order away: out of lists, timelines and every sum, nothing lost."""
    event = OrderArchived(order_id=order.pk)
    return archiving.put_away(order, by=by, at=at, code="commerce.order_archived", event=event)


def restore_order(*, order: Order, by: User, at: datetime) -> Order:
    """Fetch an order back from the archive; it counts again."""
    event = OrderRestored(order_id=order.pk)
    return archiving.fetch_back(order, by=by, at=at, code="commerce.order_restored", event=event)


@transaction.atomic
def settle_revenue() -> None:
    """Merge the ledger of revenue into one row for each span, currency, owner and team; no sum changes.

    Rows appended meanwhile stay for the next time, so it may run at any time and twice at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH taken AS (DELETE FROM commerce_revenue RETURNING {COLUMNS})"  # noqa: S608
            f" INSERT INTO commerce_revenue ({COLUMNS})"
            " SELECT span_at, currency, owner_id, team_id, sum(orders), sum(total) FROM taken"
            " GROUP BY span_at, currency, owner_id, team_id HAVING sum(orders) <> 0 OR sum(total) <> 0"
        )


@transaction.atomic
def set_exchange_rate(
    *, currency: str, since_on: date, rate: Decimal, own_currency: str, by: User, at: datetime
) -> ExchangeRate:
    """Say what one unit of a currency is worth in the company's own from a day on; a rate of the same day is replaced.

    Raises WrongValue.
    """
    currency = tidy(currency).upper()
    if currency not in list_currencies():
        raise WrongValue("currency", _("This is no currency code; write three letters, such as USD."))
    if currency == own_currency:
        raise WrongValue("currency", _("This is the company's own currency; it needs no rate."))
    if rate <= 0:
        raise WrongValue("rate", _("A rate is more than zero."))
    kept, _made = ExchangeRate.objects.update_or_create(currency=currency, since_on=since_on, defaults={"rate": rate})
    data = {"currency": currency, "since_on": since_on.isoformat(), "rate": str(rate)}
    audit.record("commerce.exchange_rate_set", target=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def remove_exchange_rate(*, rate: ExchangeRate, by: User, at: datetime) -> None:
    """Remove a rate; the one before it counts on."""
    data = {"currency": rate.currency, "since_on": rate.since_on.isoformat(), "rate": str(rate.rate)}
    audit.record("commerce.exchange_rate_removed", target=rate, by=by, at=at, data=data)
    rate.delete()


def _numbered(order: Order, lines: Sequence[Line]) -> list[OrderLine]:
    """The lines, those of one product counted from 1."""
    seen: dict[int, int] = {}
    numbered = []
    for line in lines:
        seen[line.product.pk] = seen.get(line.product.pk, 0) + 1
        numbered.append(
            OrderLine(
                order=order,
                product=line.product,
                number=seen[line.product.pk],
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
        )
    return numbered


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """The values in the form in which they are stored."""
    found = dict(values)
    for name in ("name", "category", "external_id", "source"):
        if name in found:
            found[name] = tidy(found[name] or "")
    if "external_id" in found:
        found["external_id"] = found["external_id"] or None
    return found


def _check(product: Product) -> None:
    if not product.name:
        raise WrongValue("name", _("Give the product a name."))
    if product.price is not None and product.price < 0:
        raise WrongValue("price", _("This cannot be less than zero."))
    taken = Product.objects.exclude(pk=product.pk).filter(external_id=product.external_id)
    if product.external_id and taken.exists():
        raise WrongValue("external_id", _("Another product already has this code."))


def _name_again(product: Product) -> None:
    """Derive what the product is sorted and found by."""
    product.sort_name = naming.sort_name(product.name)
    product.search_text = naming.product_search_text(
        name=product.name, category=product.category, external_id=product.external_id
    )
