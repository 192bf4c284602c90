"""How much contact there was with a company: interactions and minutes by year, how many took part, when it was last."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.timeline.models import Interaction, InteractionPerson

# What a colleague wrote down alone is no contact.
_ALONE = Interaction.Kind.NOTE


@dataclass(frozen=True)
class YearOfContact:
    """The interactions of one year; `timed` is how many of them say how long they took."""

    year: int
    interactions: int
    minutes: int
    timed: int


def years_of_contact(*, company: Company) -> list[YearOfContact]:
    """The interactions with a company by year, the newest first; notes are no contact; one query."""
    rows = Interaction.objects.live().filter(company=company).exclude(kind=_ALONE)
    counted = (
        rows.order_by()
        .annotate(year=ExtractYear("at", tzinfo=timezone.get_current_timezone()))
        .values_list("year")
        .annotate(Count("pk"), Sum("minutes"), Count("minutes"))
    )
    found = [YearOfContact(year, count, minutes or 0, timed) for year, count, minutes, timed in counted]
    return sorted(found, key=lambda each: -each.year)


def last_contact(*, company: Company) -> datetime | None:
    """When we were last in contact with a company; notes are no contact; one query."""
    rows = Interaction.objects.live().filter(company=company).exclude(kind=_ALONE)
    found: datetime | None = rows.aggregate(last=Max("at"))["last"]
    return found


def people_in_contact(*, user: User, company: Company, since: datetime) -> int:
    """How many people the user may see took part in interactions with a company from an instant on; one query."""
    rows = InteractionPerson.objects.filter(
        Q(interaction__company=company, interaction__archived_at__isnull=True, at__gte=since),
        ~Q(interaction__kind=_ALONE),
        person__in=Person.objects.visible_to(user),
    )
    return int(rows.aggregate(count=Count("person", distinct=True))["count"])
