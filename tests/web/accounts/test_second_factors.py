"""Second factors: setting one up, being asked for it, losing it, and roles that demand one."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from rapport.core import clock
from rapport.core.models import AuditEntry
from rapport.identity import actions, second_factors
from rapport.identity.models import Role, User
from rapport.identity.sessions import Session
from rapport.web.accounts import sealing
from tests.conftest import ClientMaker

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def user() -> User:
    """Someone with a password and an authenticator app."""
    user = User.objects.create_user(email="an@example.com", full_name="An", role="seller", password=PASSWORD)
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealing.seal(SECRET)})
    return user


def code(*, steps: int = 0, secret: str = SECRET) -> str:
    """The code of the moment, or that many half minutes later."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))


def is_in(client: Client) -> bool:
    """Whether the client is signed in."""
    return "_auth_user_id" in client.session


def half_way(client: Client) -> Any:
    """Sign in with the password alone."""
    return client.post("/accounts/login/", {"login": "an@example.com", "password": PASSWORD})


def second_half(client: Client, typed: str) -> Any:
    """The code after the password."""
    return client.post("/accounts/2fa/authenticate/", {"code": typed})


def test_a_password_alone_reaches_nothing(client: Client, user: User) -> None:
    assert half_way(client)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert client.get("/people/")["Location"].startswith("/accounts/login/")
    assert client.get("/accounts/2fa/codes/").status_code in (302, 404)
    assert second_half(client, code())["Location"] == "/"
    assert is_in(client)


