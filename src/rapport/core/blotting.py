"""Taking a person's words out of texts: names, e-mails and phone numbers, however they are written.

A name is found with or without accents, in any case, with any blanks between its words; a phone number with or without
its country code, with the usual signs between its digits. A name of one word is left alone: in Vietnamese it is nearly
always a word of its own.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, TextField

from rapport.core.text import fold

BLOT = "███"
_BETWEEN_DIGITS = r"[\s().\-–]*"
_IN_SQL = "[[:space:]().–-]*"
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Words:
    """What tells of a person: `names`, and addresses, which are theirs alone."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @cached_property
    def told(self) -> re.Pattern[str]:
        """All of them, to be looked for in a folded text."""
        return _pattern([*map(_name, self.long_names), *self._addresses])

    @cached_property
    def addresses(self) -> re.Pattern[str]:
        """E-mails, phone numbers and ids alone."""
        return _pattern(self._addresses)

    @property
    def long_names(self) -> list[str]:
        """The names that can be told from other words."""
        return [name for name in self.names if len(name.split()) > 1]

    @property
    def _addresses(self) -> list[str]:
        literal = [re.escape(fold(each)) for each in (*self.emails, *self.ids)]
        return [*literal, *(_phone(each, _BETWEEN_DIGITS) for each in self.phones)]

    def likely(self, *, names: bool) -> list[str]:
        """Regular expressions of PostgreSQL, one of which meets every text that holds an address, or a name."""
        found = [re.escape(each) for each in (*self.emails, *self.ids)]
        found += [_phone(each, _IN_SQL).replace("(?:", "(") for each in self.phones]
        for name in self.long_names if names else ():
            first = name.split()
            for written in {name, name.upper(), name.lower(), fold(name), unicodedata.normalize("NFD", name)}:
                found.append("[[:space:]]+".join(re.escape(word) for word in written.split()))
            found.append("[[:space:]]+".join(re.escape(word) for word in first))
        return list(dict.fromkeys(found))


def _name(name: str) -> str:
    return r"\s+".join(re.escape(word) for word in fold(name).split())


def _phone(e164: str, between: str) -> str:
    digits = re.sub(r"\D", "", e164.partition(";")[0])
    home = digits.removeprefix("84") if digits.startswith("84") else ""
    ways = [rf"\+?84{between}(?:0{between})?", "0"] if home else [r"\+?"]
    spaced = between.join(home or digits)
    return f"(?:{'|'.join(ways)}){between}{spaced}"


def _pattern(parts: list[str]) -> re.Pattern[str]:
    longest_first = sorted(set(parts), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)" if parts else r"(?!)", re.IGNORECASE)


def blotted(text: str, pattern: re.Pattern[str]) -> str:
    """The text without what the pattern finds in it; the very same text where it finds nothing."""
    whole = unicodedata.normalize("NFC", text)
    bare = "".join(_one(letter) for letter in whole)
    spans = [match.span() for match in pattern.finditer(bare)]
    if not spans:
        return text
    for start, end in reversed(spans):
        whole = whole[:start] + BLOT + whole[end:]
    return whole


def _one(letter: str) -> str:
    """A letter folded; one that would become several stays as it is, so that places in both texts agree."""
    found = fold(letter)
    return found if len(found) == 1 else letter


def blotted_json(value: Any, pattern: re.Pattern[str]) -> Any:
    """The same for every text in a JSON value, keys included."""
    if isinstance(value, str):
        return blotted(value, pattern)
    if isinstance(value, list):
        return [blotted_json(each, pattern) for each in value]
    if isinstance(value, dict):
        return {blotted(key, pattern): blotted_json(each, pattern) for key, each in value.items()}
    return value


@dataclass(frozen=True)
class _Column:
    """A column that may hold words."""

    name: str
    is_json: bool
    is_list: bool
    field: Any = field(compare=False)

    @property
    def as_text(self) -> str:
        return f"t.{_quoted(self.name)}::text"


def columns(model: type[Model]) -> list[Any]:
    """The columns of a model in which people write: texts, lists of texts, JSON. Codes are none."""
    found = []
    for each in model._meta.local_concrete_fields:
        if _is_written(each):
            is_list = isinstance(each, ArrayField)
            found.append(_Column(str(each.column), isinstance(each, JSONField), is_list, each))
    return found


