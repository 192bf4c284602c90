"""Chromium on the built front end: pages as people see them, on a phone and on a desk, in both languages."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

from rapport.identity.models import User
from tools import chromium as finder

# Playwright runs an event loop in this thread, which makes Django refuse the database; nothing here is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "correct horse battery"
PHONE = {"width": 375, "height": 812}
DESK = {"width": 1440, "height": 900}
OpenPage = Callable[..., Page]
AXE = Axe().axe_script


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests; where there is none the message says how to get one."""
    found = finder.find()
    if found is None:
        pytest.fail(finder.HELP, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=finder.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Open a window: `open_page(user=user, language="vi", size=PHONE, dark=True)`.

    With a user the window is signed in. Addresses may be relative. A script error in a window, or a request
    to another machine, fails the test.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(
        *, user: User | None = None, language: str = "en", size: dict[str, int] = DESK, dark: bool = False
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            locale={"en": "en-GB", "vi": "vi-VN"}[language],
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": size["width"], "height": size["height"]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.route("**/*", lambda route, request: stay_here(route, request, errors))
        if user:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def stay_here(route: Route, request: Request, errors: list[str]) -> None:
    """Let a request through to this machine only."""
    if urlsplit(request.url).hostname in ("localhost", "127.0.0.1", None):
        route.continue_()
    else:
        errors.append(f"asked another machine: {request.url}")
        route.abort()


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    """Give the window the session of a user who has signed in."""
    client = Client()
    client.force_login(user, backend="rapport.identity.backends.WithRole")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.fixture
def findings() -> Callable[[Page], list[str]]:
    """The serious findings of axe-core on a page, each with its first element."""

    def run(page: Page) -> list[str]:
        serious = [item for item in violations(page) if item["impact"] in ("serious", "critical")]
        return [f"{item['id']}: {item['help']}: {item['nodes'][0]['html'][:200]}" for item in serious]

    return run


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds wrong on a page, which takes its half a megabyte of script once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    asked = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
    found: list[dict[str, Any]] = page.evaluate(asked)
    return found


def clean(page: Page) -> None:
    """Nothing that axe finds wrong, and nothing wider than the window."""
    assert [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in violations(page)] == []
    assert overflow(page) <= 0


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
