"""Make the pictures of the user guide: a real Rapport, real files, a real browser.

    python -m tools.guide_pictures FOLDER

FOLDER holds `crm_sales_opportunities/` and `online_retail/`. Everything runs in a home of its own that is
removed afterwards; the pictures go to `docs/images/`.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PORT = 8791
BASE = f"http://127.0.0.1:{PORT}"
DESK = ViewportSize(width=1280, height=800)


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """A Rapport with an empty home; gives the link that signs its administrator in."""
    with tempfile.TemporaryDirectory(prefix="rapport-pictures-", ignore_cleanup_errors=True) as home:
        environment = os.environ | {"RAPPORT_HOME": home, "RAPPORT_LANGUAGE": "en"}
        command = [str(Path(sys.executable).parent / "rapport"), "serve", "--no-browser", "--port", str(PORT), *options]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = (re.search(r"http://\S+/enter/\S+", line) for line in process.stdout)
            yield next(link[0] for link in found if link)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def enter(page: Page, link: str) -> None:
    """Sign in through the one-time link."""
    page.goto(link)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(f"{BASE}/")


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    """Save what is on the page."""
    page.wait_for_timeout(300)
    page.screenshot(path=IMAGES / f"{name}.png", full_page=full)


def load(page: Page, file: Path, target: str, *, prefix: str = "") -> None:
    """Take one file through upload, mapping, check and load; with a prefix, a picture of each."""
    page.goto(f"{BASE}/imports/new/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator(f"input[name=target][value={target}]").check()
    if prefix:
        shoot(page, f"{prefix}-choose")
    page.locator("#upload button.btn-primary").click()
    page.wait_for_url("**/mapping/")
    if prefix:
        shoot(page, f"{prefix}-columns")
    page.locator("#mapping .mapping-foot button.btn-primary").click()
    decide = page.locator(".decide form button")
    decide.first.wait_for(timeout=60_000)
    if prefix:
        shoot(page, f"{prefix}-check")
    decide.first.click()
    page.locator(".note.hue-good").wait_for(timeout=120_000)


CUSTOMER_BASE = {
    "customer-base": "",
    "customer-rfm": "rfm/",
    "customer-cohorts": "cohorts/",
    "customer-value": "value/",
    "customer-due": "due/",
    "customer-cross-sell": "cross-sell/",
}


def customer_base(page: Page) -> None:
    """Have the customer base counted by the worker, then a picture of each of its pages."""
    page.goto(f"{BASE}/customers/")
    page.locator("main form button.btn-primary").click()
    page.locator(".headlines").wait_for(timeout=180_000)
    for name, address in CUSTOMER_BASE.items():
        page.goto(f"{BASE}/customers/{address}")
        page.locator("[data-canvas] svg").first.wait_for()
        shoot(page, name)


def main(folder: Path) -> None:
    """All pictures, one after another."""
    IMAGES.mkdir(exist_ok=True)
    found = chromium.find()
    if found is None:
        sys.exit(chromium.HELP)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=chromium.ARGUMENTS)
        with serving() as link:
            page = browser.new_page(viewport=DESK, locale="en-GB", color_scheme="light")
            enter(page, link)
            sales = folder / "crm_sales_opportunities"
            load(page, sales / "accounts.csv", "companies", prefix="guide")
            load(page, sales / "products.csv", "products")
            load(page, sales / "sales_pipeline.csv", "deals")
            load(page, folder / "online_retail" / "online_retail_2010-12.csv.gz", "order-lines", prefix="guide-lines")
        with serving("--demo") as link:
            page = browser.new_page(viewport=DESK, locale="en-GB", color_scheme="light")
            enter(page, link)
            shoot(page, "home")
            page.goto(f"{BASE}/companies/?sort=name")
            page.locator("main a[href^='/companies/']", has_text=re.compile("Công ty")).first.click()
            page.locator("#timeline").wait_for()
            shoot(page, "company")
            customer_base(page)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
