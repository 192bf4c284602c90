"""Days as instants."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    """When the day begins where the company is."""
    return timezone.make_aware(datetime.combine(day, time()))
