"""A passkey and an authenticator app as people use them, with a device that Chromium pretends."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from rapport.identity.models import Role
from tests.browser.conftest import PASSWORD, PHONE, overflow
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_out(page: Page) -> None:
    """Leave, as somebody who forgets the cookies."""
    page.context.clear_cookies()
    page.goto(page.url.partition("/accounts")[0].partition("/me")[0])


def by_password(page: Page, email: str) -> None:
    """The first half of signing in."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_second_factor_from_setting_up_to_signing_in(
    open_page: OpenPage, live_server: LiveServer, findings: Callable[[Page], list[str]]
) -> None:
    user = make_user(role="seller", password=PASSWORD, language="en")
    Role.objects.filter(code="seller").update(second_factor=True)
    page = open_page(size=PHONE)
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    # A passkey belongs to a name, not to an address of numbers.
    page.goto(live_server.url.replace("127.0.0.1", "localhost") + "/people/")
    by_password(page, user.email or "")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    assert findings(page) == []

    page.get_by_role("link", name="Passkey").click()
    page.get_by_label("What you call it").fill("My phone")
    assert (findings(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("My phone")).to_be_visible()
    expect(page.get_by_text("This device")).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)

    page.get_by_role("link", name="Set up").click()
    key = page.locator("code.secret").text_content() or ""
    assert (findings(page), overflow(page)) == ([], 0)
    page.get_by_label("Code").fill(str(totp.format_hotp_value(totp.hotp_value(key, int(time.time()) // 30))))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_text("The authenticator app is set up.")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    sign_out(page)
    by_password(page, user.email or "")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()

    # A device that is not verified lets nobody in, and says so without leaving the page.
    sign_out(page)
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    Authenticator.objects.filter(type="webauthn").delete()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="That did not work")).to_be_visible()
