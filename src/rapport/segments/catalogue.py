"""Every field a rule can ask, by name, in the order in which the builder offers them.

The company's own fields are looked up when they are asked for; `offered` names them behind the others.
"""

from typing import Any

from rapport.segments.conditions import deals, interactions, membership, orders, own, person, products, tags, traits
from rapport.segments.fields import Field, Source


class Catalogue(dict[str, Field]):
    """The built-in fields, and behind them the own ones, by name."""

    def __missing__(self, name: str) -> Field:
        """An own field. Raises KeyError."""
        found = own.field(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The field of this name, own ones too."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        """Whether there is a field of this name, own ones too."""
        return isinstance(name, str) and self.get(name) is not None

    def offered(self) -> list[Field]:
        """Every field in order, own ones last."""
        return [*self.values(), *own.fields().values()]


FIELDS = Catalogue(
    {
        found.name: found
        for module in (orders, products, traits, person, tags, interactions, deals, membership)
        for found in module.FIELDS
    }
)
EVERY_RULE: Source = person.SOURCE
