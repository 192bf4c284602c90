"""What every test stands on: an embedded PostgreSQL, signed-in clients, no outside network."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from rapport.config import postgres
from rapport.identity.models import Team, User
from tests import databases, scheduling
from tests.factories import knowing_its_role

UserMaker = Callable[..., User]
ClientMaker = Callable[..., Client]
real_connect = socket.socket.connect


class OutsideNetwork(Exception):
    """A test reached for a machine other than this one."""


def connect_at_home(self: socket.socket, address: Any) -> None:
    """Connect to this machine only."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(str(address[0])):
        raise OutsideNetwork(f"Tests stay on this machine, not {address}.")
    real_connect(self, address)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pytest_configure(config: pytest.Config) -> None:
    """Close the network; let the first process of a parallel run hold the server."""
    socket.socket.connect = connect_at_home  # type: ignore[method-assign,assignment]
    if config.getoption("numprocesses", None):
        postgres.start_embedded()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.ByFile:
    """Whole files go to a worker, and what runs on Spark goes to one."""
    return scheduling.scheduler(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a parallel run the longest begin; else the order stays random."""
    if hasattr(config, "workerinput"):
        items.sort(key=scheduling.longest_first)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Start or join the embedded server, and copy a database, before the first test that needs one."""
    postgres.start_embedded()
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()
    TransactionTestCase._fixture_teardown = databases.empty  # type: ignore[attr-defined]
    connection.creation._destroy_test_db = databases.drop  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """No test inherits another's rate limits or cached answers."""
    yield
    cache.clear()


@pytest.fixture
def at() -> datetime:
    """The instant at which a test's actions happen."""
    return datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


@pytest.fixture
def user_as(db: None) -> UserMaker:
    """Make a user of a role: `user_as("seller", team=team)`."""

    def make(role: str, **fields: Any) -> User:
        number = User.objects.count() + 1
        fields.setdefault("email", f"{role}{number}@example.com")
        fields.setdefault("full_name", f"{role.title()} {number}")
        return knowing_its_role(User.objects.create_user(role=role, **fields))

    return make


@pytest.fixture
def client_as(user_as: UserMaker) -> ClientMaker:
    """A client signed in as a new user of a role, found as `client.user`; "nobody" is not signed in."""

    def make(role: str, **fields: Any) -> Client:
        client = Client()
        if role != "nobody":
            user = user_as(role, **fields)
            client.force_login(user, backend="rapport.identity.backends.WithRole")
            client.user = user  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def team(db: None) -> Team:
    """A team to belong to."""
    return Team.objects.create(name="North")