def test_a_link_that_works_once_is_no_way_around(client: Client, user: User) -> None:
    token = actions.make_entry_link(user=user, at=clock.now())
    assert client.post(f"/enter/{token}/")["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    second_half(client, code())
    assert is_in(client)


def test_a_clock_may_differ_and_a_code_opens_once(user: User) -> None:
    typed = code(steps=-1)
    first, second = Client(), Client()
    half_way(first)
    second_half(first, typed)
    assert is_in(first)
    half_way(second)
    assert "was used already" in second_half(second, f" {typed} ").content.decode()
    second_half(second, code(steps=-2))
    assert not is_in(second)
    second_half(second, code())
    assert is_in(second)


def test_guessing_ends_after_five_and_is_told(client: Client, user: User) -> None:
    half_way(client)
    for _number in range(5):
        second_half(client, "000000")
    assert "Try again in five minutes" in second_half(client, code()).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password", "closed"])
def test_a_half_finished_sign_in_dies_with_what_it_began_with(client: Client, user: User, change: str) -> None:
    half_way(client)
    if change == "closed":
        User.objects.update(is_active=False)
    else:
        user.set_password("quite another secret")
        user.save()
    assert second_half(client, code())["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_setting_up_an_app(client_as: ClientMaker) -> None:
    client = client_as("seller")
    page = client.get("/accounts/2fa/app/")
    assert "<svg" in page.content.decode()
    secret = client.session[totp.SECRET_SESSION_KEY]
    client.get("/accounts/2fa/app/")
    assert client.session[totp.SECRET_SESSION_KEY] == secret
    typed = code(secret=secret)
    answer = client.post("/accounts/2fa/app/", {"code": typed})
    assert answer["Location"] == "/accounts/2fa/codes/"
    held = Authenticator.objects.get(type="totp")
    assert secret not in str(held.data)
    assert not second_half_fits(held, typed)
    codes = client.get("/accounts/2fa/codes/").content.decode()
    assert codes.count("<li>") == 10
    assert "app" in client.get("/me/").content.decode()
    assert AuditEntry.objects.filter(code="identity.second_factor_added").count() == 1


def second_half_fits(held: Authenticator, typed: str) -> bool:
    """Whether the code that proved the app would sign in as well."""
    client = Client()
    client.force_login(held.user)
    return client.post("/accounts/2fa/reauthenticate/", {"code": typed}).status_code == 302


def test_a_recovery_code_stands_in_once(client: Client, user: User) -> None:
    insider = Client()
    insider.force_login(user)
    insider.post("/accounts/2fa/reauthenticate/?next=/accounts/2fa/codes/new/", {"code": code()})
    insider.post("/accounts/2fa/codes/new/")
    spare = insider.get("/accounts/2fa/codes/download/").content.decode().split()[-1]
    half_way(client)
    second_half(client, f"{spare[:4]} {spare[4:]}")
    assert is_in(client)
    other = Client()
    half_way(other)
    second_half(other, spare)
    assert not is_in(other)


class TestARoleThatDemandsOne:
    @pytest.fixture(autouse=True)
    def demanding(self, db: None) -> None:
        """Sellers must have a second factor."""
        Role.objects.filter(code="seller").update(second_factor=True)

    def test_leads_who_has_none_to_it_and_nowhere_else(self, client_as: ClientMaker) -> None:
        client = client_as("seller")
        for path in ("/", "/people/", "/me/", "/accounts/password/set/", "/no/such/page/"):
            assert client.get(path)["Location"] == "/accounts/2fa/"
        quick = client.get("/people/", headers={"HX-Request": "true"})
        assert (quick.status_code, quick["HX-Redirect"]) == (204, "/accounts/2fa/")
        assert client.post("/people/new/", {"full_name": "Nobody"})["Location"] == "/accounts/2fa/"
        assert client.get("/accounts/2fa/").status_code == 200
        client.get("/accounts/2fa/app/")
        client.post("/accounts/2fa/app/", {"code": code(secret=client.session[totp.SECRET_SESSION_KEY])})
        assert client.get("/people/").status_code == 200

    def test_lets_others_be(self, client_as: ClientMaker) -> None:
        assert client_as("viewer").get("/people/").status_code == 200

    def test_keeps_the_last_one(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        client.post("/accounts/2fa/reauthenticate/", {"code": code()})
        page = client.post("/accounts/2fa/app/remove/")
        assert "Your role needs a second factor" in page.content.decode()
        Role.objects.update(second_factor=False)
        client.post("/accounts/2fa/app/remove/")
        assert not second_factors.has_one(user=user)


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("seller", 403), ("manager", 403), ("administrator", 302)]
)
def test_an_administrator_takes_a_lost_one_away(client_as: ClientMaker, user: User, who: str, status: int) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    answer = client_as(who).post(f"/settings/users/{user.pk}/second-factor/remove/")
    assert answer.status_code == status
    done = who == "administrator"
    assert second_factors.has_one(user=user) is not done
    assert Session.objects.filter(user=user).exists() is not done
    assert AuditEntry.objects.filter(code="identity.second_factors_removed").exists() is done


def test_taking_one_away_takes_showing_who_one_is(user: User) -> None:
    client = Client()
    client.force_login(user)
    assert client.post("/accounts/2fa/app/remove/")["Location"].startswith("/accounts/reauthenticate/")
    assert second_factors.has_one(user=user)


PARTS = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}
CREDENTIAL = {"id": "AA", "rawId": "AA", "type": "public-key", "response": PARTS}
JUNK = [
    "",
    "null",
    "[]",
    "{}",
    '"x"',
    "{",
    "[" * 5000,
    json.dumps(CREDENTIAL),
    json.dumps(CREDENTIAL | {"response": []}),
    json.dumps(CREDENTIAL | {"response": PARTS | {"userHandle": "MQ"}}),
    json.dumps(CREDENTIAL | {"response": PARTS | {"userHandle": 7}}),
    json.dumps(CREDENTIAL | {"response": PARTS | {"userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}),
]


@pytest.mark.parametrize("junk", JUNK)
def test_a_passkey_made_up_lets_nobody_in(client: Client, user: User, junk: str) -> None:
    client.get("/accounts/2fa/passkeys/sign-in/", headers={"Accept": "application/json"})
    answer = client.post("/accounts/2fa/passkeys/sign-in/", {"credential": junk})
    assert answer.status_code == 302
    assert not is_in(client)
    half_way(client)
    assert client.post("/accounts/2fa/authenticate/", {"credential": junk}).status_code == 200
    client.force_login(user)
    for path in ("reauthenticate", "add"):
        assert client.post(f"/accounts/2fa/passkeys/{path}/", {"credential": junk}).status_code in (200, 302)
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_secret_of_another_key_is_told_in_words(client: Client, user: User, settings: Any) -> None:
    half_way(client)
    Authenticator.objects.update(data={"secret": sealing.seal(SECRET)[:-4] + "AAA="})
    answer = second_half(client, code())
    assert answer.status_code == 409
    assert not is_in(client)
