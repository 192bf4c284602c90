"""Every metric by its name. The answers, and the engines with them, are loaded when they are first asked for.

A process that shows lists and forms alone so starts in half the time and half the memory.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from rapport.core.errors import RapportError

if TYPE_CHECKING:
    from rapport.insight.answering import Entry


class MetricUnknown(RapportError):
    """There is no metric of that name."""


class _Loaded(Mapping[str, "Entry"]):
    """The entries of `answering`, imported with the first question."""

    def __getitem__(self, name: str) -> "Entry":
        return self._entries()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries())

    def __len__(self) -> int:
        return len(self._entries())

    @staticmethod
    def _entries() -> dict[str, "Entry"]:
        found: dict[str, Entry] = import_module("rapport.insight.answering").METRICS
        return found


METRICS: Mapping[str, "Entry"] = _Loaded()


def entry(name: str) -> "Entry":
    """The metric of that name. Raises MetricUnknown."""
    if name not in METRICS:
        values = {"name": name, "names": ", ".join(METRICS)}
        raise MetricUnknown(_("There is no metric “%(name)s”. There are: %(names)s.") % values)
    return METRICS[name]
