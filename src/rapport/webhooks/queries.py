"""What the pages and the API show of endpoints and messages."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from rapport.webhooks.models import Delivery, Endpoint


@dataclass(frozen=True)
class EndpointShown:
    """An endpoint with how many messages stand where; the numbers are of what is still kept."""

    endpoint: Endpoint
    waiting: int
    failed: int
    delivered: int
    dead: int


def endpoints() -> QuerySet[Endpoint]:
    """All endpoints with their owners, by name."""
    return Endpoint.objects.select_related("owner").order_by("name", "pk")


def endpoints_shown() -> list[EndpointShown]:
    """All endpoints with their numbers: two queries."""
    return _counted(list(endpoints()))


def endpoint_shown(endpoint: Endpoint) -> EndpointShown:
    """One endpoint with its numbers."""
    return _counted([endpoint])[0]


def deliveries(endpoint: Endpoint, *, status: str = "") -> QuerySet[Delivery]:
    """The messages to an endpoint, the newest first; all, or those that stand at `status`."""
    found = Delivery.objects.filter(endpoint=endpoint).order_by("-pk")
    return found.filter(status=status) if status else found


def _counted(found: list[Endpoint]) -> list[EndpointShown]:
    counts = Delivery.objects.filter(endpoint__in=found).values_list("endpoint", "status").annotate(number=Count("pk"))
    by_status: dict[int, dict[str, int]] = defaultdict(dict)
    for endpoint_id, status, number in counts.order_by():
        by_status[endpoint_id][status] = number
    return [
        EndpointShown(
            each, *(by_status[each.pk].get(status, 0) for status in ("waiting", "failed", "delivered", "dead"))
        )
        for each in found
    ]
