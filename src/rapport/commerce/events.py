"""What is announced of products and orders."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductAdded(Event):
    """A product was added by hand."""

    product_id: int


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    """The named fields of a product changed."""

    product_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProductArchived(Event):
    """A product was put away."""

    product_id: int


@dataclass(frozen=True, kw_only=True)
class ProductRestored(Event):
    """A product was fetched back from the archive."""

    product_id: int


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """A customer, known or not, bought something."""

    order_id: int
    company_id: int | None
    person_id: int | None


@dataclass(frozen=True, kw_only=True)
class OrderArchived(Event):
    """An order was put away: it counts no more."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class OrderRestored(Event):
    """An order was fetched back from the archive."""

    order_id: int


@dataclass(frozen=True, kw_only=True)
class ProductsUpserted(Event):
    """Many products were made or changed at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OrdersUpserted(Event):
    """Many orders came or changed at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]
