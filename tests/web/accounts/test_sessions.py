"""Where somebody is signed in: seen, ended by oneself, by an administrator, by a new password, by closing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.urls import reverse

from rapport.core import clock
from rapport.identity import actions
from rapport.identity.models import User
from rapport.identity.sessions import Session, forget_expired
from rapport.web.accounts import devices, urls
from tests.conftest import ClientMaker

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8", "Unknown device"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert devices.in_words(agent) == words


@pytest.fixture
def user() -> User:
    """Someone with a password."""
    return User.objects.create_user(
        email="an@example.com", full_name="An", role="seller", password=PASSWORD, language="en"
    )


def signed_in(agent: str = CHROME) -> Client:
    """A browser that signed in by password."""
    client = Client(headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": "an@example.com", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def is_in(client: Client) -> bool:
    """Whether the pages are open to the client."""
    return client.get("/people/").status_code == 200


def test_every_place_is_listed_and_ended(user: User) -> None:
    here, phone, third = signed_in(), signed_in(IPHONE), signed_in(EDGE)
    page = here.get("/me/").content.decode()
    assert "Chrome on Linux" in page
    assert "Safari on iPhone" in page
    assert all(key not in page for key in Session.objects.values_list("session_key", flat=True))
    name = Session.objects.get(agent=IPHONE).name
    own = Session.objects.get(agent=CHROME).name
    assert here.post(f"/me/sessions/{own}/end/").status_code == 404
    assert here.post(f"/me/sessions/{name}/end/").status_code == 302
    assert [is_in(here), is_in(phone), is_in(third)] == [True, False, True]
    here.post("/me/sessions/end-others/")
    assert [is_in(here), is_in(third)] == [True, False]


def test_nobody_ends_anothers(user: User, client_as: ClientMaker) -> None:
    theirs = signed_in()
    name = Session.objects.get(user=user).name
    other = client_as("seller")
    assert other.post(f"/me/sessions/{name}/end/").status_code == 404
    other.post("/me/sessions/end-others/")
    assert other.post(f"/settings/users/{user.pk}/end-sessions/").status_code == 403
    assert is_in(theirs)
    administrator = client_as("administrator")
    assert administrator.post(f"/settings/users/{user.pk}/end-sessions/").status_code == 302
    assert administrator.get(f"/settings/users/{user.pk}/").status_code == 200
    assert not is_in(theirs)
    assert is_in(administrator)


def test_a_new_password_ends_the_others_and_keeps_this_one(user: User) -> None:
    here, there = signed_in(), signed_in(IPHONE)
    began = Session.objects.get(agent=CHROME).signed_in_at
    fresh = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    here.post("/accounts/password/change/", fresh)
    assert [is_in(here), is_in(there)] == [True, False]
    left = Session.objects.get(user=user)
    assert (left.agent, left.signed_in_at) == (CHROME, began)


def test_closing_an_account_ends_all_at_once_and_for_good(user: User, user_as: Any) -> None:
    there = signed_in()
    token = actions.make_entry_link(user=user, at=clock.now())
    administrator = user_as("administrator")
    actions.change_user(user=user, changes={"is_active": False}, by=administrator, at=clock.now())
    actions.change_user(user=user, changes={"is_active": True}, by=administrator, at=clock.now())
    assert not is_in(there)
    assert Client().post(f"/enter/{token}/").status_code == 410


def test_an_ended_session_is_not_made_anew(user: User) -> None:
    there = signed_in()
    store = there.session
    assert store["_auth_user_id"] == str(user.pk)
    Session.objects.filter(user=user).delete()
    store["more"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(user=user).exists()


def test_last_seen_follows_without_a_write_for_every_page(user: User, django_assert_max_num_queries: Any) -> None:
    there = signed_in()
    is_in(there)
    long_ago = clock.now() - timedelta(hours=3)
    Session.objects.update(last_seen_at=long_ago)
    is_in(there)
    seen = Session.objects.get(user=user).last_seen_at
    assert seen > long_ago
    is_in(there)
    assert Session.objects.get(user=user).last_seen_at == seen


def test_what_is_over_leaves_nothing(user: User) -> None:
    there = signed_in()
    Session.objects.update(expire_date=clock.now() - timedelta(minutes=1))
    assert not is_in(there)
    forget_expired(at=clock.now())
    assert not Session.objects.filter(user=user).exists()


def test_a_visitors_session_is_short_and_every_page_of_sign_in_stands_without_one(db: None) -> None:
    visitor = Client()
    for pattern in urls.urlpatterns:
        named: dict[str, Any] = {"pk": 1} if pattern.name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else {}
        named |= {"uidb36": "1", "key": "x"} if pattern.name == "account_reset_password_from_key" else {}
        assert visitor.get(reverse(str(pattern.name), kwargs=named)).status_code in (200, 302), pattern.name
    visitor.get("/accounts/2fa/passkeys/sign-in/", headers={"Accept": "application/json"})
    assert Session.objects.get().expire_date < clock.now() + timedelta(hours=2)
