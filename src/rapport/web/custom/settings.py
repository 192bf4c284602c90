"""Own fields in the settings: what each kind of record has, and what a change does to the values, said before."""

from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core.errors import RapportError
from rapport.fields import actions, conversion, queries
from rapport.fields.actions.turning import as_type
from rapport.fields.definitions import KINDS as WITH_FIELDS
from rapport.fields.definitions import TYPE_LABELS, WITH_CHOICES, Choice, Definition, Type
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.identity.rights import KINDS
from rapport.web import conflict, undoing
from rapport.web.custom.definition_forms import DeleteFieldForm, FieldForm, NewFieldForm, TypeForm
from rapport.web.custom.uses import uses, views_of_choices, views_of_field
from rapport.web.parts import sent, version_of
from rapport.web.people.forms import ask_again
from rapport.web.seen import opened_on, since, token
from rapport.web.settings.views import acted, administrators_only, done, saved, settings_page


@administrators_only
@require_safe
def fields(request: HttpRequest, kind: str = "person") -> HttpResponse:
    """The fields of a kind of record by section, in their order, and those put away."""
    _check_kind(kind)
    definitions = queries.definitions(kind, retired=True)
    live = [each for each in definitions if not each.retired]
    sections = [(title, _rows(members)) for title, members in queries.by_section(live).items()]
    retired = _rows([each for each in definitions if each.retired])
    return _page(request, "settings/fields.html", kind, sections=sections, retired=retired)


@administrators_only
@require_http_methods(["GET", "POST"])
def new_field(request: HttpRequest, kind: str) -> HttpResponse:
    """Add a field."""
    _check_kind(kind)
    form = NewFieldForm(request.POST or None)

    def add() -> None:
        type = Type(form.cleaned_data["type"])
        form.made = actions.add_field(kind=kind, type=type, values=form.given(), **acted(request))

    if saved(request, form, add):
        return redirect("settings:fields", kind)
    return _page(request, "settings/new_field.html", kind, form=form, sections_in_use=_sections(kind))


@administrators_only
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change what a field is called, where it stands, who sees it, its choices.

    A choice that records hold, or that kept views ask for, is taken away only once that was said and `confirmed`.
    """
    row, definition = _found(kind, pk)
    user = cast(User, request.user)
    form = FieldForm(sent(request), definition=definition, user=user, opened_on=token(row))
    if request.method == "POST" and version_of(request.POST.get("version")) != row.version:
        return _conflict(request, form, row)
    if request.method == "POST" and form.is_valid():
        conflict.let_theirs_stand(request, form, FieldForm.initial_of(definition))
    user = cast(User, request.user)
    gone = _gone(definition, form) if request.method == "POST" and form.is_valid() else []
    lost = _lost(definition, gone)
    views = views_of_choices(definition, [each.code for each in gone], user=user)

    @transaction.atomic
    def change() -> None:
        version = form.cleaned_data["version"]
        changed = actions.change_field(
            definition=row, version=version, values=form.description(), **acted(request)
        )  # fmt: skip
        if definition.type in WITH_CHOICES:
            actions.change_choices(
                definition=row, version=changed.version, choices=form.choices_given(), **acted(request)
            )

    asks = bool(lost or views) and not request.POST.get("confirmed")
    if asks:
        ask_again(form)
    elif saved(request, form, change):
        return redirect("settings:fields", kind)
    context = {"field": definition, "type": TYPE_LABELS[definition.type], "asks": asks, "lost": lost, "views": views}
    return _page(request, "settings/field.html", kind, form=form, sections_in_use=_sections(kind), **context)


def _conflict(request: HttpRequest, form: FieldForm, row: FieldDefinition) -> HttpResponse:
    """Two described the field: both texts, also of each choice, settled where only one of the two touched it."""
    form.is_valid()
    happened = since(row, opened_on(form.data))
    then: dict[str, Any] = {}
    if happened.columns is not None:
        choices = happened.columns.get("choices", row.choices)
        before = replace(row.as_data(), choices=tuple(Choice(**each) for each in choices or ()))
        then = {name: value for name, value in FieldForm.initial_of(before).items() if "." in name}
    back = reverse("settings:field", args=[row.kind, row.pk])
    other = conflict.Other(since=happened, then=then)
    return conflict.page(
        request, form, row, initial_of=lambda fresh: FieldForm.initial_of(fresh.as_data()), back=back, other=other
    )


@administrators_only
@require_http_methods(["GET", "POST"])
def field_type(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Let a field take something else. First it is counted what that does, then it is done once it is `confirmed`."""
    row, definition = _found(kind, pk)
    form = TypeForm(request.POST or None, definition=definition)
    effect = None
    currency = organisation().currency

    def count() -> conversion.Effect:
        return conversion.effect(definition, as_type(definition, Type(form.cleaned_data["to"])), currency=currency)

    def turn() -> None:
        check_unused(definition)
        actions.change_type(
            definition=row, version=form.cleaned_data["version"], to=Type(form.cleaned_data["to"]), currency=currency,
            **acted(request),
        )  # fmt: skip

    if request.POST.get("confirmed") and saved(request, form, turn):
        return redirect("settings:field", kind, pk)
    if request.method == "POST":
        counted: list[conversion.Effect] = []
        if done(form, lambda: counted.append(count())):
            effect = counted[0]
    to = TYPE_LABELS[Type(form.cleaned_data["to"])] if effect else ""
    asked_by = _asked_by(request, definition) if effect else {}
    context = {"field": definition, "type": TYPE_LABELS[definition.type], "to": to, "effect": effect} | asked_by
    return _page(request, "settings/field_type.html", kind, form=form, **context)


