"""Records that custom fields lead to: whether they are there, what they are called, what to offer."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.apps import apps
from django.db.models import Model

from rapport.fields.definitions import TARGETS, Definition, Type
from rapport.identity.models import User
from rapport.identity.rights import Kind


def model_of(kind: str) -> type[Model]:
    """The model of a kind of record that a link can lead to."""
    return apps.get_model(TARGETS[Kind(kind)])


def visible(kind: str, user: User) -> Any:
    """The records of the kind that the user may see."""
    return cast("Any", model_of(kind))._default_manager.visible_to(user)


def unknown(definitions: Iterable[Definition], values: Mapping[str, Any], *, user: User) -> list[Definition]:
    """The links among the values that lead to nothing the user may see; absent and hidden are the same."""
    links = [each for each in definitions if each.type is Type.LINK and values.get(each.code) is not None]
    found = names(links, [values], user=user)
    return [each for each in links if (each.target_kind, values[each.code]) not in found]


def names(
    definitions: Iterable[Definition], rows: Iterable[Mapping[str, Any]], *, user: User
) -> dict[tuple[str, int], str]:
    """What the records are called that the rows lead to and the user may see, by (kind, id).

    One query for each kind that is led to; none where there is no link.
    """
    wanted: dict[str, set[int]] = {}
    links = [each for each in definitions if each.type is Type.LINK]
    for values in rows if links else ():
        for each in links:
            if isinstance(values.get(each.code), int):
                wanted.setdefault(each.target_kind, set()).add(values[each.code])
    return {
        (kind, record.pk): str(record)
        for kind, ids in wanted.items()
        for record in visible(kind, user).filter(pk__in=ids)
    }
