"""What people set for the numbers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.insight.events import HealthWeighted
from rapport.insight.health import MOST_WEIGHT, Part
from rapport.insight.models import HealthWeight


class NothingCounts(RapportError):
    """Weights by which no health can be told."""


@transaction.atomic
def weigh_health(*, weights: dict[Part, int], by: User, at: datetime) -> None:
    """Say how much each part of an account's health counts, 0 to MOST_WEIGHT; 0 leaves it out.

    Raises NothingCounts where nothing is left, or a weight is out of its range.
    """
    if any(not 0 <= weight <= MOST_WEIGHT for weight in weights.values()):
        raise NothingCounts(_("A weight lies between 0 and %(most)d.") % {"most": MOST_WEIGHT})
    if not any(weights.values()):
        raise NothingCounts(_("At least one part must count."))
    for part, weight in weights.items():
        HealthWeight.objects.update_or_create(part=part, defaults={"weight": weight})
    plain = {str(part): weight for part, weight in weights.items()}
    audit.record("insight.health_weighted", target=organisation(), by=by, at=at, data={"weights": plain})
    outbox.put(HealthWeighted(weights=plain))
