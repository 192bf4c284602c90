"""Finds the Chromium that the browser tests drive: `python -m tools.chromium`, run by `make test`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HELP = (
    "No Chromium for the browser tests. Get one with: .venv/bin/playwright install --with-deps chromium"
    " (or: apt-get install chromium; or name one in RAPPORT_CHROMIUM)."
)


def find() -> Path | None:
    """The one of `RAPPORT_CHROMIUM`, else Playwright's, else the system's."""
    chosen = os.environ.get("RAPPORT_CHROMIUM")
    if chosen:
        return Path(chosen)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if own.exists():
        return own
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    return Path(found) if found else None


def install() -> None:
    """Install the system's Chromium, where this is a Debian and we are root."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *words], env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Find one or install one; say how to get one and fail where neither works."""
    if not find():
        print("Installing Chromium…", flush=True)
        install()
    if not find():
        sys.exit(HELP)


if __name__ == "__main__":
    main()
