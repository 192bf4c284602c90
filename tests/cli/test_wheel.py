"""The wheel runs by itself: installed into a clean environment, without Node, it serves the demo company."""

import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest

from tests.cli.running import left_behind, serve

ROOT = Path(__file__).resolve().parents[2]
INSIDE = (
    "rapport/static/dist/manifest.json",
    "rapport/locale/vi/LC_MESSAGES/django.mo",
    "rapport/people/provinces.csv",
    "rapport/web/templates/frame.html",
)


def run(*command: str | Path) -> None:
    """Run, and show what was said when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_wheel_serves_the_demo_company(tmp_path: Path) -> None:
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist")
    wheel = next((tmp_path / "dist").glob("*.whl"))
    assert [name for name in INSIDE if name not in ZipFile(wheel).namelist()] == []

    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", wheel)
    path = f"{environment / 'bin'}:/usr/sbin:/sbin"
    assert shutil.which("node", path=path) is None

    home = tmp_path / "home"
    with serve([str(environment / "bin" / "rapport")], home=home, path=path, demo=True) as running:
        link = running.wait_for(r"(http://127\.0\.0\.1:\d+/enter/\S+)")
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        base = f"http://127.0.0.1:{running.port}"
        assert browser.open(f"{base}/healthz").read() == b"ok"
        door = browser.open(link).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', door)
        assert token, door
        home_page = browser.open(link, data=urlencode({"csrfmiddlewaretoken": token.group(1)}).encode())
        assert home_page.url == f"{base}/"
        people = browser.open(f"{base}/people/")
        assert people.url == f"{base}/people/"
        assert "/static/dist/" in people.read().decode()
        assert running.stop(signal.SIGINT) == 0
    assert left_behind(str(home), str(environment)) == []
