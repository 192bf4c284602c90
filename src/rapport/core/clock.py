"""The clock, read at the edge only: views, commands and jobs call it and pass the instant on."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This instant, in UTC."""
    return timezone.now()


def today() -> date:
    """The date where the company is."""
    return timezone.localdate()
