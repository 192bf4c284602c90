"""Pages of the settings: the company, its users, its teams."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.commerce import actions as commerce_actions
from rapport.commerce import queries as commerce_queries
from rapport.commerce.models import ExchangeRate
from rapport.core import clock
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.deals.actions.next_actions import switch_rules
from rapport.deals.queries import next_actions
from rapport.identity import access, actions, queries
from rapport.identity.models import Team, User
from rapport.insight.actions import weigh_health
from rapport.web import conflict, watched
from rapport.web.accounts import security
from rapport.web.advice.forms import AdviceForm
from rapport.web.parts import sent
from rapport.web.people.forms import CONFLICT, ask_again
from rapport.web.settings.forms import NewUserForm, OrganisationForm, RateForm, TeamForm, UserForm
from rapport.web.settings.health import WeightsForm
from rapport.web.settings.menu import menu

Rest = ParamSpec("Rest")


def administrators_only(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Let nobody else in."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *arguments: Rest.args, **named: Rest.kwargs) -> HttpResponse:
        access.check_may_configure(cast(User, request.user))
        return view(request, *arguments, **named)

    return guarded


@administrators_only
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """The company's own profile."""
    found = queries.organisation()
    form = watched.opened(request, OrganisationForm(sent(request), instance=found), found)

    def change() -> None:
        actions.change_organisation(changes=conflict.kept(request, form.cleaned_data), **_by(request))

    if _saved(request, form, watched.unless_changed(request, form, found, change)):
        return redirect("settings:organisation")
    if conflict.is_one(form):
        return watched.conflict_page(request, form, found, back=reverse("settings:organisation"))
    return _page(request, "settings/organisation.html", form=form)


@administrators_only
def users(request: HttpRequest) -> HttpResponse:
    """Everyone who can be an owner or sign in."""
    return _page(request, "settings/users.html", users=queries.colleagues_with_roles())


@administrators_only
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Add a colleague; the next page offers a link that lets them in."""
    form = NewUserForm(request.POST or None)

    def add() -> None:
        form.instance = actions.add_user(**form.cleaned_data, **_by(request))

    if _saved(request, form, add):
        return redirect("settings:user", form.instance.pk)
    return _page(request, "settings/user.html", form=form)


@administrators_only
@require_http_methods(["GET", "POST"])
def edit_user(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a colleague, or shut them out."""
    colleague = get_object_or_404(User, pk=pk)
    form = UserForm(sent(request), instance=get_object_or_404(User, pk=pk))
    form = watched.opened(request, form, colleague)

    def change() -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        actions.change_user(user=colleague, changes=conflict.kept(request, changes), **_by(request))

    if _saved(request, form, watched.unless_changed(request, form, colleague, change)):
        return redirect("settings:users")
    if conflict.is_one(form):
        return watched.conflict_page(request, form, colleague, back=reverse("settings:user", args=[pk]))
    shown = security.of(request, user=colleague)
    return _page(request, "settings/user.html", form=form, colleague=colleague, security=shown)


@administrators_only
@never_cache
@require_POST
def entry_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to hand over, shown once."""
    colleague = get_object_or_404(User, pk=pk, is_active=True, email__isnull=False)
    token = actions.make_entry_link(user=colleague, **_by(request))
    address = request.build_absolute_uri(reverse("enter:link", args=[token]))
    return _page(request, "settings/entry_link.html", colleague=colleague, address=address)


@administrators_only
def teams(request: HttpRequest) -> HttpResponse:
    """The tree of teams."""
    return _page(request, "settings/teams.html", teams=queries.team_tree())


@administrators_only
@require_http_methods(["GET", "POST"])
def new_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    return _team(request, Team())


@administrators_only
@require_http_methods(["GET", "POST"])
def edit_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a team."""
    return _team(request, get_object_or_404(Team, pk=pk))


@administrators_only
@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Every exchange rate, and a form for another."""
    own = queries.organisation().currency
    form = RateForm(request.POST or None, own_currency=own)

    def keep() -> None:
        commerce_actions.set_exchange_rate(own_currency=own, **form.cleaned_data, **_by(request))

    if _saved(request, form, keep):
        return redirect("settings:rates")
    return _page(request, "settings/rates.html", form=form, own=own, rates=commerce_queries.exchange_rates())


@administrators_only
@require_POST
def remove_rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rate away."""
    commerce_actions.remove_exchange_rate(rate=get_object_or_404(ExchangeRate, pk=pk), **_by(request))
    messages.success(request, _("Removed."))
    return redirect("settings:rates")


@administrators_only
@require_http_methods(["GET", "POST"])
def advice(request: HttpRequest) -> HttpResponse:
    """Which rules of advice speak, and after how many days."""
    form = AdviceForm(sent(request), rules=next_actions.rules_in_use())
    if _saved(request, form, lambda: switch_rules(switches=form.switches(), **_by(request))):
        return redirect("settings:advice")
    return _page(request, "settings/advice.html", form=form)


@administrators_only
@require_http_methods(["GET", "POST"])
def health(request: HttpRequest) -> HttpResponse:
    """How much each part of an account's health counts."""
    form = WeightsForm(sent(request))
    if _saved(request, form, lambda: weigh_health(weights=form.weights(), **_by(request))):
        return redirect("settings:health")
    return _page(request, "settings/health.html", form=form)


def _team(request: HttpRequest, team: Team) -> HttpResponse:
    """The form of one team."""
    form = watched.opened(request, TeamForm(sent(request), instance=team), team)

    def save() -> None:
        actions.save_team(team=form.instance, **_by(request))

    if _saved(request, form, watched.unless_changed(request, form, team, save)):
        return redirect("settings:teams")
    if conflict.is_one(form):
        return watched.conflict_page(request, form, team, back=reverse("settings:team", args=[team.pk]))
    return _page(request, "settings/team.html", form=form, team=team)


def _by(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when."""
    return {"by": request.user, "at": clock.now()}


def _saved(request: HttpRequest, form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether the form was sent, is right, and the action did it; what stands against it is told there."""
    if request.method != "POST" or not _done(form, act):
        return False
    messages.success(request, _("Saved."))
    return True


def _done(form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether the form is right and the action did it; what stands against it is told in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ChangedByAnother as error:
        form.add_error(None, ValidationError(str(error), code=CONFLICT))
        return False
    except RapportError as error:
        field = getattr(error, "field", None)
        form.add_error(field if field in form.fields else None, str(error))
        ask_again(form)
        return False
    return True


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page of the settings beside its menu; a form with errors is answered with 422."""
    wrong = "form" in context and context["form"].errors
    return render(request, template, context | {"settings_menu": menu(request)}, status=422 if wrong else 200)


# What settings that live in files of their own build on.
acted, done, saved, settings_page = _by, _done, _saved, _page