@administrators_only
@require_http_methods(["GET", "POST"])
def delete_field(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a field and its values, once its name was typed."""
    row, definition = _found(kind, pk)
    form = DeleteFieldForm(request.POST or None, initial={"version": definition.version})
    emptied: list[int] = []

    def delete() -> None:
        check_unused(definition)
        given = form.cleaned_data
        emptied.append(
            actions.delete_field(definition=row, version=given["version"], typed=given["typed"], **acted(request))
        )

    if request.method == "POST" and done(form, delete):
        number = emptied[0]
        said = ngettext(
            "The field was deleted, with the value of %(number)d record.",
            "The field was deleted, with the values of %(number)d records.",
            number,
        )
        messages.success(request, said % {"number": number})
        return redirect("settings:fields", kind)
    context = {"field": definition, "held": conversion.holding(definition), "uses": uses(definition)}
    context |= _asked_by(request, definition)
    return _page(request, "settings/delete_field.html", kind, form=form, **context)


@administrators_only
@require_POST
def field_step(request: HttpRequest, kind: str, pk: int, step: str) -> HttpResponse:
    """Move a field up or down, put it away, or fetch it back.

    One that kept views ask for is put away once they were named and it is `confirmed`.
    """
    row, definition = _found(kind, pk)
    asked_by = _asked_by(request, definition) if step == "retire" else {}
    match step:
        case "up" | "down":
            actions.move_field(definition=row, earlier=step == "up", **acted(request))
        case "retire" if used := uses(definition):
            messages.error(request, still_used(used))
        case "retire" if asked_by["views"] and not request.POST.get("confirmed"):
            return _page(request, "settings/retire_field.html", kind, field=definition, **asked_by)
        case "retire":
            actions.retire_field(definition=row, **acted(request))
            said = _("“%(name)s” is put away; its values are kept.") % {"name": row}
            undoing.told(request, said, address=reverse("settings:field-step", args=[kind, pk, "restore"]))
        case "restore":
            actions.restore_field(definition=row, **acted(request))
            messages.success(request, _("“%(name)s” is back.") % {"name": row})
        case _:
            raise Http404
    return redirect("settings:fields", kind)


def _asked_by(request: HttpRequest, definition: Definition) -> dict[str, list[str] | str]:
    """The kept views that ask for the field, for a page."""
    return views_of_field(definition, user=cast(User, request.user))


class StillUsed(RapportError):
    """Something asks for the field; it would ask for nothing once the field is gone or another."""


def check_unused(definition: Definition) -> None:
    """Raises StillUsed."""
    if used := uses(definition):
        raise StillUsed(still_used(used))


def still_used(used: list[str]) -> str:
    """What is told where something asks for a field."""
    return _("This field is asked for; change that first: %(uses)s.") % {"uses": "; ".join(used)}


def _check_kind(kind: str) -> None:
    if kind not in WITH_FIELDS:
        raise Http404


def _found(kind: str, pk: int) -> tuple[FieldDefinition, Definition]:
    _check_kind(kind)
    row = get_object_or_404(FieldDefinition, kind=kind, pk=pk)
    return row, row.as_data()


def _sections(kind: str) -> list[str]:
    return [title for title in queries.by_section(queries.definitions(kind, retired=True)) if title]


def _rows(definitions: list[Definition]) -> list[dict[str, Any]]:
    """The fields with what the list says of them."""
    return [
        {"field": each, "type": TYPE_LABELS[each.type], "is_first": not place, "is_last": each is definitions[-1]}
        for place, each in enumerate(definitions)
    ]


def _gone(definition: Definition, form: FieldForm) -> list[Choice]:
    """The choices that would be taken away."""
    if definition.type not in WITH_CHOICES:
        return []
    staying = {each.code for each in form.choices_given()}
    return [each for each in definition.choices if each.code not in staying]


def _lost(definition: Definition, gone: list[Choice]) -> list[str]:
    """The choices that would be taken away from records, with how many hold each."""
    held = conversion.holding_choice(definition) if gone else {}
    return [
        ngettext(
            "“%(choice)s”: %(number)d record holds it", "“%(choice)s”: %(number)d records hold it", held[each.code]
        )
        % {"choice": each.label, "number": held[each.code]}
        for each in gone
        if held.get(each.code)
    ]


def _page(request: HttpRequest, template: str, kind: str, **context: Any) -> HttpResponse:
    kinds = [(each.value, KINDS[each], reverse("settings:fields", args=[each.value])) for each in WITH_FIELDS]
    return settings_page(request, template, kind=kind, kinds=kinds, **context)
