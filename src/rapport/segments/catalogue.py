"""Every field a rule can ask, by name, in the order in which the builder offers them.

The company's own fields are looked up when they are asked for; `offered` names them behind the others.
"""

from typing import Any

from rapport.identity.models import User
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

    def seen(self, name: str, user: User | None) -> Field | None:
        """The field of this name, if the user may ask it; without a user, as for the terminal, any."""
        found: Field | None = self.get(name)
        return found if found and is_seen(found, user) else None

    def offered(self, user: User | None = None) -> list[Field]:
        """Every field that the user may ask, in order, own ones last."""
        return [each for each in (*self.values(), *own.fields().values()) if is_seen(each, user)]


def is_seen(field: Field, user: User | None) -> bool:
    """Whether the user may ask the field; nobody in particular may ask all."""
    return user is None or not field.seen_by or user.role in field.seen_by


FIELDS = Catalogue(
    {
        found.name: found
        for module in (orders, products, traits, person, tags, interactions, deals, membership)
        for found in module.FIELDS
    }
)
EVERY_RULE: Source = person.SOURCE
