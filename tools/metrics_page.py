"""Writes what every metric counts into the documents, from the registry: `make metrics`.

One page for each language: `docs/metrics.md` and `docs/cach-tinh.md`. A test fails where they lag behind.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import django
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.analytics.registry import Metric
from rapport.insight.catalogue import METRICS

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = {"en": DOCS / "metrics.md", "vi": DOCS / "cach-tinh.md"}


def text(language: str, metrics: Iterable[Metric]) -> str:
    """The page in that language."""
    with translation.override(language):
        return "\n".join([f"# {_('How the numbers are counted')}\n", *map(_entry, metrics)])


def _entry(metric: Metric) -> str:
    rows = (
        (_("Counts"), metric.counts),
        (_("Over whom"), metric.population),
        (_("In which time"), metric.window),
        (_("Rule"), metric.rule),
        (_("Unit"), metric.unit),
        (_("Source"), metric.source),
    )
    told = "\n".join(f"- **{label}**: {_(value)}" for label, value in rows if value)
    version = f"{_('Version')} {metric.version}"
    return f"## {_(metric.title)}\n\n`rapport metrics show {metric.name}` · {version}\n\n{told}\n"


def registered() -> list[Metric]:
    """Every metric, in the order in which people read."""
    return [entry.metric for entry in METRICS.values()]


def main() -> None:
    """Write both pages."""
    for language, page in PAGES.items():
        page.write_text(text(language, registered()), encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    django.setup()
    main()
