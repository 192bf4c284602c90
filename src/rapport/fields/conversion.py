"""What becomes of the values when a field takes something else, or a choice goes: counted first, then done at once.

Each different value is looked at once, however many records hold it, and all records are changed by one statement.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import override

from rapport.core.text import words
from rapport.fields import indexes, rules
from rapport.fields.definitions import Choice, Definition, Type
from rapport.fields.shown import shown

MOST_CHOICES = 200
MOST_EXAMPLES = 5
_BATCH = 5_000
_FROM_TEXT = (Type.NUMBER, Type.MONEY, Type.DATE, Type.CHOICE, Type.CHOICES, Type.YES_NO)
ALLOWED: dict[Type, tuple[Type, ...]] = {
    Type.TEXT: _FROM_TEXT,
    Type.NUMBER: (Type.TEXT, Type.MONEY),
    Type.MONEY: (Type.TEXT, Type.NUMBER),
    Type.DATE: (Type.TEXT,),
    Type.CHOICE: (Type.TEXT, Type.CHOICES),
    Type.CHOICES: (Type.TEXT, Type.CHOICE),
    Type.YES_NO: (Type.TEXT,),
    Type.LINK: (),
}


@dataclass
class Effect:
    """What a change does to the values: `held` records have one, `emptied` of them lose it."""

    held: int = 0
    kept: int = 0
    emptied: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, records: int, *, said: str, fits: bool) -> None:
        """So many records hold this value."""
        self.held += records
        self.kept += records if fits else 0
        self.emptied += 0 if fits else records
        if not fits and len(self.examples) < MOST_EXAMPLES:
            self.examples.append(said)


def holding(definition: Definition) -> int:
    """How many records have a value, archived ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {indexes.table(definition.kind)} WHERE custom ? %s",  # noqa: S608
            [definition.code],
        )
        return int(cursor.fetchone()[0])


def holding_choice(definition: Definition) -> dict[str, int]:
    """How many records have each choice, by its code."""
    value = "jsonb_array_elements_text(custom -> %s)" if definition.type is Type.CHOICES else "custom ->> %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {value} AS code, count(*) FROM {indexes.table(definition.kind)}"  # noqa: S608
            " WHERE custom ? %s GROUP BY 1",
            [definition.code, definition.code],
        )
        return dict(cursor.fetchall())


def choices_of(definition: Definition) -> tuple[Choice, ...] | None:
    """The different texts as choices, the most frequent first; None where there are too many to be choices."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(custom ->> %s) FROM {indexes.table(definition.kind)} WHERE custom ? %s"  # noqa: S608
            f" GROUP BY lower(custom ->> %s) ORDER BY count(*) DESC, 1 LIMIT {MOST_CHOICES + 1}",
            [definition.code] * 3,
        )
        texts = [row[0] for row in cursor.fetchall()]
    if len(texts) > MOST_CHOICES:
        return None
    found: list[Choice] = []
    for text in texts:
        found.append(Choice(new_code(text, {choice.code for choice in found}), text[:80], ""))
    return tuple(found)


def new_code(text: str, taken: set[str]) -> str:
    """A code made from a label, other than those taken: `Ngành hàng` gives `nganh_hang`."""
    bare = "_".join(words(text)).encode("ascii", "ignore").decode()[:34].strip("_")
    stem = bare if bare[:1].isalpha() else f"x_{bare}".rstrip("_")
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}_{number}"
    return code


def effect(before: Definition, after: Definition, *, currency: str) -> Effect:
    """What becoming the other definition would do; nothing is written."""
    found = Effect()
    with override("vi"):
        for value, records in _different(before):
            found.count(records, said=shown(before, value), fits=_turned(before, after, value, currency) is not None)
    return found


def apply(before: Definition, after: Definition, *, currency: str, at: datetime) -> int:
    """Turn every value, inside the caller's transaction; gives how many records changed.

    Their version grows, so that nobody saves an old value over a turned one.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE turned (was jsonb, now jsonb) ON COMMIT DROP")
        _write_turned(cursor, _turned_pairs(before, after, currency))
        cursor.execute("ANALYZE turned")
        cursor.execute(
            f"""UPDATE {indexes.table(before.kind)} t
                SET custom = CASE WHEN turned.now IS NULL THEN t.custom - %s
                                  ELSE jsonb_set(t.custom, ARRAY[%s], turned.now) END,
                    version = t.version + 1, updated_at = %s
                FROM turned WHERE t.custom -> %s = turned.was""",  # noqa: S608
            [before.code, before.code, at, before.code],
        )
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE turned")
    return changed


def _turned_pairs(before: Definition, after: Definition, currency: str) -> list[tuple[str, str | None]]:
    """Each different value that changes, with what it becomes, as JSON."""
    pairs = ((value, _turned(before, after, value, currency)) for value, _records in _different(before))
    return [(json.dumps(was), None if now is None else json.dumps(now)) for was, now in pairs if now != was]


def _write_turned(cursor: Any, pairs: list[tuple[str, str | None]]) -> None:
    """Into the temporary table; read whole before, since one connection cannot ask while it copies."""
    with cursor.copy("COPY turned FROM STDIN") as copy:
        for pair in pairs:
            copy.write_row(pair)


def empty(definition: Definition, *, at: datetime) -> int:
    """Take the field away from every record; gives how many had it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {indexes.table(definition.kind)} SET custom = custom - %s, version = version + 1,"  # noqa: S608
            " updated_at = %s WHERE custom ? %s",
            [definition.code, at, definition.code],
        )
        return int(cursor.rowcount)


def _different(definition: Definition) -> Iterator[tuple[Any, int]]:
    """Every different value with the number of records that hold it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (custom -> %s)::text, count(*) FROM {indexes.table(definition.kind)}"  # noqa: S608
            " WHERE custom ? %s GROUP BY custom -> %s",
            [definition.code] * 3,
        )
        while rows := cursor.fetchmany(_BATCH):
            for text, number in rows:
                yield json.loads(text), number


def _turned(before: Definition, after: Definition, value: Any, currency: str) -> Any:
    """The value as the other definition keeps it; None where it does not fit."""
    if before.type is Type.CHOICES and after.type is Type.CHOICES:
        return [code for code in value if after.choice(code)] or None
    if before.type is after.type:
        return value if after.type is not Type.CHOICE or after.choice(value) else None
    if after.type is Type.TEXT:
        with override("vi"):
            return shown(before, value)[: rules.LONGEST_TEXT] or None
    given = _loose(before, after, value)
    try:
        # People of this market wrote the texts; what a program wrote is read the same, but for 1.250.
        return rules.clean_one(after, given, language="vi" if before.type is Type.TEXT else "", currency=currency)
    except rules.Unfit:
        return None


def _loose(before: Definition, after: Definition, value: Any) -> Any:
    """The value as the other type reads it."""
    if before.type is Type.MONEY:
        return Decimal(value["amount"])
    if before.type is Type.CHOICE:
        return [value]
    if before.type is Type.CHOICES:
        return value[0] if len(value) == 1 else ""
    return value


def turned_default(before: Definition, after: Definition, *, currency: str) -> Any:
    """What is filled in beforehand, turned likewise."""
    return None if before.default is None else _turned(before, after, before.default, currency)
