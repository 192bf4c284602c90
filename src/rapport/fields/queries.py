"""Which custom fields there are."""

from rapport.fields.definitions import Definition
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User


def definitions(kind: str, *, retired: bool = False) -> list[Definition]:
    """The fields of a kind of record in their order, with `retired` those too that are offered no more. One query."""
    rows = FieldDefinition.objects.filter(kind=kind)
    if not retired:
        rows = rows.filter(retired_at__isnull=True)
    return [row.as_data() for row in rows]


def seen(user: User, kind: str) -> list[Definition]:
    """Those that the user may see: the others must appear to them nowhere."""
    return [each for each in definitions(kind) if each.is_seen_by(user.role)]


def edited(user: User, kind: str) -> list[Definition]:
    """Those that the user may fill in."""
    return [each for each in definitions(kind) if each.is_edited_by(user.role)]


def by_section(definitions: list[Definition]) -> dict[str, list[Definition]]:
    """The fields by section, in the order in which each section first comes; those of none come first."""
    found: dict[str, list[Definition]] = {"": []}
    for each in definitions:
        found.setdefault(each.section, []).append(each)
    return {section: members for section, members in found.items() if members}
