"""What stands beside a number so that nobody is misled: a code and its values; the words are the faces' own."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to say about an answer, such as `no_exchange_rate` with `orders: 12`. Never names a person."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The problem as plain JSON."""
        return {"code": self.code, "params": self.params}
