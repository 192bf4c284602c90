"""How products, orders, their lines and exchange rates become facts of the lake."""

from rapport.lake.sources import Source, Watch
from rapport.lake.tables import ORDER_LINES, ORDERS, PRODUCTS, RATES

products = Source(
    table=PRODUCTS,
    key="p.id",
    rows="commerce_product p",
    columns={
        "id": "p.id",
        "code": "coalesce(p.external_id, '')",
        "name": "p.name",
        "category": "p.category",
        "price": "p.price::float8",
        "currency": "p.currency",
        "archived": "p.archived_at IS NOT NULL",
    },
    watches=(Watch(rows="commerce_product p", row="p", key="p.id"),),
)
orders = Source(
    table=ORDERS,
    key="o.id",
    rows="commerce_order o",
    where="o.archived_at IS NULL",
    columns={
        "id": "o.id",
        "person_id": "o.person_id",
        "company_id": "o.company_id",
        "placed_at": "o.placed_at",
        "placed_on": "o.placed_at::date",
        "channel": "o.channel",
        "total": "o.total::float8",
        "currency": "o.currency",
    },
    watches=(Watch(rows="commerce_order o", row="o", key="o.id"),),
)
order_lines = Source(
    table=ORDER_LINES,
    key="l.id",
    rows="commerce_orderline l",
    columns={
        "id": "l.id",
        "order_id": "l.order_id",
        "product_id": "l.product_id",
        "quantity": "l.quantity::float8",
        "unit_price": "l.unit_price::float8",
    },
    watches=(
        Watch(rows="commerce_orderline l", row="l", key="l.id"),
        # Lines of an archived order are no facts either.
        Watch(
            rows="commerce_order o JOIN commerce_orderline l ON l.order_id = o.id WHERE o.archived_at IS NOT NULL",
            row="o",
            key="l.id",
            leaves_out="(SELECT o.archived_at FROM commerce_order o WHERE o.id = l.order_id) IS NULL",
        ),
    ),
)
rates = Source(
    table=RATES,
    key="r.id",
    rows="commerce_exchangerate r",
    columns={"currency": "r.currency", "since_on": "r.since_on", "rate": "r.rate::float8"},
    watches=(Watch(rows="commerce_exchangerate r", row="r", key="r.id"),),
)
