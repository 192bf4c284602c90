"""Every field a rule can ask, by name, in the order in which the builder offers them."""

from rapport.segments.conditions import deals, interactions, membership, orders, person, products, tags, traits
from rapport.segments.fields import Field, Source

FIELDS: dict[str, Field] = {
    found.name: found
    for module in (orders, products, traits, person, tags, interactions, deals, membership)
    for found in module.FIELDS
}
EVERY_RULE: Source = person.SOURCE
