"""What records are found by in their own fields, and the search texts made anew where these changed for many."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from rapport.fields import queries
from rapport.fields.definitions import Definition, Type
from rapport.fields.shown import searched

# By kind: has the search texts of the records with these ids made anew. The apps of the records register theirs.
Again = Callable[[list[int]], None]
_again: dict[str, Again] = {}
_asked: ContextVar[dict[str, list[Definition]] | None] = ContextVar("definitions_asked_once", default=None)


def texts(kind: str, values: Mapping[str, Any]) -> list[str]:
    """The texts among a record's own values that it is found by. Asks the definitions only where there are some."""
    if not any(isinstance(value, str) for value in values.values()):
        return []
    known = _asked.get()
    if known is None:
        return searched(queries.definitions(kind, retired=True), values)
    if kind not in known:
        known[kind] = queries.definitions(kind, retired=True)
    return searched(known[kind], values)


def codes(definitions: Iterable[Definition]) -> list[str]:
    """The codes of the texts that records are found by: those that every reader of the record may see."""
    return [each.code for each in definitions if each.type is Type.TEXT and not each.seen_by]


@contextmanager
def asking_once() -> Iterator[None]:
    """For whoever names many records: the definitions are asked once for each kind."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def register(kind: str, again: Again) -> None:
    """Say how the search texts of a kind of record are made anew."""
    _again[kind] = again


def is_searched(kind: str) -> bool:
    """Whether records of the kind are found by words at all."""
    return kind in _again


def again(kind: str, ids: list[int]) -> None:
    """Have the search texts of records made anew; a kind that is not searched by words has none."""
    if ids and kind in _again:
        with asking_once():
            _again[kind](ids)
