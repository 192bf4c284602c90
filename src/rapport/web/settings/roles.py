"""Roles and rights in the settings: what each role may do, said before it is saved."""

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.deals.actions.quote_settings import hand_over_role
from rapport.fields.actions import forget_role
from rapport.identity import queries
from rapport.identity import roles as actions
from rapport.identity.models import Right, Role, User
from rapport.identity.rights import BUILT_IN, OFFERED, Action, Kind, Reach
from rapport.web import conflict
from rapport.web.seen import opened_on, part_entries, since
from rapport.web.settings.role_forms import PARTS, NewRoleForm, RemoveRoleForm, RoleForm, field_name
from rapport.web.settings.role_table import changes_of, other_changes, summary, table_of
from rapport.web.settings.views import acted, administrators_only, saved, settings_page


@administrators_only
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Every role: who has it, and how far it sees."""
    found = [(each, summary(each.sees)) for each in queries.roles_in_use()]
    return settings_page(request, "settings/roles.html", roles=found)


@administrators_only
@require_http_methods(["GET", "POST"])
def new_role(request: HttpRequest) -> HttpResponse:
    """Add a role that begins as a copy of another."""
    like = request.GET.get("like", "")
    form = NewRoleForm(request.POST or None, initial={"like": like if like.isdecimal() else None})

    def add() -> None:
        given = form.cleaned_data
        form.made = actions.add_role(name=given["name"], like=given["like"], **acted(request))

    if saved(request, form, add):
        return redirect("settings:role", cast(Role, form.made).pk)
    return settings_page(request, "settings/new_role.html", form=form)


@administrators_only
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """What a role may do. Sent once, it says what would change; sent again with `confirmed`, it is saved.

    `?began` shows a built-in role as it began, to be looked at and saved in the same way.
    """
    found = get_object_or_404(Role, pk=pk)
    held = actions.rights_of_role(found)
    began = "began" in request.GET and found.is_built_in
    form = RoleForm(request.POST or None, role=found, held=BUILT_IN[found.code] if began else held)

    def change() -> None:
        stands = {field_name(*pair): reach for pair, reach in held.items()}
        conflict.let_theirs_stand(request, form, RoleForm.initial_of(found, held) | stands)
        given = form.cleaned_data
        actions.change_role(
            role=found, version=given["version"], name=given.get("name", ""), second_factor=given["second_factor"],
            rights=form.rights(), **acted(request),
        )  # fmt: skip

    if request.POST.get("confirmed") and saved(request, form, change):
        return redirect("settings:role", pk)
    if conflict.is_one(form):
        return _conflict(request, form, found)
    asks = request.method == "POST" and form.is_valid() and not request.POST.get("back")
    wanted = form.rights() if asks else BUILT_IN[found.code] if began else held
    context = {
        "role": found,
        "users": User.objects.filter(role=found.code).count(),
        "table": table_of(form, wanted),
        "changes": changes_of(held, wanted) if asks or began else [],
        "others": other_changes(found, form) if asks else [],
        "asks": asks and not form.errors,
        "began": began,
        "differs": found.is_built_in and held != BUILT_IN[found.code],
    }
    return settings_page(request, "settings/role.html", form=form, **context)


def _conflict(request: HttpRequest, form: RoleForm, role: Role) -> HttpResponse:
    """Two changed the role: both reaches of each right that differs, settled where only one of the two touched it."""
    opened = opened_on(form.data)
    shown = RoleForm.initial_of(role, actions.rights_of_role(role))
    happened = since(role, opened, parts=PARTS)
    then: dict[str, Any] = {}
    if happened.columns is not None:
        names = {row.pk: field_name(Kind(row.kind), Action(row.action)) for row in Right.objects.filter(role=role)}
        then = {field_name(*pair): shown[field_name(*pair)] for pair in OFFERED}
        for entry in reversed(part_entries(role, *PARTS, opened)):
            then[names.get(entry.record_id, "")] = (entry.before or {}).get("reach", Reach.NOTHING.value)
    other = conflict.Other(since=happened, then=then)
    back = reverse("settings:role", args=[role.pk])
    return conflict.page(request, form, role, initial_of=lambda _role: shown, back=back, other=other)


@administrators_only
@require_http_methods(["GET", "POST"])
def remove_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a role of one's own; whoever had it gets another one."""
    found = get_object_or_404(Role, pk=pk)
    form = RemoveRoleForm(request.POST or None, role=found)

    @transaction.atomic
    def remove() -> None:
        to = form.cleaned_data["to"]
        hand_over_role(role=found.code, to=to.code, **acted(request))
        forget_role(role=found.code, to=to.code)
        actions.remove_role(role=found, to=to, **acted(request))

    if found.is_built_in:
        messages.error(request, _("This role belongs to every installation and stays."))
        return redirect("settings:role", pk)
    if saved(request, form, remove):
        return redirect("settings:roles")
    users = User.objects.filter(role=found.code).count()
    return settings_page(request, "settings/remove_role.html", form=form, role=found, users=users)
