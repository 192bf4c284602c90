"""Finding records by what people type, quickly however many records there are (ADR 0002).

A very common word must not cost more than a rare one, so a search looks at a bounded number of candidates in
an order that an index gives: first the names that begin with the text, then the newest records; only what
neither fills is asked of the word index, which then has few rows to fetch.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.functions import Length

from rapport.core import text
from rapport.core.querysets import RecordQuerySet

NAMES_LOOKED_AT = 5_000
NEWEST_LOOKED_AT = 30_000
RARE = 5_000
MOST_WORDS = 8
LONGEST_WORD = 100


def first_wanted(rows: RecordQuerySet, *, wanted: Q, look_at: int, limit: int) -> list[int]:
    """The ids of the first `limit` rows that are wanted, among the first `look_at` rows in their order.

    The condition is kept out of the inner query on purpose: there the planner would trade the order for it.
    """
    if look_at <= 0 or limit <= 0:
        return []
    yes, no = Value(True, output_field=BooleanField()), Value(False, output_field=BooleanField())
    marked = rows.annotate(is_wanted=Case(When(wanted, then=yes), default=no) if wanted else yes)
    inner, values = marked.values_list("pk", "is_wanted")[:look_at].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({inner}) looked_at(id, is_wanted) WHERE is_wanted LIMIT %s",  # noqa: S608
            (*values, limit),
        )
        return [row[0] for row in cursor.fetchall()]


def by_words(rows: RecordQuerySet, query: str, *, wanted: Q, limit: int) -> list[int]:
    """The ids of at most `limit` wanted records with, for each word asked, a word that starts with it.

    Those whose name begins with the text come first, by name. `rows` have `sort_name` and `search_text`.
    """
    words = [word[:LONGEST_WORD] for word in text.words(query)[:MOST_WORDS]]
    asked = " ".join(words)
    if not asked:
        return []
    named = rows.filter(sort_name__startswith=asked).order_by("sort_name", "pk")
    found = first_wanted(named, wanted=wanted, look_at=NAMES_LOOKED_AT, limit=limit)
    if len(found) == limit:
        return found
    # A common word is as dear in the word index as all records having it, so the index is asked for rare
    # words only. Where all are common, the newest records likely hold enough.
    rare = [word for word in words if rows.filter(rows.words_condition(word)).estimate() < RARE]
    by_row = rows.words_condition_of_a_row(asked)
    if not rare:
        newest = rows.order_by("-pk")
        more = first_wanted(newest, wanted=wanted & by_row, look_at=NEWEST_LOOKED_AT, limit=limit)
        found = joined(found, more)
    if len(found) < limit:
        matching = rows.words_condition(" ".join(rare or words)) & by_row
        rest = rows.filter(wanted & matching).order_by(Length("sort_name"), "sort_name", "pk")
        found = joined(found, rest.values_list("pk", flat=True)[:limit])
    return found[:limit]


def by_prefix(rows: RecordQuerySet, column: str, prefixes: Iterable[str], *, wanted: Q, limit: int) -> list[int]:
    """The ids of at most `limit` wanted records whose column starts with one of the texts, in its order.

    `column` has collation C and an index.
    """
    found: list[int] = []
    for prefix in dict.fromkeys(prefixes):
        if prefix and len(found) < limit:
            starting = rows.filter(**{f"{column}__startswith": prefix}).order_by(column)
            more = first_wanted(starting, wanted=wanted, look_at=NAMES_LOOKED_AT, limit=limit)
            found = joined(found, more)
    return found[:limit]


def joined(found: list[int], more: Iterable[int]) -> list[int]:
    """Both lists one after the other, each id once."""
    return list(dict.fromkeys([*found, *more]))


def in_order(rows: RecordQuerySet, ids: list[int]) -> list[Any]:
    """The records with these ids, in the order of the ids."""
    records = {record.pk: record for record in rows.filter(pk__in=ids)} if ids else {}
    return [records[pk] for pk in ids if pk in records]


def written_alike(query: str) -> list[str]:
    """The ways in which an id may have been written: as typed, and in capitals."""
    bare = query.strip()
    return [bare, bare.upper()]
