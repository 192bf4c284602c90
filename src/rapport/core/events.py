"""The base of everything that is announced."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; carries ids and plain values, never model instances."""

    def payload(self) -> dict[str, Any]:
        """The event as JSON."""
        return asdict(self)

    @classmethod
    def code(cls) -> str:
        """The name under which the event is stored and announced."""
        return cls.__name__
