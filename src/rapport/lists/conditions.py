"""How a filter becomes a condition of the database: on the record's own columns, and on related records.

Each function gives the `find` of a filter. A condition on related records holds where one of them meets it, and its
negation where none does; only those count that the rows handed in hold, which are the ones the user may see.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from rapport.core import text as texts
from rapport.core.comparing import compared, fits
from rapport.core.days import midnight
from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.models import User
from rapport.lists.operators import ME, MY_TEAM, NOBODY, POSITIVE

Find = Callable[[str, Any], Q]
Rows = Callable[[], "QuerySet[Any, Any]"]


def words(rows: RecordQuerySet) -> Find:
    """The records of the queryset's model that have each of the words; punctuation alone asks for nothing."""
    return lambda _operator, value: rows.words_condition(value) if texts.words(value) else Q()


def text(column: str, *, folded: bool = False) -> Find:
    """A text column; an empty text is not known. `folded` columns hold lower case without accents."""

    def find(operator: str, value: Any) -> Q:
        if operator in ("known", "unknown"):
            unknown = Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
            return unknown if operator == "unknown" else ~unknown
        if operator in ("contains", "starts_with"):
            lookup = {"contains": "contains", "starts_with": "startswith"}[operator]
            how = lookup if folded else f"i{lookup}"
            return Q(**{f"{column}__{how}": texts.fold(value) if folded else value})
        wanted = [texts.fold(each) if folded else each for each in value]
        found = Q(**{column: wanted[0]}) if len(wanted) == 1 else Q(**{f"{column}__in": wanted})
        return found if operator == "one_of" else ~found

    return find


def reference(column: str) -> Find:
    """A foreign key."""

    def find(operator: str, value: Any) -> Q:
        if operator in ("known", "unknown"):
            return Q(**{f"{column}__isnull": operator == "unknown"})
        found = Q(**{f"{column}__in": [each for each in value if isinstance(each, int)]})
        if NOBODY in value:
            found |= Q(**{f"{column}__isnull": True})
        return found if operator == "one_of" else ~found

    return find


def owner(user: User, column: str = "owner") -> Find:
    """The colleague who owns it, where `me` is the user and `none` nobody."""
    plain = reference(column)

    def find(operator: str, value: Any) -> Q:
        given = value if value is None else tuple(user.pk if each == ME else each for each in value)
        return plain(operator, given)

    return find


def team(user: User, column: str = "team") -> Find:
    """The team that owns it, with those below it, where `my_team` is the user's own."""
    plain = reference(column)

    def find(operator: str, value: Any) -> Q:
        if value is None:
            return plain(operator, value)
        asked = [user.team_id if each == MY_TEAM else each for each in value]
        below = {team for each in asked if isinstance(each, int) for team in access.teams_below(each)}
        return plain(operator, (*sorted(below), *([NOBODY] if NOBODY in value else [])))

    return find


def tags(column: str = "tags") -> Find:
    """A column of labels."""

    def find(operator: str, value: Any) -> Q:
        some = ~Q(**{column: []})
        if operator == "known":
            return some
        if operator == "unknown":
            return Q(**{column: []})
        wanted = list(value)
        if operator == "all_of":
            return some & Q(**{f"{column}__contains": wanted})
        # The index holds the records that have tags at all, so the condition says so.
        found = some & Q(**{f"{column}__overlap": wanted})
        return found if operator == "any_of" else ~found

    return find


def day(column: str, *, today: date) -> Find:
    """A column of days."""

    def find(operator: str, value: Any) -> Q:
        if operator in ("known", "unknown"):
            return Q(**{f"{column}__isnull": operator == "unknown"})
        since, until = span(operator, value, today=today)
        found = Q()
        if since is not None:
            found &= Q(**{f"{column}__gte": since})
        if until is not None:
            found &= Q(**{f"{column}__lte": until})
        return found

    return find


