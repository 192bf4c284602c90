"""Where fact tables come from: each app says in its `facts.py` how its rows become facts, and what to watch.

Rows are grouped into blocks of `BLOCK` ids. A block is written anew, whole, when anything in it changed; for that
each source names the rows of the records on which its facts depend.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapport.lake.tables import FactTable

SHIFT = 18
BLOCK = 1 << SHIFT


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Rows of the records on which facts depend. All three are SQL.

    `rows` stands after FROM, `row` is the alias of the table whose changes count, `key` gives the id of the fact. With
    `leaves_out` the rows take something out of the facts: the condition is asked in blocks that have such rows.
    """

    rows: str
    row: str
    key: str
    leaves_out: str = ""

    @property
    def counting(self) -> str:
        """SQL of (block, number of rows, sum of the keys' last bits, age of the youngest row in transactions)."""
        return (
            f"SELECT ({self.key}) >> {SHIFT}, count(*), sum((({self.key}) & {BLOCK - 1})::integer),"  # noqa: S608
            f" min(age({self.row}.xmin)) FROM {self.rows} GROUP BY 1"
        )


@dataclass(frozen=True, kw_only=True)
class Source:
    """How one fact table is read: its columns and its rows as SQL, by the number of the record that is their `key`.

    The first watch is of the records themselves: a block without any of them has no facts. Days are told in the
    installation's time zone, to which the session is set: `placed_at::date`.
    """

    table: FactTable
    columns: dict[str, str]
    rows: str
    key: str
    watches: tuple[Watch, ...]
    where: str = "true"

    def __post_init__(self) -> None:
        if list(self.columns) != self.table.schema.names:
            raise ValueError(f"The columns of {self.table.name} are {', '.join(self.table.schema.names)}.")

    def reading(self, block: int, *, leaves_out: Iterable[str] = ()) -> str:
        """SQL of the facts of one block, in the order of their keys."""
        first = block * BLOCK
        conditions = [f"{self.key} BETWEEN {first} AND {first + BLOCK - 1}", self.where, *leaves_out]
        columns = ", ".join(f'{value} AS "{name}"' for name, value in self.columns.items())
        return f"SELECT {columns} FROM {self.rows} WHERE {' AND '.join(conditions)} ORDER BY {self.key}"  # noqa: S608

    @cached_property
    def fingerprint(self) -> str:
        """What changes when the same records would give other facts."""
        return hashlib.sha256(
            repr((self.table, self.columns, self.rows, self.key, self.watches, self.where)).encode()
        ).hexdigest()


_registered: dict[str, Source] = {}


def register(*sources: Source) -> None:
    """Have fact tables exported from these sources; only `config/wiring.py` calls this."""
    _registered.update({source.table.name: source for source in sources})


def registered() -> tuple[Source, ...]:
    """Every source, in the order of registration."""
    return tuple(_registered.values())
