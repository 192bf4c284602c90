"""Spans of days that may move with today: "in the last 90 days", "more than 30 days ago", "until 1 May"."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

DAY = timedelta(days=1)
Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Edge:
    """A day: a fixed one, or so many days after today."""

    on: date | None = None
    offset: int = 0

    def day(self, today: date) -> date:
        """The day meant today."""
        return self.on or today + timedelta(days=self.offset)


@dataclass(frozen=True)
class Window:
    """The days from `since` to `until`, both included; None does not bound. `past` leaves out what is still to come."""

    since: Edge | None = None
    until: Edge | None = None
    past: bool = False

    def so_far(self) -> "Window":
        """The same window without days to come."""
        return replace(self, past=True)

    def days(self, today: date) -> Days:
        """First and last day, as of today."""
        since = self.since.day(today) if self.since else None
        until = self.until.day(today) if self.until else None
        if self.past:
            until = min(until, today) if until else today
        return since, until

    def moved(self, before: date, today: date) -> list[Days]:
        """The spans of days over which an edge moved from `before` to `today`, `before` being the earlier.

        Only an event on such a day can have come into the window, or gone out of it, by the passing of time.
        """
        found = []
        if self.since and self.since.on is None:
            found.append((self.since.day(before), self.since.day(today) - DAY))
        ends = [self.until] if self.until else []
        if self.past:
            ends.append(Edge())
        found += [(end.day(before) + DAY, end.day(today)) for end in ends if end.on is None]
        return [span for span in dict.fromkeys(found) if span[0] <= span[1]]


def window(operator: str, value: Any) -> Window:
    """The window of an operator on days with its value, a number of days or one or two days."""
    match operator:
        case "in_last_days":
            return Window(Edge(offset=-value), Edge())
        case "more_than_days_ago":
            return Window(None, Edge(offset=-value - 1))
        case "in_next_days":
            return Window(Edge(), Edge(offset=value))
        case "since":
            return Window(Edge(on=value), None)
        case "until":
            return Window(None, Edge(on=value))
        case "between":
            return Window(Edge(on=value[0]), Edge(on=value[1]))
    return Window()


def on_days(column: str, days: Days) -> Q:
    """Rows whose date lies within the days; one that is not known never does."""
    since, until = days
    found = Q(**{f"{column}__isnull": False})
    if since:
        found &= Q(**{f"{column}__gte": since})
    return found & Q(**{f"{column}__lte": until}) if until else found


def at_instants(column: str, days: Days) -> Q:
    """Rows whose instant lies within the days where the company is; one that is not known never does."""
    since, until = days
    found = Q(**{f"{column}__isnull": False})
    if since:
        found &= Q(**{f"{column}__gte": begin(since)})
    return found & Q(**{f"{column}__lt": begin(until + DAY)}) if until else found


def begin(day: date) -> datetime:
    """When the day begins where the company is."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
