"""Settings of the process: pipelines, their stages, what these ask for, and the reasons why deals are lost."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core.errors import RapportError
from rapport.deals import actions
from rapport.deals.actions import reasons, requirements, stages
from rapport.deals.actions.pipelines import give_purpose
from rapport.deals.models import LossReason, Pipeline, Stage, StageRequirement
from rapport.deals.queries import shaping
from rapport.deals.rules import templates
from rapport.web import conflict, undoing, watched
from rapport.web.parts import sent
from rapport.web.process import forms
from rapport.web.settings.views import acted, administrators_only, done, saved, settings_page


@administrators_only
def pipelines(request: HttpRequest) -> HttpResponse:
    """All pipelines in their order."""
    shown = {"rows": shaping.pipeline_rows(), "retired": shaping.pipeline_rows(retired=True)}
    return _page(request, "pipelines", **shown)


@administrators_only
@require_http_methods(["GET", "POST"])
def new_pipeline(request: HttpRequest) -> HttpResponse:
    """Make a pipeline from a template."""
    form = forms.NewPipelineForm(sent(request), initial={"template": templates.TEMPLATES[0].key})
    made: list[Pipeline] = []

    def add() -> None:
        given = form.cleaned_data
        made.append(actions.add_from_template(key=given["template"], name=given["name"], **acted(request)))

    if saved(request, form, add):
        return redirect("settings:pipeline", made[0].pk)
    return _page(request, "new_pipeline", form=form, templates=templates.TEMPLATES)


@administrators_only
@require_http_methods(["GET", "POST"])
def pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """One pipeline: its name, its stages, a form for another stage."""
    found = get_object_or_404(Pipeline, pk=pk)
    form = forms.PipelineForm(sent(request), initial={"name": found.name, "kind": found.kind})
    form = watched.opened(request, form, found)

    def change() -> None:
        now = {"name": found.name, "kind": found.kind}
        _change_pipeline(request, found, now | conflict.kept(request, form.cleaned_data))

    if saved(request, form, watched.unless_changed(request, form, found, change)):
        return redirect("settings:pipeline", pk)
    if conflict.is_one(form):
        return watched.conflict_page(request, form, found, back=reverse("settings:pipeline", args=[pk]))
    return _pipeline_page(request, found, form=form, adding=forms.NewStageForm(auto_id="add-%s"))


@transaction.atomic
def _change_pipeline(request: HttpRequest, found: Pipeline, given: dict[str, Any]) -> None:
    stages.rename_pipeline(pipeline=found, name=given["name"], **acted(request))
    give_purpose(pipeline=found, kind=given["kind"] or found.kind, **acted(request))


def _pipeline_page(request: HttpRequest, found: Pipeline, **more: Any) -> HttpResponse:
    found.refresh_from_db()
    return _page(request, "pipeline", shape=shaping.pipeline_shape(found), **more)


@administrators_only
@require_POST
def add_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage to a pipeline."""
    found = get_object_or_404(Pipeline, pk=pk)
    adding = forms.NewStageForm(request.POST, auto_id="add-%s")
    if saved(
        request, adding, lambda: stages.add_stage(pipeline=found, values=adding.values(), **acted(request))
    ):  # fmt: skip
        return redirect("settings:pipeline", pk)
    form = forms.PipelineForm(initial={"name": found.name, "kind": found.kind})
    response = _pipeline_page(request, found, form=watched.opened(request, form, found), adding=adding)
    response.status_code = 422
    return response


@administrators_only
@require_POST
def shift_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a pipeline up, or down with `down`."""
    found = get_object_or_404(Pipeline, pk=pk)
    stages.shift_pipeline(pipeline=found, up="down" not in request.POST, **acted(request))
    return redirect("settings:pipelines")


@administrators_only
@require_POST
def remove_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a pipeline that was never used, put away one that was; refused while deals are open in it."""
    found = get_object_or_404(Pipeline, pk=pk)
    try:
        is_deleted = stages.retire_pipeline(pipeline=found, **acted(request))
    except RapportError as error:
        messages.error(request, str(error))
        return redirect("settings:pipeline", pk)
    _say_gone(request, is_deleted, back=reverse("settings:restore-pipeline", args=[pk]))
    return redirect("settings:pipelines")


@administrators_only
@require_POST
def restore_pipeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a pipeline into use again."""
    stages.restore_pipeline(pipeline=get_object_or_404(Pipeline, pk=pk), **acted(request))
    return redirect("settings:pipeline", pk)


@administrators_only
@require_http_methods(["GET", "POST"])
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """One stage: its fields, what it asks for, taking it away."""
    found = _stage(pk)
    initial = {name: getattr(found, name) for name in stages.CHANGEABLE}
    form = watched.opened(request, forms.StageForm(sent(request), status=found.status, initial=initial), found)

    def change() -> None:
        stages.change_stage(stage=found, changes=conflict.kept(request, form.values()), **acted(request))

    if saved(request, form, watched.unless_changed(request, form, found, change)):
        return redirect("settings:stage", pk)
    if conflict.is_one(form):
        return watched.conflict_page(request, form, found, back=reverse("settings:stage", args=[pk]))
    return _stage_page(request, _stage(pk), form=form)


def _stage_page(request: HttpRequest, found: Stage, **given: Any) -> HttpResponse:
    """The page of a stage; `form`, `asking` and `emptying` are forms that were sent and cannot be accepted."""
    shape = shaping.pipeline_shape(found.pipeline)
    row = next((each for each in shape.stages if each.stage.pk == found.pk), None)
    takers = shaping.takers(found)
    initial = {name: getattr(found, name) for name in stages.CHANGEABLE}
    shown = {
        "stage": found,
        "row": row,
        "form": watched.opened(request, forms.StageForm(status=found.status, initial=initial), found),
        "asking": forms.RequirementForm(stage=found, steps=[each.stage for each in shape.stages]),
        "emptying": forms.EmptyStageForm(takers=takers) if takers else None,
    }
    wrong = any(form.errors for form in given.values())
    response = _page(request, "stage", **shown | given)
    response.status_code = 422 if wrong else 200
    return response


@administrators_only
@require_POST
def shift_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a stage up, or down with `down`."""
    found = _stage(pk)
    stages.shift_stage(stage=found, up="down" not in request.POST, **acted(request))
    return redirect("settings:pipeline", found.pipeline_id)


