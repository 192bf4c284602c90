"""Many rows at once, set by set: staged by COPY, matched and written by the bulk actions that imports use.

One transaction; no query for a single row. What is said of a row is its fate there, or why it was refused.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from rapport.api.problems import Problem
from rapport.core import bulk, text
from rapport.core.bulk import Load
from rapport.fields import queries, search
from rapport.fields import values as own_fields
from rapport.identity.models import User
from rapport.imports import own as own_columns
from rapport.imports.loading import LOCK, SAID
from rapport.imports.messages import sentence
from rapport.imports.readers import RowProblem

# For so long a call waits for an import that is writing.
PATIENCE = "5s"
PEOPLE = "people_person"
STATUSES = {"created": "created", "updated": "changed", "unchanged": "unchanged"}
Values = dict[str, Any]


@dataclass(frozen=True)
class Staged:
    """How rows of one kind are staged: the PostgreSQL type of each column, which are folded, which name others.

    `links` are found by the given function, which makes none; `load` writes. `table` is the one written;
    new rows of a `kind` that has custom fields begin with their defaults. `own` are the codes of those that rows say
    something in, each in a column of its own, and `searched` those that records are found by.
    """

    table: str
    columns: dict[str, str]
    folded: tuple[str, ...]
    load: Callable[[Load], Any]
    links: dict[str, Callable[..., int]] = field(default_factory=dict)
    kind: str = ""
    strict: bool = False
    own: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What became of every row: (status, id) by line, and (field, message) of those refused."""

    fates: dict[int, tuple[str, int]] = field(default_factory=dict)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)

    def ids(self, status: str) -> tuple[int, ...]:
        """The different records of this status."""
        return tuple(sorted({pk for told, pk in self.fates.values() if told == status}))


class _Late(Exception):
    """Rows turned out bad when they were written."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows


@transaction.atomic
def write(how: Staged, rows: dict[int, Values], *, by: User, at: datetime, currency: str) -> Outcome:
    """Write the clean rows by line; what a row does not say, or says is null, stays as it is.

    Raises Problem where an import holds the tables for long.
    """
    given = {name for values in rows.values() for name in values if name in how.columns}
    names = [name for name in how.columns if name in given]
    definitions = queries.definitions(how.kind, retired=True) if how.kind else []
    how = replace(how, searched=tuple(search.codes(definitions)))
    with connection.cursor() as cursor:
        _wait(cursor)
        fields = frozenset([*names, *(part for name in names for part in _parts(how, name))])
        load = Load(
            cursor=cursor,
            batch=None,
            at=at,
            by_id=by.pk,
            fields=fields,
            add_unknown=False,
            currency=currency,
            own_table=how.table if how.kind else "",
            own=own_columns.together(how.own),
            own_beginning=json.dumps(own_fields.beginning(definitions)),
            strict=how.strict,
        )
        bulk.prepare(load)
        bulk.know_sizes(cursor, tables=[how.table])
        _stage(load, how, names, rows)
        for name, find in how.links.items():
            if name in names:
                _link(load, name, rows, find)
        _owners(load, names, rows)
        return _write_surely(load, how)


def _wait(cursor: CursorWrapper) -> None:
    """One load at a time, as imports do; the tables are theirs as long as they write."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    try:
        with transaction.atomic():
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    except OperationalError as error:
        words = _("An import is writing just now. Ask again in a while.")
        raise Problem("unavailable", words, headers={"Retry-After": "15"}) from error
    cursor.execute("SET LOCAL lock_timeout = 0")


def _parts(how: Staged, name: str) -> tuple[str, ...]:
    """The columns that are made from one: what it is sorted and found by."""
    return (f"{name}_fold", f"{name}_words") if name in how.folded else ()


def _stage(load: Load, how: Staged, names: Sequence[str], rows: dict[int, Values]) -> None:
    """Fill `staged`."""
    columns = [(name, how.columns[name]) for name in names]
    columns += [(part, "text") for name in names for part in _parts(how, name)]
    told = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    load.run(f"CREATE TEMP TABLE staged (line bigint, {told}) ON COMMIT DROP")
    folded = [name for name in names if name in how.folded]
    with load.cursor.copy("COPY staged FROM STDIN") as copy:
        for line, values in rows.items():
            made = [made for name in folded for made in _folded(values.get(name))]
            copy.write_row([line, *(values.get(name) for name in names), *made])
    load.run("ANALYZE staged")


def _folded(value: str | None) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    folded = text.fold(value)
    if folded.isascii() and folded.replace(" ", "").isalnum():
        return folded, folded
    return folded, text.search_text(folded)


