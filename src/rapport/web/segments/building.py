"""The builder: a new segment, another rule for one, the tree after each press of a button, the live count."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core import clock
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.segments import access, actions, counting, rules, tasks
from rapport.segments.models import Segment
from rapport.segments.rules import WrongRule
from rapport.web import conflict
from rapport.web.parts import version_of
from rapport.web.seen import BEFORE, VERSION, opened_on, since, token
from rapport.web.segments import showing, tree, words
from rapport.web.segments.showing import Builder
from rapport.web.segments.tree import DraftGroup

TYPED = "json"


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a segment."""
    access.check_may_make(cast(User, request.user))
    return _form(request, None, tree.first())


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a segment another name, purpose or rule."""
    segment = access.segment_for_edit(cast(User, request.user), pk)
    return _form(request, segment, tree.from_json(segment.rule))


@never_cache
@require_POST
def build(request: HttpRequest) -> HttpResponse:
    """The builder after one press of a button or one change; nothing is kept."""
    access.check_may_make(cast(User, request.user))
    return render(request, "segments/_builder.html", {"builder": _builder(request)})


@never_cache
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """How many people the rule in the form would find."""
    access.check_may_make(cast(User, request.user))
    user = cast(User, request.user)
    rule, _problems = showing.checked(tree.read(request.POST, user=user), user=user)
    number = counting.count(rule, today=clock.today()) if rule else None
    return render(request, "segments/_count.html", {"number": number})


def _builder(request: HttpRequest) -> Builder:
    """The builder as the form has it, once the button that was pressed is carried out."""
    user = cast(User, request.user)
    draft = tree.read(request.POST, user=user)
    order = request.POST.get("do", "")
    if order != TYPED:
        return showing.build(draft, user=user, focus=tree.act(draft, order))
    text = request.POST.get("json", "")
    try:
        return showing.build(tree.from_json(rules.as_json(rules.from_text(text, user=user))), user=user)
    except WrongRule as error:
        return showing.build(draft, user=user, given=text, text_problem=str(error))


def _form(request: HttpRequest, segment: Segment | None, draft: DraftGroup) -> HttpResponse:
    """The form of a segment; saved where nothing is wrong, shown again where something is."""
    user = cast(User, request.user)
    shown = {"segment": segment, "name": segment.name if segment else "", "about": segment.about if segment else ""}
    shown["opened_on"] = request.POST.get(VERSION) or (token(segment) if segment else "")
    if request.method != "POST":
        return render(request, "segments/form.html", shown | {"builder": showing.build(draft, user=user)})
    shown |= {"name": request.POST.get("name", ""), "about": request.POST.get("about", "")}
    builder = _builder(request)
    if "do" in request.POST:
        return render(request, "segments/form.html", shown | {"builder": builder})
    if builder.rule is None:
        wrong = {"error": _("Some conditions are not complete yet.")}
        return render(request, "segments/form.html", shown | {"builder": builder} | wrong, status=422)
    try:
        saved = _save(request, segment, builder)
    except ChangedByAnother:
        assert segment is not None
        return _conflict(request, segment.pk, builder)
    except RapportError as error:
        if request.POST.get(BEFORE):
            shown["opened_on"] = request.POST[BEFORE]
        return render(request, "segments/form.html", shown | {"builder": builder, "error": str(error)}, status=422)
    tasks.request_refresh(only=[saved.pk])
    messages.success(request, _("Saved. Its people are being found."))
    return redirect("segments:page", saved.pk)


def _save(request: HttpRequest, segment: Segment | None, builder: Builder) -> Segment:
    assert builder.rule is not None
    user, at = cast(User, request.user), clock.now()
    name, about = request.POST.get("name", ""), request.POST.get("about", "")
    if segment is None:
        return actions.create(name=name, about=about, rule=builder.rule, by=user, at=at)
    mine = conflict.kept(request, {"name": name, "about": about, "rule": builder.rule})
    theirs = {"name": segment.name, "about": segment.about, "rule": rules.parse(segment.rule)}
    version = version_of(request.POST.get(VERSION))
    wanted: dict[str, Any] = theirs | mine
    return actions.change(segment=segment, version=version, **wanted, by=user, at=at)


def _conflict(request: HttpRequest, pk: int, builder: Builder) -> HttpResponse:
    """Two changed the segment: both names, purposes and rules, the rules in words."""
    segment = Segment.objects.get(pk=pk)
    happened = since(segment, opened_on(request.POST))
    assert builder.rule is not None
    mine: dict[str, Any] = {
        "name": tidy(request.POST.get("name", "")),
        "about": tidy(request.POST.get("about", ""))[:300],
    }
    labels = {"name": _("Name"), "about": _("What it is for"), "rule": _("People of whom")}
    sides = [(name, mine[name], str(getattr(segment, name))) for name in mine]
    rule = rules.as_json(builder.rule)
    mine["rule"] = rule
    sides.append(("rule", words.as_text(rule), words.as_text(segment.rule)))
    differing = conflict.Differing()
    for name, one, other in sides:
        now = getattr(segment, name)
        if mine[name] == now:
            continue
        known = happened.columns is not None
        then = (happened.columns or {}).get(name, now)
        compared = conflict.compared(request, name, labels[name], mine=one, theirs=other)
        differing.put(compared, is_mine=not known or mine[name] != then, is_theirs=not known or then != now)
    return conflict.show(
        request, title=segment.name, version=token(segment), since=happened, differing=differing,
        back=reverse("segments:page", args=[pk]),
    )  # fmt: skip