@administrators_only
@require_POST
def empty_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Move all deals of a stage to another one alike."""
    found = _stage(pk)
    form = forms.EmptyStageForm(request.POST, takers=shaping.takers(found))
    moved: list[int] = []

    def empty() -> None:
        moved.append(stages.empty_stage(stage=found, to=form.cleaned_data["to"], **acted(request)))

    if not done(form, empty):
        return _stage_page(request, found, emptying=form)
    said = ngettext("%(count)s deal was moved.", "%(count)s deals were moved.", moved[0]) % {"count": moved[0]}
    messages.success(request, said)
    return redirect("settings:stage", pk)


@administrators_only
@require_POST
def remove_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a stage that was never used, put away one that was; refused while deals stand in it."""
    found = _stage(pk)
    try:
        is_deleted = stages.remove_stage(stage=found, **acted(request))
    except RapportError as error:
        messages.error(request, str(error))
        return redirect("settings:stage", pk)
    _say_gone(request, is_deleted, back=reverse("settings:restore-stage", args=[pk]))
    return redirect("settings:pipeline", found.pipeline_id)


@administrators_only
@require_POST
def restore_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stage into use again."""
    found = _stage(pk)
    stages.restore_stage(stage=found, **acted(request))
    return redirect("settings:pipeline", found.pipeline_id)


@administrators_only
@require_POST
def add_requirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stage ask for something; what could never be met is refused in words."""
    found = _stage(pk)
    steps = [each.stage for each in shaping.pipeline_shape(found.pipeline).stages]
    asking = forms.RequirementForm(request.POST, stage=found, steps=steps)
    if saved(
        request, asking, lambda: requirements.add_requirement(stage=found, needed=asking.needed(), **acted(request))
    ):
        return redirect("settings:stage", pk)
    return _stage_page(request, found, asking=asking)


@administrators_only
@require_POST
def change_requirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a requirement strict, or one that is only noted."""
    found = get_object_or_404(StageRequirement.objects.select_related("stage", "step"), pk=pk)
    try:
        requirements.change_requirement(requirement=found, is_hard="hard" in request.POST, **acted(request))
    except RapportError as error:
        messages.error(request, str(error))
    return redirect("settings:stage", found.stage_id)


@administrators_only
@require_POST
def remove_requirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stage ask for something no longer."""
    found = get_object_or_404(StageRequirement.objects.select_related("stage"), pk=pk)
    requirements.remove_requirement(requirement=found, **acted(request))
    messages.success(request, _("Removed."))
    return redirect("settings:stage", found.stage_id)


@administrators_only
@require_http_methods(["GET", "POST"])
def loss_reasons(request: HttpRequest) -> HttpResponse:
    """The reasons why deals are lost, and a form for another."""
    form = forms.ReasonForm(sent(request))
    if saved(request, form, lambda: reasons.add_reason(name=form.cleaned_data["name"], **acted(request))):
        return redirect("settings:loss-reasons")
    shown = {"rows": shaping.reason_rows(), "retired": shaping.reason_rows(retired=True)}
    return _page(request, "loss_reasons", form=form, **shown)


@administrators_only
@require_http_methods(["GET", "POST"])
def loss_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Word a reason differently."""
    found = get_object_or_404(LossReason, pk=pk)
    form = watched.opened(request, forms.ReasonForm(sent(request), initial={"name": found.name}), found)

    def rename() -> None:
        name = conflict.kept(request, form.cleaned_data).get("name", found.name)
        reasons.rename_reason(reason=found, name=name, **acted(request))

    if saved(request, form, watched.unless_changed(request, form, found, rename)):
        return redirect("settings:loss-reasons")
    if conflict.is_one(form):
        return watched.conflict_page(request, form, found, back=reverse("settings:loss-reasons"))
    return _page(request, "loss_reason", form=form, reason=found)


@administrators_only
@require_POST
def suggest_reasons(request: HttpRequest) -> HttpResponse:
    """Add the usual reasons."""
    reasons.add_suggested_reasons(**acted(request))
    return redirect("settings:loss-reasons")


@administrators_only
@require_POST
def change_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Do with a reason what the pressed button says: up, down, remove, restore."""
    found = get_object_or_404(LossReason, pk=pk)
    if "remove" in request.POST:
        is_deleted = reasons.remove_reason(reason=found, **acted(request))
        _say_gone(request, is_deleted, back=reverse("settings:change-reason", args=[pk]))
    elif "restore" in request.POST:
        reasons.restore_reason(reason=found, **acted(request))
    else:
        reasons.shift_reason(reason=found, up="down" not in request.POST, **acted(request))
    return redirect("settings:loss-reasons")


def _stage(pk: int) -> Stage:
    found: Stage = get_object_or_404(Stage.objects.select_related("pipeline"), pk=pk)
    return found


def _say_gone(request: HttpRequest, is_deleted: bool, *, back: str) -> None:
    if is_deleted:
        messages.success(request, _("Deleted."))
    else:
        undoing.told(request, _("Put away: what happened in it keeps its name."), address=back)


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """A page of the settings, with their tabs."""
    return settings_page(request, f"process/{name}.html", **context)