def _is_written(each: "Field[Any, Any]") -> bool:
    if isinstance(each, JSONField):
        return True
    inner = each.base_field if isinstance(each, ArrayField) else each
    return isinstance(inner, CharField | TextField) and not inner.choices and not each.primary_key


def blot(model: type[Model], ids: Iterable[int], pattern: re.Pattern[str], *, called: tuple[str, ...] = ()) -> int:
    """Take the words out of all columns of these rows; gives how many rows held any. Triggers that guard them yield.

    `called` names columns that say what a row is called, and after the first of them what is derived from it: a row
    that is itself called so keeps them.
    """
    wanted = sorted(set(ids))
    known = columns(model)
    count = 0
    if not known or not wanted:
        return 0
    with connection.cursor() as cursor, unguarded(model):
        for start in range(0, len(wanted), ROWS_AT_ONCE):
            cursor.execute(
                f"SELECT {_key(model)}, {', '.join(each.as_text if each.is_json else _bare(each) for each in known)}"  # noqa: S608
                f" FROM {_quoted(model._meta.db_table)} t WHERE {_key(model)} = ANY(%s)",
                [wanted[start : start + ROWS_AT_ONCE]],
            )
            for pk, *values in cursor.fetchall():
                row = _open(dict(zip(known, values, strict=True)), called, pattern)
                count += _rewritten(cursor, model, pk, row, pattern)
    return count


def _open(row: dict[_Column, Any], called: tuple[str, ...], pattern: re.Pattern[str]) -> dict[_Column, Any]:
    """The columns from which the words go."""
    own = [value for column, value in row.items() if column.name in called[:1] and value]
    if not any(blotted(value, pattern) != value for value in own):
        return row
    return {column: value for column, value in row.items() if column.name not in called}


def _rewritten(cursor: Any, model: type[Model], pk: int, row: dict[_Column, Any], pattern: re.Pattern[str]) -> int:
    """Write a row anew without the words; 1 where it held any."""
    changed = {}
    for column, value in row.items():
        if value is None:
            continue
        new = _without(column, value, pattern)
        if new != value:
            changed[column] = new
    if changed:
        sets = ", ".join(f"{_quoted(each.name)} = %s{'::jsonb' if each.is_json else ''}" for each in changed)
        cursor.execute(
            f"UPDATE {_quoted(model._meta.db_table)} t SET {sets} WHERE {_key(model)} = %s",  # noqa: S608
            [*changed.values(), pk],
        )
    return bool(changed)


def _without(column: _Column, value: Any, pattern: re.Pattern[str]) -> Any:
    if column.is_list:
        return [blotted(each, pattern) if isinstance(each, str) else each for each in value]
    made = blotted(value, pattern)
    if column.is_json and made != value:
        try:  # Numbers stay as they are written; only where a word was found outside of a text is it taken apart.
            json.loads(made)
        except ValueError:
            return json.dumps(blotted_json(json.loads(value), pattern), ensure_ascii=False)
    return made


def holding(model: type[Model], likely: list[str]) -> Iterator[list[int]]:
    """The ids of rows in which any column meets one of the expressions of PostgreSQL, some at a time."""
    known = columns(model)
    if not known or not likely:
        return
    told = f"concat_ws(' ', {', '.join(each.as_text for each in known)})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_key(model)} FROM {_quoted(model._meta.db_table)} t WHERE {told} ~* %s",  # noqa: S608
            ["|".join(f"({each})" for each in likely)],
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield [row[0] for row in rows]


@contextmanager
def unguarded(model: type[Model]) -> Iterator[None]:
    """Triggers that keep the rows of a model as they are yield to an erasure."""
    named = [f"{model._meta.label}:{each.name}" for each in getattr(model._meta, "triggers", ())]
    if not named:
        yield
        return
    with pgtrigger.ignore(*named):
        yield


def _bare(column: _Column) -> str:
    return f"t.{_quoted(column.name)}"


def _key(model: type[Model]) -> str:
    return f"t.{_quoted(str(getattr(model._meta.pk, 'column', 'id')))}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
