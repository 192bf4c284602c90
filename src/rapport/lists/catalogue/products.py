"""What can be asked and shown of products."""

from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.commerce.queries import categories_in_use
from rapport.identity.rights import Kind
from rapport.lists import conditions
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Amount, Catalogue, Column, Filter, Linked, Reader, SortKey


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of products."""
    return Catalogue(
        kind=Kind.PRODUCT,
        model=Product,
        columns=shared.named(*_columns()),
        filters=shared.filters(*_filters(reader)),
        name_column="name",
        columns_at_first=("name", "external_id", "category", "price"),
        sort_at_first="name",
    )


def _columns() -> list[Column]:
    return [
        Column(
            code="name", label=_("Name"), kind=ValueKind.REFERENCE, group=shared.RECORD, look="name",
            get=lambda product: Linked(Kind.PRODUCT, product.pk, product.name),
            sort=SortKey(path="sort_name", nullable=False, walks=True),
        ),
        shared.text_column("external_id", _("Product code")),
        shared.text_column("category", _("Category")),
        Column(
            code="price", label=_("Price"), kind=ValueKind.MONEY, group=shared.RECORD, sort=SortKey(path="price"),
            get=lambda product: None if product.price is None else Amount(product.price, product.currency),
        ),
        *(column for column in shared.origin_columns() if column.code != "external_id"),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    return [
        Filter(
            code="words", label=_("Name or code"), kind=ValueKind.WORDS, group=shared.RECORD,
            find=conditions.words(Product.objects.all()),
        ),
        Filter(
            code="category", label=_("Category"), kind=ValueKind.TEXT, group=shared.RECORD,
            find=conditions.text("category"), offered=categories_in_use, is_first=True,
        ),
        Filter(code="price", label=_("Price"), kind=ValueKind.NUMBER, group=shared.RECORD,
               find=conditions.number("price"), is_first=True),
        shared.text_filter("currency", _("Currency")),
        *shared.origin_filters(reader),
    ]  # fmt: skip
