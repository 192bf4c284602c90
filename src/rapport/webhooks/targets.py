"""Where messages may go: addresses of the public internet, by https; nothing of this machine or its network.

A name is resolved once for each attempt, all it resolves to is looked at, and the connection goes to what was looked
at (see `sending`), so that a name that resolves otherwise a moment later leads nowhere else.
"""

import ipaddress
import queue
import socket
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import psutil
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST = 2000
# Ports below this belong to services of a machine: mail, shells, name servers.
FIRST_FREE_PORT = 1024
RESOLVE_SECONDS = 5.0
# Not private by their number, but never a receiver: what embeds IPv4 addresses, and a cloud's inner address.
NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "168.63.129.16/32",
            "192.0.0.0/24",
            "192.88.99.0/24",
            "2001::/32",
            "2002::/16",
            "3fff::/20",
        ),
    )
)
# All that was ever given out of IPv6 for the internet; whatever lies outside leads inside, or nowhere.
GIVEN_OUT = ipaddress.ip_network("2000::/3")


class WrongTarget(RapportError):
    """Nothing is sent to this address; the message says why."""

    def __init__(self, message: str | Promise, field: str = "url") -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Target:
    """An address that may be asked: whole, and its parts."""

    url: str
    scheme: str
    host: str
    port: int


def target(url: str, *, inner_hosts: frozenset[str] = frozenset()) -> Target:
    """The address taken apart. `inner_hosts` are names (or `name:port`) that may be of one's own network, and http.

    Raises WrongTarget for anything but https, with user names, odd ports, an address that is written as a number and
    not public; names are looked at when they are resolved.
    """
    parts, port = _split(url)
    host = _plain(parts.hostname or "")
    found = Target(parts._replace(netloc=_place(host, parts.port), fragment="").geturl(), parts.scheme, host, port)
    if is_inner(found, inner_hosts):
        return found
    if parts.scheme != "https":
        raise WrongTarget(_("The address must begin with https://."))
    if port != 443 and port < FIRST_FREE_PORT:
        raise WrongTarget(_("This port belongs to another kind of service; use 443, or one above 1023."))
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return found
    if not is_public(number):
        raise _inside()
    return found


def is_inner(found: Target, inner_hosts: frozenset[str]) -> bool:
    """Whether the settings name the host as one of one's own network."""
    return found.host in inner_hosts or f"{found.host}:{found.port}" in inner_hosts


def addresses(
    found: Target, *, inner_hosts: frozenset[str] = frozenset(), seconds: float = RESOLVE_SECONDS
) -> list[str]:
    """What the host resolves to now. Raises WrongTarget for no answer in time, and if any of it is not public."""
    numbers = _resolved(found, seconds)
    if is_inner(found, inner_hosts):
        return numbers
    own = _own_addresses()
    for each in numbers:
        number = ipaddress.ip_address(each.partition("%")[0])
        if not is_public(number) or number in own:
            raise _inside()
    return numbers


def _resolved(found: Target, seconds: float) -> list[str]:
    """The numbers of the host, each once. The resolver itself cannot be told how long to wait: it is left behind."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            given = socket.getaddrinfo(found.host, found.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put(list(dict.fromkeys(str(answer[4][0]) for answer in given)))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.0))
    except queue.Empty as error:
        raise WrongTarget(_("The name of the host is not known.")) from error
    if isinstance(answer, Exception):
        raise WrongTarget(_("The name of the host is not known.")) from answer
    return answer


def is_public(number: Address) -> bool:
    """Whether an address belongs to the public internet, whatever way it is written."""
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        return is_public(number.ipv4_mapped)
    if any(number in network for network in NEVER if network.version == number.version):
        return False
    if isinstance(number, ipaddress.IPv6Address) and number not in GIVEN_OUT:
        return False
    return number.is_global and not number.is_multicast


def _split(url: str) -> tuple[SplitResult, int]:
    if len(url) > LONGEST or any(letter <= " " or letter == "\x7f" or letter == "\\" for letter in url):
        raise WrongTarget(_("This is no address of a web page."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WrongTarget(_("This is no address of a web page.")) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise WrongTarget(_("The address must begin with https:// and name a host."))
    if parts.username is not None or parts.password is not None:
        raise WrongTarget(_("The address must not hold a user name or password; messages are signed instead."))
    if not parts.geturl().isascii() and not (parts.path + parts.query).isascii():
        raise WrongTarget(_("Letters beyond ASCII in the path must be percent-encoded."))
    return parts, port or (443 if parts.scheme == "https" else 80)


def _plain(host: str) -> str:
    """The host as name servers know it."""
    try:
        plain = host if ":" in host else host.encode("idna").decode()
    except UnicodeError as error:
        raise WrongTarget(_("The name of the host is not known.")) from error
    return plain.lower().rstrip(".")


def _place(host: str, port: int | None) -> str:
    return (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")


def _own_addresses() -> set[Address]:
    """The addresses of this machine, public ones too."""
    found: set[Address] = set()
    for of_one in psutil.net_if_addrs().values():
        for each in of_one:
            if each.family in (socket.AF_INET, socket.AF_INET6):
                found.add(ipaddress.ip_address(each.address.partition("%")[0]))
    return found


def _inside() -> WrongTarget:
    return WrongTarget(_("The address leads to this machine or its own network; messages go to the internet only."))
