"""The frame: what it leads to for whom, its errors, its headers, its few queries."""

from collections.abc import Callable

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoAssertNumQueries

from rapport.config.urls import urlpatterns as real_urls
from rapport.core.errors import ChangedByAnother, NotAllowed
from rapport.identity.models import Organisation, User
from rapport.web import shell
from tests.factories import knowing_its_role

Maker = Callable[..., Client]


def not_allowed(request: HttpRequest) -> HttpResponse:
    """A view that refuses."""
    raise NotAllowed("This deal is in other hands.")


def changed(request: HttpRequest) -> HttpResponse:
    """A view that came too late."""
    raise ChangedByAnother("Someone else saved it.")


def broken(request: HttpRequest) -> HttpResponse:
    """A view with a mistake."""
    raise ZeroDivisionError


def telling(request: HttpRequest) -> HttpResponse:
    """A view that says something and shows a part of a page."""
    messages.success(request, "Đã lưu")
    return HttpResponse("part")


urlpatterns = [
    path("t/not-allowed/", not_allowed),
    path("t/changed/", changed),
    path("t/broken/", broken),
    path("t/telling/", telling),
    *real_urls,
]
with_test_views = pytest.mark.urls("tests.web.test_shell")


def shown(sells_to: str, role: str) -> tuple[list[str], list[str]]:
    """The names of the sections and of what can be made, on pages where all of them exist."""
    request = RequestFactory().get("/")
    request.resolver_match = None
    user = knowing_its_role(User(role=role))
    organisation = Organisation(sells_to=sells_to)
    sections = shell.links(shell.SECTIONS, request, user, organisation)
    return [link.icon for link in sections], [link.icon for link in shell.creations(request, user, organisation)]


@pytest.mark.parametrize(
    ("sells_to", "role", "without"),
    [
        ("both", "administrator", set()),
        ("companies", "administrator", {"chart-column"}),
        ("people", "administrator", {"building-2", "square-kanban", "chart-line"}),
        ("both", "seller", {"file-up", "chart-column", "chart-line", "users-round"}),
        ("people", "viewer", {"building-2", "square-kanban", "chart-line", "file-up"}),
    ],
)
def test_the_rail_leaves_out_what_is_not_needed(sells_to: str, role: str, without: set[str]) -> None:
    everything, _creations = shown("both", "administrator")
    sections, _creations = shown(sells_to, role)
    assert set(everything) - set(sections) == without & set(everything)


def test_who_only_looks_makes_nothing() -> None:
    assert shown("both", "viewer")[1] == []


@pytest.mark.django_db
def test_a_page_knows_where_it_is(client_as: Maker) -> None:
    page = client_as("administrator").get("/settings/users/").content.decode()
    assert 'href="/settings/" aria-current="page"' in page
    assert 'href="/settings/users/" aria-current="page"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["seller", "viewer"])
def test_the_settings_are_not_offered_to_others(client_as: Maker, role: str) -> None:
    assert 'href="/settings/"' not in client_as(role).get("/me/").content.decode()


@pytest.mark.django_db
def test_the_frame_costs_three_queries(client_as: Maker, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = client_as("administrator")
    with django_assert_max_num_queries(3 + 2):  # The page itself asks how and where one signs in.
        client.get("/me/")


@pytest.mark.django_db
def test_a_demo_says_so(client_as: Maker) -> None:
    Organisation.objects.create(pk=1, is_demo=True)
    assert "made up" in client_as("viewer", language="en").get("/me/").content.decode()


@pytest.mark.django_db
def test_headers_keep_strangers_out(client_as: Maker) -> None:
    response = client_as("viewer").get("/me/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Content-Language"] in {"vi", "en"}


@pytest.mark.django_db
def test_a_page_that_is_not_there(client_as: Maker) -> None:
    response = client_as("viewer", language="en").get("/no-such-page/")
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()
    kind = "multipart/form-data; boundary="
    broken = client_as("viewer", language="en").generic("POST", "/no-such-page/", b"x", content_type=kind)
    assert broken.status_code == 404
    many = client_as("viewer", language="en").post("/me/", {str(number): "" for number in range(1500)})
    assert (many.status_code, "cannot be read" in many.content.decode()) == (400, True)
    assert Client().get("/", headers={"host": "another.example"}).status_code == 400


@with_test_views
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        ("not-allowed", 403, "This deal is in other hands."),
        ("changed", 409, "Someone else saved it."),
        ("broken", 500, "Something broke on our side"),
    ],
)
def test_errors_are_told_in_words(client_as: Maker, view: str, status: int, words: str) -> None:
    client = client_as("viewer", language="en")
    client.raise_request_exception = False
    response = client.get(f"/t/{view}/")
    assert response.status_code == status
    assert words in response.content.decode()


@with_test_views
@pytest.mark.django_db
def test_messages_reach_htmx_as_toasts_once(client_as: Maker) -> None:
    client = client_as("viewer")
    response = client.get("/t/telling/", headers={"HX-Request": "true"})
    assert response["HX-Trigger"] == ('{"told": [{"level": "success", "text": "\\u0110\\u00e3 l\\u01b0u"}]}')
    assert "Đã lưu" not in client.get("/me/").content.decode()


@with_test_views
@pytest.mark.django_db
def test_messages_wait_for_the_next_page_otherwise(client_as: Maker) -> None:
    client = client_as("viewer")
    client.get("/t/telling/")
    assert "Đã lưu" in client.get("/me/").content.decode()


@pytest.mark.django_db
def test_a_post_without_its_token_is_refused_in_words(client_as: Maker) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(client_as("viewer", language="en").user)  # type: ignore[attr-defined]
    response = client.post("/me/", {"full_name": "X", "email": "x@example.com"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
