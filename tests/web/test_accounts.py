"""Coming in and going out: password, one-time link, new password by mail; language and theme."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.config import settings as production
from rapport.core import clock
from rapport.identity import actions
from rapport.identity.models import EntryLink, RoleCode, User
from rapport.identity.tasks import send_new_password_link

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"


@pytest.fixture
def user() -> User:
    """Someone with a password."""
    return User.objects.create_user(
        email="an@example.com", full_name="An", role=RoleCode.SELLER, password=PASSWORD, language="en"
    )


def work_off() -> None:
    """Do what the worker would: send the mail."""
    for job in ProcrastinateJob.objects.filter(task_name__endswith="send_new_password_link").order_by("pk"):
        send_new_password_link.func(**job.args)


def is_in(client: Client) -> bool:
    """Whether the client is signed in."""
    return "_auth_user_id" in client.session


def test_every_page_asks_for_sign_in_first(client: Client) -> None:
    response = client.get("/settings/users/?a=b")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/settings/users/%3Fa%3Db"


def test_a_request_of_htmx_is_sent_to_sign_in_as_a_whole(client: Client) -> None:
    response = client.get("/settings/users/", headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_a_password_lets_in(client: Client, user: User) -> None:
    response = client.post("/accounts/login/", {"login": "AN@example.com", "password": PASSWORD})
    assert response["Location"] == "/"
    assert is_in(client)


@pytest.mark.parametrize(
    ("state", "password"),
    [({}, "wrong"), ({"email": "another@example.com"}, PASSWORD), ({"password": "!"}, "wrong"),
     ({"is_active": False}, "wrong")],
    ids=["wrong", "unknown", "without a password", "shut out"],
)  # fmt: skip
def test_who_may_not_come_in_is_told_alike_for_as_much_work(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, state: dict[str, Any], password: str
) -> None:
    User.objects.update(**state)
    hashed, encode = [], MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, given: str, salt: str) -> str:
        hashed.append(salt)
        return encode(self, given, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    with CaptureQueriesContext(connection) as queries:
        response = client.post("/accounts/login/", {"login": "an@example.com", "password": password})
    assert not is_in(client)
    assert "The email address and/or password you specified are not correct." in response.content.decode()
    assert (len(hashed), len(queries)) == (1, 2)


def test_someone_shut_out_does_not_come_in(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    client.post("/accounts/login/", {"login": "an@example.com", "password": PASSWORD})
    assert not is_in(client)


def test_sign_in_leads_to_no_other_site(client: Client, user: User) -> None:
    response = client.post(
        "/accounts/login/?next=https://elsewhere.example/",
        {"login": "an@example.com", "password": PASSWORD, "next": "https://elsewhere.example/"},
    )
    assert "elsewhere" not in response["Location"]


def test_nobody_signs_up(client: Client) -> None:
    fields = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post("/accounts/signup/", fields)
    assert response["Location"] == "/accounts/login/"
    assert not User.objects.exists()


def test_going_out_takes_a_post(client: Client, user: User) -> None:
    client.force_login(user, backend="rapport.identity.backends.WithRole")
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_a_new_password_by_mail(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": "an@example.com"})
    work_off()
    address = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert address
    page = client.get(address[1], follow=True)
    assert page.status_code == 200
    fresh = {"password1": "another long secret", "password2": "another long secret"}
    client.post(page.redirect_chain[-1][0], fresh)
    user.refresh_from_db()
    assert user.check_password("another long secret")


def test_an_unknown_email_gets_the_same_answer_and_no_mail(client: Client, user: User) -> None:
    def ask(email: str) -> tuple[int, str, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/accounts/password/reset/", {"email": email})
        return answer.status_code, answer["Location"], len(queries)

    assert ask("an@example.com") == ask("nobody@example.com")
    assert mail.outbox == []
    work_off()
    assert [sent.to for sent in mail.outbox] == [["an@example.com"]]


@pytest.mark.parametrize("email", ["an@example.com", "nobody@example.com"])
def test_too_many_attempts_are_told_alike_and_when_to_try_again(client: Client, user: User, email: str) -> None:
    for _number in range(5):
        client.post("/accounts/login/", {"login": email, "password": "wrong"})
    told = client.post(
        "/accounts/login/", {"login": email.upper(), "password": PASSWORD}, headers={"Host": "localhost"}
    )
    assert "Too many attempts. Try again in five minutes." in told.content.decode()
    for _number in range(5):
        client.post("/accounts/password/reset/", {"email": email})
    last = client.post("/accounts/password/reset/", {"email": email})
    assert (last.status_code, last["Retry-After"]) == (429, "300")
    assert "Try again in five minutes" in last.content.decode()
    assert client.post("/accounts/login/", {"login": "other@example.com", "password": "wrong"}).status_code == 200


def test_links_cannot_be_tried_through(client: Client) -> None:
    answers = [client.post(f"/enter/{number}/").status_code for number in range(21)]
    assert answers == [410] * 20 + [429]


def test_limits_hold_across_processes(client: Client, user: User, settings: Any) -> None:
    settings.CACHES = production.CACHES
    for _number in range(5):
        client.post("/accounts/login/", {"login": "an@example.com", "password": "wrong"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_attempts")
        assert cursor.fetchone()[0] >= 2
    client.post("/accounts/login/", {"login": "an@example.com", "password": PASSWORD})
    assert not is_in(client)


def test_a_one_time_link_is_used_by_its_button_alone(client: Client, user: User) -> None:
    token = actions.make_entry_link(user=user, at=clock.now())
    page = client.get(f"/enter/{token}/")
    assert page.status_code == 200
    assert not is_in(client)
    assert client.post(f"/enter/{token}/")["Location"] == "/"
    assert is_in(client)


@pytest.mark.parametrize("age", [timedelta(hours=25), None])
def test_a_link_that_is_old_or_made_up_lets_nobody_in(client: Client, user: User, age: timedelta | None) -> None:
    token = actions.make_entry_link(user=user, at=clock.now() - age) if age else "made-up"
    response = client.post(f"/enter/{token}/")
    assert response.status_code == 410
    assert not is_in(client)
    assert not EntryLink.objects.exclude(used_at=None).exists()


def test_who_came_by_a_link_is_asked_for_a_password(client_as: Callable[..., Client]) -> None:
    client = client_as("administrator", language="en")
    assert "set a password" in client.get("/settings/users/").content.decode()
    fresh = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/set/", fresh)["Location"] == "/me/"
    assert "set a password" not in client.get("/settings/users/").content.decode()


def test_a_weak_password_is_refused(client_as: Callable[..., Client]) -> None:
    client = client_as("seller")
    client.post("/accounts/password/set/", {"password1": "12345678", "password2": "12345678"})
    assert not User.objects.get().has_usable_password()


def test_ones_own_name_and_email(client_as: Callable[..., Client], user: User) -> None:
    client = client_as("viewer")
    assert client.get("/me/").status_code == 200
    taken = client.post("/me/", {"full_name": "Lan", "email": "an@example.com"})
    assert taken.status_code == 422
    assert User.objects.filter(full_name="Lan").count() == 0
    assert client.post("/me/", {"full_name": "Lan", "email": "lan@example.com"}).status_code == 302
    assert User.objects.get(full_name="Lan").email == "lan@example.com"


def test_a_role_is_not_ones_own_to_choose(client_as: Callable[..., Client]) -> None:
    client = client_as("viewer")
    client.post("/me/", {"full_name": "Lan", "email": "lan@example.com", "role": "administrator"})
    assert User.objects.get().role == RoleCode.VIEWER


def test_a_visitor_chooses_a_language_and_a_theme(client: Client) -> None:
    client.post("/look/language/", {"language": "vi", "next": "/accounts/login/"})
    client.post("/look/theme/", {"theme": "dark"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="vi" data-theme="rapport-dark">' in page


def test_a_user_keeps_the_choice(client_as: Callable[..., Client]) -> None:
    client = client_as("viewer")
    back = client.post("/look/language/", {"language": "vi", "next": "/me/"})
    assert back["Location"] == "/me/"
    assert client.post("/look/theme/", {"theme": "light"}, headers={"HX-Request": "true"}).status_code == 204
    user = User.objects.get()
    assert (user.language, user.theme) == ("vi", "light")
    assert '<html lang="vi" data-theme="rapport">' in client.get("/me/").content.decode()


@pytest.mark.parametrize(("path", "fields"), [("language", {"language": "xx"}), ("theme", {"theme": "pink"})])
def test_an_unknown_choice_changes_nothing(client_as: Callable[..., Client], path: str, fields: dict[str, str]) -> None:
    client = client_as("viewer")
    client.post(f"/look/{path}/", fields)
    user = User.objects.get()
    assert (user.language, user.theme) == ("", "")


def test_a_choice_leads_to_no_other_site(client: Client) -> None:
    response = client.post("/look/language/", {"language": "vi", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
