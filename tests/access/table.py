"""One row a route and method: which right it needs, of whose record, how to ask it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rapport.identity.access import Action, Kind, Reach
from rapport.identity.rights import Pair, has_owner
from tests.access.stand import Stand

# Instead of a right: anybody at all, or whoever is signed in, a role without any right included.
OPEN, SIGNED_IN = "open", "signed in"
POSITIONS = ("own", "team", "other", "nobody")
# Which records a reach takes in.
COVERS = {
    Reach.NOTHING: (),
    Reach.OWN: ("own", "nobody"),
    Reach.TEAM: ("own", "team", "nobody"),
    Reach.ALL: POSITIONS,
}
# The records that tell a reach from the next one, on either side of its edge.
BEYOND = ((Reach.NOTHING, "own"), (Reach.OWN, "team"), (Reach.TEAM, "other"))
WITHIN = ((Reach.OWN, "own"), (Reach.TEAM, "team"), (Reach.ALL, "other"))
Body = Callable[[Stand], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A route, one of its methods, and who may use it.

    `args` are words: attributes of the stand give their id, others stand for themselves, as does what is behind a `=`.
    `seen` is the kind of the record that is in the address: hidden, it gives 404. Without the right the answer is
    `refused`. With `sent` an allowed request must change something; without it, or with a `body` alone, it may find
    the form wanting. `answers` are other than the usual ones where it is allowed. A GET writes nothing unless it
    `notes` who asked; what is `slow` is allowed once.
    `lists` is the kind of record that the answer names, as far as the right `narrows` reaches.
    """

    name: str
    right: Pair | str
    method: str = "GET"
    args: str = ""
    ask: str = ""
    seen: Kind | None = None
    refused: int = 403
    sent: Body | None = None
    body: Body | None = None
    notes: bool = False
    slow: bool = False
    answers: tuple[int, ...] = ()
    lists: Kind | None = None
    narrows: Action = Action.SEE


@dataclass(frozen=True)
class Case:
    """A role, given as the rights in which it differs from one that may do everything, a record, and what comes."""

    rights: tuple[tuple[Pair, Reach], ...]
    position: str
    status: int | None

    def __str__(self) -> str:
        held = ", ".join(f"{kind}.{action}={reach.name.lower()}" for (kind, action), reach in self.rights)
        return f"with {held or 'every right'} on the record of {self.position}"


def cases(route: Route) -> Iterator[Case]:
    """Every role and record between which the route must tell; `status` None is allowed."""
    if isinstance(route.right, str):
        return
    right, seen = route.right, (route.seen, Action.SEE) if route.seen else None
    reaches = has_owner(*right) and right[0] is route.seen
    if seen:
        yield from (Case(((seen, reach),), position, 404) for reach, position in BEYOND)
    if right != seen:
        edges = BEYOND if reaches else BEYOND[:1]
        yield from (Case(((right, reach),), position, route.refused) for reach, position in edges)
    edges = WITHIN if reaches and seen else WITHIN[-1:]
    for reach, position in edges:
        held = dict.fromkeys([*([seen] if seen else []), right], reach)
        yield Case(tuple(held.items()) if reach is not Reach.ALL else (), position, None)


def see(name: str, kind: Kind, args: str, **more: Any) -> Route:
    """A page of a record that one may see."""
    return Route(name=name, right=(kind, Action.SEE), seen=kind, args=args, **more)


def form(name: str, right: Pair, args: str = "", *, sent: Body | None = None, **more: Any) -> list[Route]:
    """A page with a form, looked at and sent."""
    asked = Route(name=name, right=right, args=args, **more)
    return [asked, Route(name=name, right=right, args=args, method="POST", sent=sent, **more)]


def post(name: str, right: Pair, args: str = "", *, sent: Body | None = None, **more: Any) -> Route:
    """Something that is only sent."""
    return Route(name=name, right=right, args=args, method="POST", sent=sent, **more)


def alike(routes: str, right: Pair | str, **more: Any) -> list[Route]:
    """Pages without a record in their address that need the same right."""
    return [Route(name=name, right=right, **more) for name in routes.split()]
