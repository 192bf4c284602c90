"""Who is acting, and through what: told to the database along with every statement that may write.

The triggers of `rapport.history` read it there, so that bulk statements and raw SQL are told of like single records.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connection

SETTING = "rapport.acting"
LONGEST_WHAT = 100
# Statements that may write rows; a text of several statements may hold one of these anywhere.
WRITES = re.compile(r"\s*(?:insert|update|delete|merge|with|do|call)\b|[^;]*;\s*\S", re.IGNORECASE)
NOT_SAID = re.compile(r"[^\w .:#/@+-]")

Who = int | None | Callable[[], int | None]
What = str | Callable[[], str]


class Through(StrEnum):
    """The ways by which a change comes in."""

    PAGE = "page"
    API = "api"
    IMPORT = "import"
    JOB = "job"
    TERMINAL = "terminal"


@dataclass(frozen=True)
class Acting:
    """Who acts through what. Callables are asked when something is written: a request knows its view late."""

    user_id: Who = None
    through: str = ""
    what: What = ""

    def told(self) -> str:
        """As the setting of the database holds it: user, way, what, parted by bars."""
        who = self.user_id() if callable(self.user_id) else self.user_id
        what = self.what() if callable(self.what) else self.what
        return f"{'' if who is None else int(who)}|{self.through}|{NOT_SAID.sub(' ', what)[:LONGEST_WHAT]}"


_present: ContextVar[Acting | None] = ContextVar("acting", default=None)


def present() -> Acting:
    """Who is acting now, in this thread; nobody known where nothing was said."""
    return _present.get() or Acting()


@contextmanager
def acting(*, user_id: Who = None, through: Through | None = None, what: What | None = None) -> Iterator[None]:
    """Say of everything written inside by whom it is, through what, and what it is part of.

    What is not given stays as it was said further out. It holds for this thread's connection alone.
    """
    outer = _present.get()
    inner = outer or Acting()
    if user_id is not None:
        inner = replace(inner, user_id=user_id)
    if through is not None:
        inner = replace(inner, through=through)
    if what is not None:
        inner = replace(inner, what=what)
    mark = _present.set(inner)
    try:
        if _tell in connection.execute_wrappers:
            yield
        else:
            with connection.execute_wrapper(_tell):
                yield
    finally:
        _present.reset(mark)


def _tell(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Set the database's setting for the rest of the transaction in the same round trip as a writing statement."""
    if not isinstance(sql, str) or not WRITES.match(sql) or getattr(context["cursor"], "name", None):
        return execute(sql, params, many, context)
    told = present().told()
    if many:
        # One statement with many rows of values takes no other before it. Outside a transaction it stays untold.
        context["cursor"].cursor.execute(f"SELECT set_config('{SETTING}', '{told}', true)")
        return execute(sql, params, many, context)
    before = f"SELECT set_config('{SETTING}', '{told}', true); "
    answer = execute(before + sql, params, many, context)
    if answer is not None:
        answer.nextset()
    return answer
