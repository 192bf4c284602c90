"""How a test tells what it found: one thing a line, however many."""

from collections.abc import Iterable


def listed(found: Iterable[object]) -> str:
    """The things, each on a line of its own."""
    return "\n".join(str(one) for one in found)