def _link(load: Load, name: str, rows: dict[int, Values], find: Callable[..., int]) -> None:
    """Find what the values of a field name; the lines whose value names nothing are refused."""
    table = f"link_{name}"
    values = {values[name] for values in rows.values() if values.get(name) is not None}
    load.run(
        f"""CREATE TEMP TABLE {table} (value text PRIMARY KEY, fold text, words text, id bigint, problem text,
                                       team_id bigint) ON COMMIT DROP"""
    )
    with load.cursor.copy(f"COPY {table} (value, fold, words) FROM STDIN") as copy:
        for value in sorted(values):
            copy.write_row([value, *_folded(value)])
    load.run(f"ANALYZE {table}")
    find(load, link=table)
    bulk.reject_bad_links(load, field=name)


def _owners(load: Load, names: Sequence[str], rows: dict[int, Values]) -> None:
    """Owners are named by number, and bring their team."""
    if "owner" not in names:
        return
    values = sorted({values["owner"] for values in rows.values() if values.get("owner") is not None})
    load.run(
        """CREATE TEMP TABLE link_owner ON COMMIT DROP AS
           SELECT given.value, u.id, NULL::text AS problem, u.team_id
           FROM unnest(%(values)s::text[]) AS given(value) LEFT JOIN identity_user u ON u.id::text = given.value;
           ANALYZE link_owner""",
        values=values,
    )
    bulk.reject_bad_links(load, field="owner")


def _write_surely(load: Load, how: Staged) -> Outcome:
    """Write; where a row turns out bad only when it is written, begin again without it."""
    while True:
        try:
            with transaction.atomic():
                return _write_once(load, how)
        except _Late as found:
            load.cursor.executemany("INSERT INTO rejected VALUES (%s, %s, %s, %s)", found.rows)


def _write_once(load: Load, how: Staged) -> Outcome:
    how.load(load)
    load.cursor.execute("SELECT r.* FROM rejected r JOIN fate f ON f.line = r.line")
    if late := load.cursor.fetchall():
        raise _Late(late)
    _search_again(load, how)
    load.cursor.execute(
        """SELECT line, status, id FROM fate UNION ALL
           SELECT x.line, f.status, f.id FROM folded x JOIN fate f ON f.line = x.into_line"""
    )
    fates = {line: (STATUSES[status], pk) for line, status, pk in load.cursor.fetchall()}
    load.cursor.execute("SELECT line, field, code, value FROM rejected")
    refused = {
        line: (name, sentence(RowProblem(line=line, field=name, code=code, value=value or "")))
        for line, name, code, value in load.cursor.fetchall()
    }
    return Outcome(fates, refused)


def _search_again(load: Load, how: Staged) -> None:
    """Make the search text of the touched records from what they now say, for kinds that need more than a name."""
    table, said = how.table, SAID.get(how.table)
    if how.searched and table == PEOPLE:
        # People are found by their name alone, which is written with them, unless they have fields of words.
        said = "t.full_name"
        bulk.search_again(load, table=table)
    if said is None:
        return
    texts = "".join(f", t.custom ->> '{code}'" for code in how.searched)
    load.cursor.execute(
        f"""SELECT t.id, concat_ws(' ', {said}{texts}) FROM {table} t
            JOIN (SELECT DISTINCT id FROM to_search WHERE table_name = %s) touched ON touched.id = t.id""",
        [table],
    )
    found = [(pk, text.search_text(words)) for pk, words in load.cursor.fetchall()]
    if found:
        load.run(
            f"""UPDATE {table} t SET search_text = w.words
                FROM unnest(%(ids)s::bigint[], %(words)s::text[]) AS w(id, words)
                WHERE w.id = t.id AND t.search_text <> w.words""",
            ids=[pk for pk, _words in found],
            words=[words for _pk, words in found],
        )


def told_together(rows: dict[int, Values], keys: Callable[[Values], Iterable[Any]]) -> dict[int, int]:
    """Make one row of several of one call that are one record: the later say more, the first stays.

    `keys` are what a row is told by, the surest first. Gives which line went into which.
    """
    holder: dict[Any, int] = {}
    into: dict[int, int] = {}
    for line in list(rows):
        values = rows[line]
        names = list(keys(values))
        first = next((holder[name] for name in names[:1] if name in holder), None)
        if first is None and names and names[0][0] != "external_id":
            first = next((holder[name] for name in names if name in holder), None)
        if first is None:
            for name in names:
                holder.setdefault(name, line)
            continue
        rows[first] |= {name: value for name, value in values.items() if value is not None}
        del rows[line]
        into[line] = first
    return into
