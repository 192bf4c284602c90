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
class OrderPlaced(Event):
    """A customer, known or not, bought something."""

    order_id: int
    company_id: int | None
    person_id: int | None


@dataclass(frozen=True, kw_only=True)
class ProductsUpserted(Event):
    """Many products were made or changed at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]
