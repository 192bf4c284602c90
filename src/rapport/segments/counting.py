"""How many people a rule that is not saved yet would find: exactly where that is quick, else about."""

from dataclasses import dataclass
from datetime import date

from django.db import OperationalError, connection, transaction

from rapport.people.models import Person
from rapport.segments import compose
from rapport.segments.fields import Scope
from rapport.segments.rules import Group

EXACT_BELOW = 10_000
ASKED_IN_SAMPLE = 20_000
SECONDS = 4
# Fewer than this in the sample say little about all.
SURE_FROM = 100


@dataclass(frozen=True)
class Number:
    """How many people: `exact`, or about; `people` is None where it could not be said in time."""

    people: int | None
    exact: bool = True


def count(rule: Group, *, today: date, seconds: float = SECONDS, exact_below: int = EXACT_BELOW) -> Number:
    """How many people the rule finds, without keeping the database busy for longer than about `seconds`.

    A sample of people spread over the whole table tells how many there are, about; where they are few, or the table
    is small, all are counted. About is within a tenth or so.
    """
    people = Person.objects.all().estimate()
    about = None
    if people > ASKED_IN_SAMPLE * 2:
        about = _sampled(rule, today=today, seconds=seconds)
        if about is not None and about[0] >= SURE_FROM:
            return Number(_rounded(about[0] * about[1]), exact=False)
    exact = _counted(rule, today=today, seconds=seconds, limit=exact_below if about else None)
    if exact is not None:
        return Number(exact)
    return Number(_rounded(about[0] * about[1]) if about and about[0] else None, exact=False)


def count_exactly(rule: Group, *, today: date) -> int:
    """How many people the rule finds, however long it takes."""
    return int(compose.people(rule, Scope(today)).count())


def _counted(rule: Group, *, today: date, seconds: float, limit: int | None) -> int | None:
    found = compose.people(rule, Scope(today)).order_by()
    rows = found if limit is None else found[: limit + 1]
    try:
        with transaction.atomic():
            _limit(seconds)
            number = rows.count()
    except OperationalError:
        return None
    return number if limit is None or number <= limit else None


def _sampled(rule: Group, *, today: date, seconds: float) -> tuple[int, float] | None:
    """How many of a sample the rule finds, and how many people stand for one of the sample."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _limit(seconds)
            cursor.execute("SELECT count(*) FROM people_person")
            everyone = int(cursor.fetchone()[0])
            step = max(1, everyone // ASKED_IN_SAMPLE)
            cursor.execute(
                "CREATE TEMP TABLE segments_sample ON COMMIT DROP AS"
                " SELECT id AS person_id FROM people_person WHERE (hashint8(id) & 2147483647) %% %s = 0",
                [step],
            )
            sample = cursor.rowcount
            cursor.execute("ALTER TABLE segments_sample ADD PRIMARY KEY (person_id); ANALYZE segments_sample")
            found = compose.people(rule, Scope(today, "segments_sample")).count()
            cursor.execute("DROP TABLE segments_sample")
    except OperationalError:
        return None
    return (found, everyone / sample) if sample else None


def _limit(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])


def _rounded(number: float) -> int:
    """Three figures are more than a sample knows; the third is kept below ten thousand only."""
    figures = 3 if number >= 10_000 else 2
    power = 10 ** max(0, len(str(int(number))) - figures)
    return int(round(number / power) * power)
