"""The registry of metrics: what each number counts, over whom, when, how, in which unit, and after whom.

A module of `analytics` describes its metrics beside the functions that compute them; this one only gathers them.
Texts are English and marked with `N_`, so that the catalogues hold them; faces translate them with `gettext`.
"""

from dataclasses import dataclass


def N_(text: str) -> str:  # noqa: N802 # the usual name of a mark for translators
    """The text itself, marked for translation."""
    return text


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One entry. `version` grows whenever the same records would give another number.

    `name` is its word on the command line and in addresses (`rfm`, `repeat-purchase`).
    """

    name: str
    title: str
    counts: str
    population: str
    window: str
    rule: str
    unit: str
    source: str
    version: int = 1
