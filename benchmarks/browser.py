"""A list in Chromium at a million people: seconds from the click to the rows, bytes over the wire."""

import argparse
import os
import shutil
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from benchmarks import bench_home, report, serving
from benchmarks.report import Figure, percentile

WANTED_SECONDS, WANTED_KILOBYTES = 0.6, 150
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
# In every page: note the click, then the first frame in which a row of the list is to be seen.
WATCH = """
document.addEventListener('click', () => {
  sessionStorage.clicked = performance.timeOrigin + performance.now();
  delete sessionStorage.shown;
}, true);
const look = () => {
  const rows = location.pathname === '/people/' ? document.querySelectorAll('main a[href^="/people/"]') : [];
  const visible = [...rows].some((row) => /^.people.\\d+.$/.test(row.pathname) && row.offsetParent);
  if (visible && sessionStorage.clicked && !sessionStorage.shown) {
    sessionStorage.shown = performance.timeOrigin + performance.now();
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def chromium(playwright: Playwright) -> Browser:
    """Chromium, headless: the one named by `RAPPORT_CHROMIUM` or the system's, else Playwright's own."""
    path = os.environ.get("RAPPORT_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def click_through(page: Page, address: str, *, times: int) -> tuple[list[float], list[float]]:
    """From the home page to the list and back, again and again: seconds and kilobytes of each click."""
    seconds, kilobytes = [], []
    wire = _Wire(page)
    for _ in range(times):
        page.goto(address + "/", wait_until="networkidle")
        wire.bytes = 0
        page.locator('nav a[href="/people/"]:visible, aside a[href="/people/"]:visible').first.click()
        page.wait_for_function("() => sessionStorage.shown", timeout=30_000)
        page.wait_for_load_state("networkidle")
        shown = page.evaluate("() => sessionStorage.shown - sessionStorage.clicked")
        seconds.append(float(shown) / 1000)
        kilobytes.append(wire.bytes / 1000)
    return seconds, kilobytes


class _Wire:
    """Counts the bytes that came over the wire, headers and compression as they are."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += event.get("encodedDataLength", 0)


def measure(*, rows: int, times: int) -> list[Figure]:
    """Fill, serve, click; keeps the result."""
    bench_home.use_database("pages")
    serving.fill(people=rows, orders=rows * 3, interactions=rows)
    with serving.served() as running, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH)
        address = f"http://127.0.0.1:{running.port}"
        page.goto(running.link)
        page.locator("form[method=post] button").first.click()
        page.wait_for_url(address + "/")
        seconds, kilobytes = click_through(page, address, times=times)
        browser.close()
    figures = _figures(rows, seconds[1:] or seconds, kilobytes[1:] or kilobytes)
    report.keep("browser", figures=figures, raw={"rows": rows, "seconds": seconds, "kilobytes": kilobytes})
    return figures


def _figures(rows: int, seconds: list[float], kilobytes: list[float]) -> list[Figure]:
    median, worst = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return [
        Figure(
            f"Chromium: from click to rows of a list at {rows:,} people (n = {len(seconds)})",
            f"{median:.2f} s median, {worst:.2f} s p95",
            f"≤ {WANTED_SECONDS} s (Odoo 19: 1.7 s at 100,000)",
            worst <= WANTED_SECONDS,
        ),
        Figure(
            "Chromium: over the wire per list, after the first page",
            f"{max(kilobytes):.0f} kB",
            f"≤ {WANTED_KILOBYTES} kB",
            max(kilobytes) <= WANTED_KILOBYTES,
        ),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=11)
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, times=chosen.times))


if __name__ == "__main__":
    main()
