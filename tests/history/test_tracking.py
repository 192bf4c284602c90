"""Nothing that people change is without a history: every model is tracked, or named with a reason."""

import ast

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils.functional import Promise

from rapport.history import tracking
from rapport.history.labels import LABELS, fields_of

TRIGGERS = """
    SELECT c.relname, t.tgname, t.tgargs::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname IN ('history_created', 'history_changed', 'history_removed')"""
# A trigger builds one JSON object of the columns before and one of those after; a function takes a hundred arguments.
MOST_COLUMNS = 50


def ours() -> dict[str, type[models.Model]]:
    """Every model of Rapport by its kind."""
    found = (model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("rapport."))
    return {model._meta.label_lower: model for model in found if not model._meta.proxy and model._meta.managed}


def test_every_model_is_tracked_or_says_why_not() -> None:
    tracked, reasons = set(tracking.registered()), tracking.reasons()
    assert tracked | set(reasons) == set(ours()), "Tell of it in `<app>/history.py`."
    assert not tracked & set(reasons)
    assert all(reasons.values())


@pytest.mark.django_db
def test_triggers_say_what_the_apps_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        rows = cursor.fetchall()
    found: dict[str, set[tuple[str, ...]]] = {}
    for table, name, given in rows:
        arguments = ast.literal_eval(f"b'{given}'") if given.startswith("\\x") is False else bytes.fromhex(given[2:])
        found.setdefault(table, set()).add((name, *arguments.decode().split("\0")[:-1]))
    wanted: dict[str, set[tuple[str, ...]]] = {}
    for each in tracking.registered().values():
        columns = "{" + ",".join(sorted(tracking.TECHNICAL | each.ignoring)) + "}"
        wholes = [str(each.model._meta.get_field(name).column) if name else "" for name in (each.whole, each.other)]  # type: ignore[union-attr]
        names = ("history_created", "history_changed", "history_removed")
        wanted[each.model._meta.db_table] = {(name, each.kind, columns, *wholes) for name in names}
    assert found == wanted


def test_every_tracked_field_is_called_something() -> None:
    nameless = [
        f"{kind}.{field.name}"
        for kind in tracking.registered()
        for field in fields_of(kind).values()
        if not isinstance(field.verbose_name, Promise) and field.name not in LABELS
    ]
    assert nameless == []
    assert all(len(each.model._meta.local_fields) <= MOST_COLUMNS for each in tracking.registered().values())
    assert all(isinstance(each.model._meta.pk, models.BigAutoField) for each in tracking.registered().values())
