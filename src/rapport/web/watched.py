"""Forms of records that have no version of their own: their history tells that someone else saved meanwhile.

form = watched.opened(request, TeamForm(sent(request), instance=team), team)
if saved(request, form, watched.unless_changed(request, form, team, act)):
    return redirect(…)
if conflict.is_one(form):
    return watched.conflict_page(request, form, team, back=…)
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from rapport.core.errors import ChangedByAnother
from rapport.web import conflict
from rapport.web.seen import BEFORE, VERSION, since, token

Watched = TypeVar("Watched", bound=forms.BaseForm)
Made = TypeVar("Made")


def opened(request: HttpRequest, form: Watched, record: Model) -> Watched:
    """The form, saying on what it was opened: `_form.html` sends that along. Not of a record that is still to be."""
    if record.pk is not None:
        sent = request.POST.get(BEFORE) or request.POST.get(VERSION)
        form.opened_on = sent or token(record)  # type: ignore[attr-defined]
    return form


def unless_changed(
    request: HttpRequest, form: forms.BaseForm, record: Model, act: Callable[[], Made]
) -> Callable[[], Made]:
    """`act`, which raises ChangedByAnother instead if something that the form shows was changed since it was opened.

    Two who save at once do so one after the other. A form that does not say on what it was opened is not stopped.
    """

    @transaction.atomic
    def guarded() -> Made:
        sent = request.POST.get(VERSION)
        if sent is None or record.pk is None:
            return act()
        _one_at_a_time(record)
        changed = since(record, sent).columns
        if changed is None or changed.keys() & _columns(form, record):
            raise ChangedByAnother(_("Someone else saved this meanwhile."))
        if isinstance(form, forms.ModelForm):
            _let_theirs_stand(request, form)
        return act()

    return guarded


def conflict_page(
    request: HttpRequest, form: forms.BaseForm, record: Model, *, back: str, title: str = ""
) -> HttpResponse:
    """The page on which one chooses between the two texts."""
    names = [name for name in form.fields if hasattr(record, name)]

    def shown(fresh: Model) -> dict[str, Any]:
        return {name: getattr(fresh, name) for name in names}

    return conflict.page(request, form, record, initial_of=shown, back=back, other=conflict.Other(title=title))


def _let_theirs_stand(request: HttpRequest, form: forms.ModelForm) -> None:  # type: ignore[type-arg]
    """What was chosen of theirs goes back into the record that the form has filled in."""
    chosen = conflict.dropped(request) & form.fields.keys()
    if not chosen:
        # A record that is saved for the first time has nothing to look up.
        return
    fresh = type(form.instance)._default_manager.get(pk=form.instance.pk)
    for name in chosen:
        setattr(form.instance, name, getattr(fresh, name))


def _columns(form: forms.BaseForm, record: Model) -> set[str | None]:
    """The columns that the form writes."""
    found: set[str | None] = set()
    for name in form.fields:
        try:
            found.add(record._meta.get_field(name).column)  # type: ignore[union-attr]
        except FieldDoesNotExist:
            continue
    return found


def _one_at_a_time(record: Model) -> None:
    """Let nobody else save the same record from a page until this transaction ends."""
    with connection.cursor() as cursor:
        key = [record._meta.db_table, record.pk % 2**31]
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", key)
