"""What reaches the logs: that something went wrong, and where; never what somebody typed or a customer is called."""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

_ARGUMENTS = re.compile(r"(\[\d+\])\(.*\)", re.DOTALL)
NO_ROUTE = "an unknown address"
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutAddresses(logging.Filter):
    """Of a request its route is told: addresses hold the tokens of links. Of a job its name: arguments hold e-mails."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take out what must not be told; the record itself always goes on."""
        request: Any = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = request.resolver_match
            told = f"/{match.route}" if match else NO_ROUTE
            # Django escapes the address before it logs it.
            written = (path, path.encode("unicode_escape").decode("ascii"))
            record.args = tuple(told if argument in written else argument for argument in record.args)
        if record.name.startswith("procrastinate"):
            record.msg, record.args = _ARGUMENTS.sub(r"\1(…)", record.getMessage()), ()
        return True


class WithoutValues(logging.Formatter):
    """Errors by their kind and place. What they say is left out: a database names the row, a parser the text."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 # so it is called there
        """The traceback of the error and of those behind it, without their words."""
        told, error = [], ei[1]
        while error is not None:
            kind = type(error)
            places = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"{places}{kind.__module__}.{kind.__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nafter:\n".join(told)
