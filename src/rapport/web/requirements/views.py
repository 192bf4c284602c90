"""The register of requirements of a deal, and one requirement: said, changed, accepted, dropped."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import access
from rapport.deals.actions import tailoring as actions
from rapport.deals.models import Deal, Requirement
from rapport.deals.queries import tailoring as queries
from rapport.identity.models import User
from rapport.web import conflict
from rapport.web.criteria.forms import renew
from rapport.web.deals import panels
from rapport.web.parts import version_of
from rapport.web.requirements.forms import REWORK, AcceptForm, DropForm, RequirementForm
from rapport.web.seen import Since, opened_on


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The register."""
    user = cast(User, request.user)
    deal = access.deal_for_view(user, pk)
    context = _tab(user, deal) | {"register": queries.register(deal=deal, user=user)}
    return render(request, "requirements/page.html", context)


def _tab(user: User, deal: Deal) -> dict[str, Any]:
    context = panels.tab_context(user, deal, current="requirements:page")
    return context | {"may_edit": context["may_edit"] and deal.archived_at is None}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a requirement."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    form = RequirementForm(request.POST or None, user=user, currency=deal.currency)
    made = form.saved(lambda: actions.add_requirement(deal=deal, values=form.values(), by=user, at=clock.now()))
    if made:
        messages.success(request, _("Requirement %(number)s was written down.") % {"number": made.number})
        return redirect("requirements:one", pk, made.pk)
    context = _tab(user, deal) | {"form": form}
    return render(request, "requirements/form.html", context, status=422 if form.errors else 200)


@require_safe
def one(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """A requirement with its versions."""
    deal = access.deal_for_view(cast(User, request.user), pk)
    return _show(request, _found(deal, requirement))


def _show(request: HttpRequest, requirement: Requirement, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = cast(User, request.user)
    context = _tab(user, requirement.deal)
    row = queries.requirement_row(requirement=requirement, user=user)
    version = {"version": row.requirement.version}
    context |= {"row": row, "said": _said(row)}
    if context["may_edit"]:
        context |= {
            "accept_form": AcceptForm(user=user, initial=version | {"on": clock.today()}),
            "drop_form": DropForm(initial=version, auto_id="drop_%s"),
        }
    sent = forms.get("accept_form") or forms.get("drop_form")
    if sent is not None:
        renew(sent, version=row.requirement.version)
    is_shown = not row.is_dropped and not ("accept_form" in forms and row.newest.acceptance)
    if sent is not None and not is_shown:
        context["complaint"] = " ".join(sent.non_field_errors())
    return render(request, "requirements/one.html", context | forms, status=status)


def _said(row: queries.RequirementRow) -> list[tuple[str, str]]:
    """What the newest version says, label by label."""
    version = row.newest.version
    fields = [version._meta.get_field(name) for name in actions.SAID if name != "title"]
    return [(str(getattr(field, "verbose_name", "")), getattr(version, str(field.name))) for field in fields]


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Say a requirement anew; after acceptance with the cause of the change."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, requirement)
    row = queries.requirement_row(requirement=known, user=user)
    is_rework = row.was_accepted
    form = RequirementForm(
        request.POST or None, user=user, currency=deal.currency, is_rework=is_rework, requirement=known,
        initial=RequirementForm.initial_of(row),
    )  # fmt: skip
    made = form.saved(
        lambda: actions.revise(
            requirement=known, version=form.cleaned_data["version"], values=conflict.kept(request, form.values()),
            rework=form.rework() if is_rework else None, by=user, at=clock.now(),
        )
    )  # fmt: skip
    if made:
        messages.success(request, _("Saved."))
        return redirect("requirements:one", pk, requirement)
    if form.is_conflict:
        return _conflict(request, form, _found(deal, requirement))
    context = _tab(user, deal) | {"form": form, "row": row, "is_rework": is_rework}
    return render(request, "requirements/form.html", context, status=422 if form.errors else 200)


def _conflict(request: HttpRequest, form: RequirementForm, known: Requirement) -> HttpResponse:
    """Two said it anew: both texts, with those of the version on which the form was opened to tell who changed what."""
    row = queries.requirement_row(requirement=known, user=cast(User, request.user))
    number = version_of(opened_on(form.data).partition("-")[2])
    versions = {each.version.number: each.version for each in row.versions}
    since = [each for each in reversed(row.versions) if number and each.version.number > number]
    then = versions.get(number)
    other = conflict.Other(
        title=_("Requirement %(number)s") % {"number": known.number},
        then=dict.fromkeys(REWORK) | ({name: getattr(then, name) for name in actions.SAID} if then else {}),
        since=Since(
            by=tuple(dict.fromkeys(each.version.by for each in since if each.version.by)),
            at=since[0].version.at if since else None,
        ),
    )  # fmt: skip
    back = reverse("requirements:one", args=[known.deal_id, known.pk])
    shown = RequirementForm.initial_of(row)
    return conflict.page(request, form, known, initial_of=lambda _known: shown, back=back, other=other)


@require_POST
def accept(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Note that the customer accepted the newest version."""
    user = cast(User, request.user)
    known = _found(access.deal_for_edit(user, pk), requirement)
    form = AcceptForm(request.POST, user=user)
    done = form.saved(
        lambda: actions.accept(requirement=known, **form.cleaned_data, by=user, at=clock.now(), today=clock.today())
    )
    if done is None:
        return _show(request, known, accept_form=form, status=422)
    messages.success(request, _("Noted as accepted."))
    return redirect("requirements:one", pk, requirement)


@require_POST
def drop(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """The customer needs it no longer."""
    user = cast(User, request.user)
    known = _found(access.deal_for_edit(user, pk), requirement)
    form = DropForm(request.POST, auto_id="drop_%s")
    done = form.saved(lambda: actions.drop(requirement=known, **form.cleaned_data, by=user, at=clock.now()))
    if done is None:
        return _show(request, known, drop_form=form, status=422)
    messages.success(request, _("Dropped. It stays on record."))
    return redirect("requirements:page", pk)


@require_POST
def take_up(request: HttpRequest, pk: int, requirement: int) -> HttpResponse:
    """Work on a dropped requirement again."""
    user = cast(User, request.user)
    known = _found(access.deal_for_edit(user, pk), requirement)
    version = version_of(request.POST.get("version"))
    try:
        actions.take_up_again(requirement=known, version=version, by=user, at=clock.now())
    except RapportError as error:
        return _show(request, known, complaint=str(error), status=409)
    messages.success(request, _("Taken up again."))
    return redirect("requirements:one", pk, requirement)


def _found(deal: Deal, pk: int) -> Requirement:
    """A requirement of the deal. Raises Http404."""
    found = Requirement.objects.filter(deal=deal, pk=pk).first()
    if found is None:
        raise Http404
    found.deal = deal
    return found
