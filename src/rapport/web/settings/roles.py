"""Roles and rights in the settings: what each role may do, said before it is saved."""

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.deals.actions.quote_settings import hand_over_role
from rapport.fields.actions import forget_role
from rapport.identity import queries
from rapport.identity import roles as actions
from rapport.identity.models import Role, User
from rapport.identity.rights import BUILT_IN
from rapport.web.settings.role_forms import NewRoleForm, RemoveRoleForm, RoleForm
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
        given = form.cleaned_data
        actions.change_role(
            role=found, version=given["version"], name=given.get("name", ""), second_factor=given["second_factor"],
            rights=form.rights(), **acted(request),
        )  # fmt: skip

    if request.POST.get("confirmed") and saved(request, form, change):
        return redirect("settings:role", pk)
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
