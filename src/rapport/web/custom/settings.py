"""Own fields in the settings: what each kind of record has, and what a change does to the values, said before."""

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
from rapport.fields.definitions import TYPE_LABELS, WITH_CHOICES, Definition, Type
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.identity.rights import KINDS
from rapport.web.custom.definition_forms import DeleteFieldForm, FieldForm, NewFieldForm, TypeForm
from rapport.web.custom.uses import uses
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

    A choice that records hold is taken away only once its number was said and `confirmed`.
    """
    row, definition = _found(kind, pk)
    form = FieldForm(request.POST or None, definition=definition, user=cast(User, request.user))
    lost = _lost(definition, form) if request.method == "POST" and form.is_valid() else []

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

    asks = bool(lost) and not request.POST.get("confirmed")
    if not asks and saved(request, form, change):
        return redirect("settings:fields", kind)
    context = {"field": definition, "type": TYPE_LABELS[definition.type], "lost": lost if asks else []}
    return _page(request, "settings/field.html", kind, form=form, sections_in_use=_sections(kind), **context)


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
    context = {"field": definition, "type": TYPE_LABELS[definition.type], "to": to, "effect": effect}
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
    return _page(request, "settings/delete_field.html", kind, form=form, **context)


@administrators_only
@require_POST
def field_step(request: HttpRequest, kind: str, pk: int, step: str) -> HttpResponse:
    """Move a field up or down, put it away, or fetch it back."""
    row, definition = _found(kind, pk)
    match step:
        case "up" | "down":
            actions.move_field(definition=row, earlier=step == "up", **acted(request))
        case "retire" if used := uses(definition):
            messages.error(request, still_used(used))
        case "retire":
            actions.retire_field(definition=row, **acted(request))
            messages.success(request, _("“%(name)s” is put away; its values are kept.") % {"name": row})
        case "restore":
            actions.restore_field(definition=row, **acted(request))
            messages.success(request, _("“%(name)s” is back.") % {"name": row})
        case _:
            raise Http404
    return redirect("settings:fields", kind)


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


def _lost(definition: Definition, form: FieldForm) -> list[str]:
    """The choices that would be taken away from records, with how many hold each."""
    if definition.type not in WITH_CHOICES:
        return []
    staying = {each.code for each in form.choices_given()}
    gone = [each for each in definition.choices if each.code not in staying]
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
