"""The rows in which something may be written of a person: what they took part in, and everything below it."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model

from rapport.core import holders
from rapport.people.holders import PERSON

Rows = dict[type[Model], set[int]]
DEEPEST = 4


def rows_about(ids: Iterable[int]) -> Rows:
    """By model the ids of rows that stay after an erasure and may name the people with these ids.

    From what holds them one goes up to the record it is about (a place on a committee: its deal) and down to all that
    hangs on it (the deal's quotes and notes), but never over to another person or company.
    """
    found: Rows = {}
    wanted = list(ids)
    for holder in holders.of(PERSON):
        held = holder.held_by(wanted)
        _take(found, holder.model, set(held.values_list("pk", flat=True)))
        path, model = "", holder.model
        for name in holder.steps:
            path = f"{path}__{name}" if path else name
            model = model._meta.get_field(name).related_model  # type: ignore[assignment]
            _take(found, model, set(held.exclude(**{path: None}).values_list(path, flat=True)))
    _go_down(found)
    return {model: each for model, each in found.items() if each and _is_no_customer(model)}


def _go_down(found: Rows) -> None:
    """Add what hangs on the rows found, and on that, and so on."""
    fresh = dict(found)
    for _step in range(DEEPEST):
        below: Rows = {}
        parts = [(child, name, ids) for model, ids in fresh.items() if ids for child, name in _children(model)]
        for child, name, ids in parts:
            rows = set(child._base_manager.filter(**{f"{name}__in": ids}).values_list("pk", flat=True))
            _take(below, child, rows - found.get(child, set()))
        for child, rows in below.items():
            _take(found, child, rows)
        fresh = below


def _children(model: type[Model]) -> list[tuple[type[Any], str]]:
    """The models of ours with a foreign key to this one, and its name; none of a person or company."""
    if not _is_no_customer(model):
        return []
    return [
        (child, field.name)
        for child in apps.get_models(include_auto_created=True)
        if child.__module__.startswith("rapport.") and _is_no_customer(child)
        for field in child._meta.local_concrete_fields
        if field.related_model is model
    ]


def _is_no_customer(model: type[Model]) -> bool:
    return model._meta.label not in ("people.Person", "people.Company")


def _take(found: Rows, model: type[Model], ids: set[int]) -> None:
    if ids:
        found.setdefault(model, set()).update(ids)
