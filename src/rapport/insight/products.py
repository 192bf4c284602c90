"""What the answers say of single products: picked out by the database, so that no page reads a whole answer."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from rapport.commerce.models import Product
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.insight.models import PersonTraits

PATHS = {
    "product-buyers": "$.products[*] ? (@.product_id == $id)",
    "due": "$.intervals[*] ? (@.product_id == $id)",
    "affinity": "$.rules[*] ? (@.if_ids[0] == $id && @.if_ids.size() == 1)",
    "up-sell": "$.steps[*] ? (@.from_id == $id)",
    "trends": '$.series[*] ? (@.kind == "product" && @.id == $id)',
}
NEWEST = """
    SELECT result.metric, jsonb_path_query_array(result.payload, asked.path::jsonpath, %s::jsonb)
    FROM unnest(%s::text[], %s::text[]) AS asked(metric, path)
    CROSS JOIN LATERAL (
        SELECT metric, payload FROM insight_result
        WHERE metric = asked.metric AND good ORDER BY computed_at DESC, id DESC LIMIT 1
    ) AS result
"""


@dataclass(frozen=True, kw_only=True)
class AboutProduct:
    """Rows of the answers that are about one product; None or empty where an answer says nothing of it."""

    buyers: dict[str, Any] | None
    due: dict[str, Any] | None
    bought_with: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    trend: dict[str, Any] | None


def about(product_id: int) -> AboutProduct | None:
    """What is said of a product, by the last good answers; None where no answer is kept at all. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [json.dumps({"id": product_id}), list(PATHS), list(PATHS.values())])
        found = {metric: json.loads(rows) if isinstance(rows, str) else rows for metric, rows in cursor.fetchall()}
    if not found:
        return None
    return AboutProduct(
        buyers=_first(found.get("product-buyers")),
        due=_first(found.get("due")),
        bought_with=found.get("affinity") or [],
        steps=found.get("up-sell") or [],
        trend=_first(found.get("trends")),
    )


def _first(rows: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    return rows[0] if rows else None


def names(numbers: Iterable[int | None], *, user: User) -> dict[int, str]:
    """The names of those products that the user may see."""
    wanted = {number for number in numbers if number is not None}
    return dict(Product.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", "name"))


def due_products(*, user: User, today: date) -> list[int]:
    """The products for which somebody whom the user may export is due; one query."""
    rows = PersonTraits.objects.within_reach(user, Action.EXPORT).due(today=today)
    return list(
        rows.filter(due_product_id__isnull=False).order_by().values_list("due_product_id", flat=True).distinct()
    )


def people_due(*, user: User, today: date) -> Iterator[PersonTraits]:
    """Everybody the user may export whose next purchase is due by today, the latest first; read piece by piece."""
    rows = PersonTraits.objects.within_reach(user, Action.EXPORT).due(today=today)
    return rows.select_related("person").order_by("-due_on", "-person_id").iterator(chunk_size=2000)
