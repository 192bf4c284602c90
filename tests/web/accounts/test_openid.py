"""Signing in through an OpenID Connect provider: the honest way, and every lie."""

import re
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from rapport.identity.models import User
from rapport.web.accounts import sealing
from tests.conftest import ClientMaker
from tests.web.accounts.provider import CLIENT, OTHER_KEY, SECRET, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A provider that the settings name."""
    with Provider() as running:
        settings.OPENID_ISSUER = running.issuer
        settings.OPENID_CLIENT_ID, settings.OPENID_CLIENT_SECRET = CLIENT, SECRET
        settings.OPENID_NAME = "Our house"
        yield running


@pytest.fixture
def user() -> User:
    """A colleague whom an administrator added."""
    return User.objects.create_user(email="an@example.com", full_name="An", role="seller", password="long enough 1")


def come(client: Client, provider: Provider, to: str = "") -> Any:
    """Go there and come back."""
    away = client.get("/accounts/openid/" + (f"?next={to}" if to else ""))
    return client.get(provider.sign_in(away["Location"]))


def is_in(client: Client) -> bool:
    """Whether the client is signed in."""
    return "_auth_user_id" in client.session


def test_a_colleague_comes_in_and_is_known_again(client: Client, provider: Provider, user: User) -> None:
    assert "Our house" in client.get("/accounts/login/").content.decode()
    answer = come(client, provider, "/people/")
    assert answer["Location"] == "/people/"
    assert is_in(client)
    assert {"nonce", "state", "code_challenge"} <= provider.asked.keys()
    assert provider.asked["code_challenge_method"] == "S256"
    user.refresh_from_db()
    assert user.check_password("long enough 1")
    User.objects.update(email="renamed@example.com")
    again = Client()
    come(again, provider)
    assert again.session["_auth_user_id"] == str(user.pk)
    kept = SocialAccount.objects.get().extra_data
    assert set(kept) == {"iss", "sub", "email", "email_verified", "name"}


def test_a_second_factor_is_asked_for_as_well(client: Client, provider: Provider, user: User) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealing.seal("A" * 32)})
    assert come(client, provider)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


UNVERIFIED = [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": None}]
STRANGERS = [{"email": "nobody@example.com"}, {"email": "an@example.com@evil.example"}]


@pytest.mark.parametrize("claims", UNVERIFIED + STRANGERS)
def test_nobody_comes_in_by_an_email_that_is_not_theirs(
    client: Client, provider: Provider, user: User, claims: dict[str, Any]
) -> None:
    provider.claims, provider.userinfo = claims, {"sub": "7"}
    answer = come(client, provider)
    assert answer.status_code == 403
    assert "nobody here signs in with a verified e-mail" in answer.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_unknown_and_unverified_are_told_alike(client: Client, provider: Provider, user: User) -> None:
    told = []
    for claims in ({"email": "nobody@example.com"}, {"email_verified": False}):
        provider.claims = claims
        told.append(re.sub(r'"\w{64}"|state=\w+', "", come(client, provider).content.decode()))
    assert told[0] == told[1]


def lie(name: str, provider: Provider) -> None:
    """Make the provider dishonest."""
    now = int(time.time())
    claims: dict[str, dict[str, Any]] = {
        "another issuer": {"iss": "http://127.0.0.1:1"},
        "for another program": {"aud": "another"},
        "for several, ours not the party": {"aud": [CLIENT, "another"], "azp": "another"},
        "of another sign-in": {"nonce": "of yesterday"},
        "without a nonce": {"nonce": None},
        "too old": {"iat": now - 600, "exp": now - 300},
        "without an end": {"exp": None},
    }
    provider.claims = claims.get(name, {})
    if name == "signed by another":
        provider.key = OTHER_KEY
    if name == "signed by our secret":
        provider.key, provider.algorithm = SECRET.ljust(32), "HS256"
    if name == "not signed":
        provider.token = lambda: jwt.encode({"sub": "7"}, "", algorithm="none")  # type: ignore[method-assign]
    if name == "no token":
        provider.token = lambda: ""  # type: ignore[method-assign]
    if name == "discovery of another":
        provider.config = {"issuer": "http://127.0.0.1:1"}
    if name == "lasts as long as nobody knows":
        provider.more = {"expires_in": "never"}
    if name == "somebody else told":
        provider.claims, provider.userinfo = {"email_verified": None}, {"sub": "8", "email_verified": True}


@pytest.mark.parametrize(
    "name",
    [
        "another issuer", "for another program", "for several, ours not the party", "of another sign-in",
        "without a nonce", "too old", "without an end", "signed by another", "signed by our secret", "not signed",
        "no token", "somebody else told", "lasts as long as nobody knows",
    ],
)  # fmt: skip
def test_a_lie_lets_nobody_in(client: Client, provider: Provider, user: User, name: str) -> None:
    away = client.get("/accounts/openid/")["Location"]
    lie(name, provider)
    assert client.get(provider.sign_in(away)).status_code == 401
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_the_way_there_is_ours_alone(client: Client, provider: Provider, user: User, settings: Any) -> None:
    away = client.get("/accounts/openid/")["Location"]
    back = provider.sign_in(away)
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 401
    assert client.get("/accounts/openid/callback/?error=access_denied&state=x").status_code == 401
    other_site = Client().get("/accounts/openid/", headers={"Sec-Fetch-Site": "cross-site"})
    assert other_site["Location"] == "/accounts/login/"
    lie("discovery of another", provider)
    assert Client().get("/accounts/openid/").status_code == 401
    settings.OPENID_ISSUER = "http://127.0.0.1:9"
    assert Client().get("/accounts/openid/").status_code == 401
    settings.OPENID_ISSUER = ""
    assert Client().get("/accounts/openid/")["Location"] == "/accounts/login/"


def test_newcomers_where_the_settings_let_them(client: Client, provider: Provider, settings: Any) -> None:
    settings.OPENID_NEW_USERS, settings.OPENID_DOMAINS = "viewer", frozenset({"example.com"})
    provider.claims = {"email": "lan@elsewhere.example"}
    assert come(client, provider).status_code == 403
    assert not User.objects.exists()
    provider.claims = {"email": "Lan@Example.com", "name": "Lan"}
    come(client, provider)
    made = User.objects.get()
    assert (made.email, made.full_name, made.role, made.has_usable_password()) == (
        "lan@example.com",
        "Lan",
        "viewer",
        False,
    )
    settings.OPENID_NEW_USERS = "no such role"
    provider.claims = {"email": "binh@example.com", "sub": "9"}
    assert come(Client(), provider).status_code == 403


def test_nobody_takes_anothers_email_where_it_opens_doors(provider: Provider, user: User) -> None:
    client = Client()
    client.force_login(user)
    client.post("/me/", {"full_name": "An", "email": "boss@example.com"})
    assert User.objects.get().email == "an@example.com"


def test_the_settings_tell_how_it_goes(client: Client, client_as: ClientMaker, provider: Provider, user: User,
                                       settings: Any) -> None:  # fmt: skip
    admin = client_as("administrator", language="en")

    def told(*, look: bool = False) -> str:
        if look:
            assert admin.post("/settings/sign-in/look/").status_code == 302
        return str(admin.get("/settings/sign-in/").content.decode())

    begun = told()
    assert "Set up, not tried yet" in begun
    assert 'value="http://testserver/accounts/openid/callback/"' in begun
    assert (CLIENT in begun, SECRET in begun) == (True, False)
    assert "It answers, and its keys can be read." in told(look=True)
    provider.config = {"issuer": "http://127.0.0.1:1"}
    wrong = told(look=True)
    assert "The provider calls itself by another issuer" in wrong
    assert "Does not work" in wrong
    provider.config = {}
    come(client, provider)
    assert ">Works<" in told()
    provider.claims = {"email": "nobody@example.com", "sub": "9"}
    come(Client(), provider)
    refused = told()
    assert "somebody whose e-mail no user here has" in refused
    assert "nobody@" not in refused
    client.get("/accounts/openid/callback/?state=made-up&code=x")
    assert "came back whose way had not begun here" in told()
    odds: list[dict[str, Any]] = [{"issuer": 5}, {"jwks_uri": None}, {"token_endpoint": []}]
    for odd in odds:
        provider.config = odd
        assert "is no OpenID Connect configuration" in told(look=True)
        assert Client().get("/accounts/openid/").status_code == 401
    provider.config = {"jwks_uri": f"{provider.issuer}/authorize"}
    assert "keys could not be read" in told(look=True)
    for nonsense in ("nowhere", "http://[bad", "file:///etc/passwd", "http://127.0.0.1:99999"):
        settings.OPENID_ISSUER = nonsense
        assert "Does not work" in told(look=True)
    settings.OPENID_ISSUER, settings.OPENID_NEW_USERS = "http://127.0.0.1:9", "nothing"
    elsewhere = told(look=True)
    assert "The provider did not answer" in elsewhere
    assert "“nothing”, which is no role" in elsewhere
    settings.OPENID_ISSUER = ""
    assert "Not set up" in told(look=True)


def test_who_was_shut_out_stays_out(client: Client, provider: Provider, user: User) -> None:
    User.objects.update(is_active=False)
    come(client, provider)
    assert not is_in(client)
