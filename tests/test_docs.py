"""The documents keep up with the program."""

import re
from pathlib import Path

import pytest

from tests.telling import listed
from tools import metrics_page

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"\b(RAPPORT_[A-Z_]+|DATABASE_URL|SECRET_KEY)\b")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def test_every_setting_is_explained() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    asked = {name for text in sources for name in re.findall(r'environ\S*["(]+(\w+)"', text)}
    options = {name for text in sources for name in re.findall(r'envvar="(\w+)"', text)}
    explained = set(SETTING.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    ours = {name for name in asked | options if SETTING.fullmatch(name)}
    assert ours - explained == set()
    assert {"RAPPORT_HOME", "RAPPORT_PORT"} <= ours


def test_every_package_has_its_place_on_the_map() -> None:
    text = (ROOT / "docs" / "where-things-live.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in (ROOT / "src" / "rapport").glob("*/__init__.py")]
    found = [name for name in packages if f"\n  {name}/" not in text]
    assert not found, listed(found)


def test_links_between_the_documents_lead_somewhere() -> None:
    dead = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                dead.append(f"{page.relative_to(ROOT)}: {target}")
    assert not dead, listed(dead)


@pytest.mark.parametrize("language", metrics_page.PAGES)
def test_the_pages_of_metrics_say_what_the_registry_says(language: str) -> None:
    written = metrics_page.PAGES[language].read_text(encoding="utf-8")
    assert written == metrics_page.text(language, metrics_page.registered()), "Run: make metrics"
