"""How often a caller may ask: so many requests a minute, counted in the database for all processes alike."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from rapport.api.problems import Problem

WINDOW = 60
COUNT = """
INSERT INTO identity_apiuse AS u (owner, minute, number) VALUES (%s, %s, 1)
ON CONFLICT (owner) DO UPDATE
SET number = CASE WHEN u.minute = excluded.minute THEN u.number + 1 ELSE 1 END, minute = excluded.minute
RETURNING number
"""


@dataclass(frozen=True)
class Quota:
    """What is left of the present minute."""

    limit: int
    used: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 names it."""
        left = max(self.limit - self.used, 0)
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={left};t={self.resets_in}',
        }


def count(owner: str, *, at: datetime) -> Quota:
    """Count one request of the caller."""
    minute, second = divmod(int(at.timestamp()), WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [owner, minute])
        (used,) = cursor.fetchone()
    return Quota(settings.API_REQUESTS_A_MINUTE, used, WINDOW - second)


def check(quota: Quota) -> None:
    """Raises Problem for one request too many."""
    if quota.used > quota.limit:
        detail = _("At most %(most)d requests a minute. Ask again in %(seconds)d seconds.")
        raise Problem(
            "too-many-requests",
            detail % {"most": quota.limit, "seconds": quota.resets_in},
            headers={"Retry-After": str(quota.resets_in)},
        )
