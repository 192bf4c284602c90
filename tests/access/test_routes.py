"""Every route x role x reach: allowed answers, and no effect where it is refused. A route without a row fails."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rapport.identity.access import Kind, Reach
from rapport.identity.rights import OFFERED
from tests.access.stand import Stand, World, make_world
from tests.access.table import COVERS, OPEN, POSITIONS, SIGNED_IN, Case, Route, cases

HERE = Path(__file__).parent
SECTIONS = {found.name: importlib.import_module(f"tests.access.rows.{found.name}").ROUTES
            for found in pkgutil.iter_modules([str(HERE / "rows")])}  # fmt: skip
TABLE: list[Route] = [route for section in SECTIONS.values() for route in section]
# What keeps note of who is where; it changes with every request.
NOTED_BY_EVERY_REQUEST = ("identity_session", "identity_apiuse")
CHANGES = (200, 201, 204, 302, 409, 410, 422)
ALLOWED = {"GET": (200,)}
DONE = (200, 201, 204, 302)
NOT_ALLOWED = (401, 403, 404)
NOTHING = tuple((pair, Reach.NOTHING) for pair in OFFERED)


def named_routes(patterns: list[Any], within: str = "") -> Iterator[str]:
    """The name of every address of the site, with its namespaces."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (within, pattern.namespace) if part)
            yield from named_routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            name = pattern.name or str(pattern.pattern)
            yield f"{within}:{name}" if within else name


def written() -> int:
    """How many rows were written in this transaction so far, those taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [list(NOTED_BY_EVERY_REQUEST)],
        )
        (count,) = cursor.fetchone()
    return int(count or 0)


def address(route: Route, stand: Stand) -> str:
    """Where the route is, for the records of one stand."""
    given = [getattr(stand, word).pk if hasattr(stand, word) and not route.name.startswith(("quick:", "search:"))
             else word.removeprefix("=") for word in route.args.split()]  # fmt: skip
    return reverse(route.name, args=given) + (f"?{route.ask}" if route.ask else "")


def asked(client: Client, route: Route, stand: Stand) -> tuple[HttpResponseBase, int]:
    """The answer of a route, and how many rows it wrote; nothing of it stays."""
    before = written()
    with transaction.atomic():
        there = address(route, stand)
        if route.method == "GET":
            answer: HttpResponseBase = client.get(there)
        else:
            said = route.sent or route.body
            body = said(stand) if said else {}
            given = {"content_type": "application/json"} if route.name.startswith("api:") else {}
            answer = getattr(client, route.method.lower())(there, body, **given)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        wrote = written() - before
        transaction.set_rollback(True)
    return answer, wrote


def wrong(route: Route, case: Case, answer: HttpResponseBase, wrote: int) -> str:
    """What is wrong with an answer, in words; empty where it is as it should be."""
    got = f"{answer.status_code}, {wrote} rows written"
    if case.status is not None:
        right = answer.status_code == case.status and wrote == 0
        return "" if right else f"must be {case.status} without effect, is {got}"
    if answer.status_code not in (DONE if route.sent else route.answers or ALLOWED.get(route.method, CHANGES)):
        return f"must be allowed, is {got}"
    if route.sent and not wrote:
        return f"must change something, is {got}"
    if route.method == "GET" and wrote and not route.notes:
        return f"must not write, is {got}"
    return ""


def judged(client: Client, world: World, route: Route) -> Iterator[str]:
    """What is wrong with a route."""
    where = f"{route.method} {route.name}"
    if route.right == SIGNED_IN:
        world.give(NOTHING)
        found = wrong(route, Case((), "own", None), *asked(client, route, world.stands["own"]))
        yield from [f"{where} without any right: {found}"] if found else []
    for case in cases(route):
        if case.status is None and route.slow and case.position != "other":
            continue
        world.give(case.rights)
        found = wrong(route, case, *asked(client, route, world.stands[case.position]))
        yield from [f"{where} {case}: {found}"] if found else []
    visitor = Client()
    if route.right != OPEN:
        answer, wrote = asked(visitor, route, world.stands["own"])
        if (answer.status_code not in (302, 401)) or wrote:
            yield f"{where} by a visitor: {answer.status_code}, {wrote} rows written"


def other_methods(client: Client, world: World, section: list[Route]) -> Iterator[str]:
    """What a page does that is sent a form it does not have, or a form that is only looked at: nothing."""
    known = {(route.name, route.method) for route in TABLE}
    world.give(())
    for route in {route.name: route for route in section if route.right != OPEN}.values():
        for method in ("GET", "POST"):
            if (route.name, method) in known or route.name.startswith("api:") or route.slow:
                continue
            asking = Route(name=route.name, right=route.right, method=method, args=route.args)
            answer, wrote = asked(client, asking, world.stands["own"])
            if answer.status_code < 400 and wrote and not route.notes:
                yield f"{method} {route.name} has no row: {answer.status_code}, {wrote} rows written"


def named(client: Client, world: World, route: Route) -> Iterator[str]:
    """What a list names that it should not, and the other way round."""
    assert route.lists
    for reach in Reach:
        world.give((((route.lists, route.narrows), reach),))
        with transaction.atomic():
            answer = client.get(address(route, world.stands["own"]))
            text = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        shown = {position for position in POSITIONS if name_of(route.lists, position) in text.decode()}
        if shown != set(COVERS[reach]):
            yield f"{route.name}?{route.ask} with {route.lists}={reach.name}: names {sorted(shown)}"


def name_of(kind: Kind, position: str) -> str:
    """What a list says of the record of a position."""
    return f"Zz{position}-1" if kind is Kind.ORDER else f"Zz{position} {kind.value.title()}"


@pytest.fixture
def world(db: None) -> World:
    """Everything that the routes are asked of."""
    return make_world()


@pytest.fixture
def client(world: World) -> Client:
    """The one who asks, signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(world.user, backend="rapport.identity.backends.WithRole")
    return client


@pytest.mark.parametrize("section", SECTIONS)
def test_every_route_answers_as_its_right_says(section: str, client: Client, world: World) -> None:
    complaints = [found for route in SECTIONS[section] for found in judged(client, world, route)]
    complaints += [found for route in SECTIONS[section] if route.lists for found in named(client, world, route)]
    complaints += other_methods(client, world, SECTIONS[section])
    assert complaints == [], "\n".join(["", *complaints])


def test_every_route_has_a_row() -> None:
    routes = set(named_routes(get_resolver().url_patterns))
    rows = {route.name for route in TABLE}
    assert routes - rows == set(), "write their rows into tests/access/rows/"
    assert rows - routes == set(), "these are gone"
