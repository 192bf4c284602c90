"""The one request of an attempt: to an address that was looked at, within a time, reading little, following nothing.

httpcore, on which httpx stands, is asked directly: it is the level at which the connection and the clock can be ours.
"""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from rapport.webhooks import targets

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_READ = 16 * 1024
KEPT_OF_ANSWER = 300
AGENT = "Rapport-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """How an attempt went: the status, or none where none came; what was answered or went wrong, in words."""

    status: int | None
    words: str
    retry_after: int | None = None

    @property
    def is_good(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float = TOTAL_SECONDS) -> Answer:
    """Send the body as JSON. Nothing is raised: whatever goes wrong is told in the answer."""
    deadline = time.monotonic() + seconds
    try:
        found = targets.target(url, inner_hosts=settings.WEBHOOK_HOSTS)
        checked = targets.addresses(found, inner_hosts=settings.WEBHOOK_HOSTS)
        return _asked(found, body, headers, _Pinned(checked, deadline))
    except targets.WrongTarget as error:
        return Answer(None, str(error))
    except httpcore.TimeoutException:
        return Answer(None, _("No answer within %(seconds)d seconds.") % {"seconds": round(seconds)})
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        return Answer(None, _("The connection failed: %(why)s.") % {"why": str(error)[:200] or type(error).__name__})


def _asked(found: targets.Target, body: bytes, headers: dict[str, str], network: "_Pinned") -> Answer:
    told = {"Content-Type": "application/json", "User-Agent": AGENT, "Connection": "close"} | headers
    limits = {"connect": CONNECT_SECONDS, "read": TOTAL_SECONDS, "write": TOTAL_SECONDS, "pool": CONNECT_SECONDS}
    with (
        httpcore.ConnectionPool(ssl_context=_trust(), network_backend=network) as pool,
        pool.stream(
            "POST", found.url, headers=list(told.items()), content=body, extensions={"timeout": limits}
        ) as response,
    ):
        if 300 <= response.status < 400:
            return Answer(response.status, _("It leads elsewhere; messages follow no redirects."))
        return Answer(response.status, _start(response.iter_stream()), _retry_after(response.headers))


def _start(pieces: Iterable[bytes]) -> str:
    """What the receiver says, as far as it is worth keeping."""
    read = b""
    for piece in pieces:
        read += piece
        if len(read) >= MOST_READ:
            break
    return " ".join(read[:MOST_READ].decode("utf-8", "replace").replace("\0", "").split())[:KEPT_OF_ANSWER]


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """After how many seconds the receiver wants to be asked again; only the form in seconds is understood."""
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) < 6:
            return int(value)
    return None


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Pinned(httpcore.NetworkBackend):
    """Connects to the addresses that were looked at, whatever the name resolves to by now, until the deadline."""

    def __init__(self, checked: list[str], deadline: float) -> None:
        self._checked, self._deadline = checked, deadline
        self._real = httpcore.SyncBackend()

    def connect_tcp(  # type: ignore[override] # httpcore gives by name what comes after the port
        self, host: str, port: int, timeout: float | None = None, **further: Any
    ) -> httpcore.NetworkStream:
        """A connection to the first of them that answers."""
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._checked:
            try:
                stream = self._real.connect_tcp(address, port, timeout=_left(self._deadline, timeout), **further)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Bounded(stream, self._deadline)
        raise failed

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        """Never: a message goes over the network."""
        raise httpcore.ConnectError(path)


class _Bounded(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes."""
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All bytes."""
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, sealed; the certificate must be the one of the name, not of the address."""
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """Seconds until the first of the two. Raises ReadTimeout where none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)