def instant(column: str, *, today: date) -> Find:
    """A column of instants, asked for by day where the company is."""

    def find(operator: str, value: Any) -> Q:
        if operator in ("known", "unknown"):
            return Q(**{f"{column}__isnull": operator == "unknown"})
        since, until = span(operator, value, today=today)
        found = Q()
        if since is not None:
            found &= Q(**{f"{column}__gte": midnight(since)})
        if until is not None:
            found &= Q(**{f"{column}__lt": midnight(until + timedelta(days=1))})
        return found

    return find


def span(operator: str, value: Any, *, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that is meant; None does not bound."""
    match operator:
        case "since":
            return value, None
        case "until":
            return None, value
        case "in_last_days":
            return today - timedelta(days=value), today
        case "in_next_days":
            return today, today + timedelta(days=value)
        case "more_than_days_ago":
            return None, today - timedelta(days=value + 1)
    since, until = value
    return since, until


def number(column: str) -> Find:
    """A column of numbers; one that is not known is never smaller or larger."""

    def find(operator: str, value: Any) -> Q:
        if operator in ("known", "unknown"):
            return Q(**{f"{column}__isnull": operator == "unknown"})
        return compared(column, operator, value)

    return find


def whether(condition: Callable[[], Q]) -> Find:
    """Yes or no to a condition."""
    return lambda operator, _value: condition() if operator == "yes" else ~condition()


def related(rows: Rows, link: str, inner: Find) -> Find:
    """One of the rows, which point at the record by their field `link`, meets the inner condition."""

    def find(operator: str, value: Any) -> Q:
        met = Exists(rows().filter(**{link: OuterRef("pk")}).filter(inner(POSITIVE.get(operator, operator), value)))
        return ~Q(met) if operator in POSITIVE else Q(met)

    return find


def either(*finds: Find) -> Find:
    """One of the conditions holds; a negation where none does."""

    def find(operator: str, value: Any) -> Q:
        met = reduce(or_, (each(POSITIVE.get(operator, operator), value) for each in finds))
        return ~met if operator in POSITIVE else met

    return find


def behind(rows: Rows, column: str, inner: Find) -> Find:
    """The record to which the foreign key leads is among the rows and meets the inner condition."""

    def find(operator: str, value: Any) -> Q:
        met = Exists(rows().filter(pk=OuterRef(column)).filter(inner(POSITIVE.get(operator, operator), value)))
        return ~Q(met) if operator in POSITIVE else Q(met)

    return find


def counted(rows: Rows, link: str) -> Find:
    """How many of the rows point at the record by their field `link`; of who has none it is zero."""

    def find(operator: str, value: Any) -> Q:
        some = Exists(rows().filter(**{link: OuterRef("pk")}))
        if operator in ("known", "unknown"):
            return Q(some) if operator == "known" else ~Q(some)
        if operator == "at_least" and value == 1:
            return Q(some)
        grouped = rows().order_by().values(link).annotate(amount=Count("pk"))
        fitting = number("amount")(operator, value)
        if fits(0, operator, value):
            return ~Q(Exists(grouped.filter(**{link: OuterRef("pk")}).filter(~fitting)))
        return Q(pk__in=grouped.filter(fitting).values(link))

    return find


def last(rows: Rows, link: str, column: str, *, today: date) -> Find:
    """When the last of the rows was, which point at the record by their field `link`; `column` is their instant."""

    def find(operator: str, value: Any) -> Q:
        mine = rows().filter(**{link: OuterRef("pk")})
        if operator in ("known", "unknown"):
            return Q(Exists(mine)) if operator == "known" else ~Q(Exists(mine))
        since, until = span(operator, value, today=today)
        # The last one lies in the span: one of them does, and none comes after it.
        found = Q(Exists(mine.filter(instant(column, today=today)(*_bounded(since, until)))))
        if until is not None:
            found &= ~Q(Exists(mine.filter(**{f"{column}__gte": midnight(until + timedelta(days=1))})))
        return found

    return find


def _bounded(since: date | None, until: date | None) -> tuple[str, Any]:
    """The question for a span of which one end may be open."""
    if until is None:
        return "since", since
    return ("until", until) if since is None else ("between", (since, until))
