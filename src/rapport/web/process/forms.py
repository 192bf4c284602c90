"""Forms of the process: documents of a deal; pipelines, stages, requirements and reasons in the settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.models import DocumentKind, Pipeline, Stage
from rapport.deals.rules import requirement_words as words
from rapport.deals.rules import templates
from rapport.deals.rules.requirements import Needed
from rapport.fields.queries import definitions

_NAMES = {
    "field": (_("A field is filled in"), words.FIELD_NAMES),
    "document": (_("A document is there"), words.DOCUMENT_NAMES),
    "role": (_("Contact with a committee role"), words.ROLE_NAMES),
    "approval": (pgettext_lazy("requirement", "A quote"), words.APPROVAL_NAMES),
    "held": (_("Something took place"), words.INTERACTION_NAMES),
}


class DocumentForm(forms.Form):
    """A file and what it is."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    file = forms.FileField(label=_("File"), allow_empty_file=True)


class NewPipelineForm(forms.Form):
    """A pipeline from a template, or as another one is."""

    template = forms.ChoiceField(
        label=_("Begin with"), widget=forms.RadioSelect,
        choices=[(each.key, each.name) for each in templates.TEMPLATES],
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), required=False, max_length=120, help_text=_("Left empty, it is called as the template is.")
    )


class PipelineForm(forms.Form):
    """The name of a pipeline, and what it is for; without a purpose it keeps the one it has."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=pgettext_lazy("pipeline", "Purpose"), required=False, choices=Pipeline.Kind.choices,
        help_text=_("Open deals of a pipeline for renewals stand among the renewals ahead of their customer."),
    )  # fmt: skip


class StageForm(forms.Form):
    """A stage: its name, the chance to win from it, the days it should take."""

    name = forms.CharField(label=_("Name"), max_length=120)
    probability = forms.IntegerField(label=_("Probability, %"), min_value=0, max_value=100, required=False)
    expected_days = forms.IntegerField(
        label=_("Expected days"), min_value=1, max_value=3650, required=False,
        help_text=_("A deal that stays longer is marked as overdue in this stage."),
    )  # fmt: skip

    def __init__(self, *given: Any, status: str = Stage.Status.OPEN, **named: Any) -> None:
        super().__init__(*given, **named)
        if status != Stage.Status.OPEN:
            del self.fields["probability"], self.fields["expected_days"]

    def values(self) -> dict[str, Any]:
        """The fields of the stage."""
        given = dict(self.cleaned_data)
        if "probability" in given:
            given["probability"] = given["probability"] or 0
        return given


class NewStageForm(StageForm):
    """A stage to be; what it counts as is said once."""

    status = forms.ChoiceField(
        label=_("Counts as"), choices=Stage.Status.choices, help_text=_("This cannot be changed later.")
    )
    field_order = ("name", "status", "probability", "expected_days")


class RequirementForm(forms.Form):
    """What a stage asks for: one choice of all that can be asked, and for a criterion its name."""

    what = forms.ChoiceField(label=_("What is needed"))
    criterion = forms.CharField(
        label=_("Name of the criterion"), required=False, max_length=120,
        help_text=_("Only where one criterion is asked for: as it is called on the deals."),
    )  # fmt: skip
    is_hard = forms.TypedChoiceField(
        label=_("How strictly"), coerce=lambda value: value == "hard", initial="hard",
        choices=[("hard", _("Must be met before a deal comes in")), ("soft", _("Is only noted if it is not met"))],
    )  # fmt: skip

    def __init__(self, *given: Any, stage: Stage, steps: list[Stage], **named: Any) -> None:
        super().__init__(*given, **named)
        self.steps = {each.pk: each for each in steps if each.status == Stage.Status.OPEN and each.pk != stage.pk}
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [("", _("Choose")), *self._groups(stage)]

    def _groups(self, stage: Stage) -> list[Any]:
        groups: list[Any] = []
        for kind, (label, names) in _NAMES.items():
            shown = [(f"{kind}:{key}", name) for key, name in names.items()]
            if kind == "field":
                shown += [(f"field:{each.name}", each.label) for each in definitions("deal")]
            if stage.status != Stage.Status.LOST:
                shown = [pair for pair in shown if pair[0] != "field:loss_reason"]
            groups.append((label, shown))
        criteria = [
            ("criterion:all", _("All must-have criteria are met")),
            ("criterion:one", _("One criterion, named")),
        ]
        groups.insert(3, (_("Criteria of the customer"), criteria))
        if self.steps:
            steps = [(f"step:{pk}", each.name) for pk, each in self.steps.items()]
            groups.append((_("Has been in the stage"), steps))
        return groups

    def clean(self) -> dict[str, Any]:
        """A named criterion has a name."""
        given = super().clean() or {}
        if given.get("what") == "criterion:one" and not (given.get("criterion") or "").strip():
            self.add_error("criterion", _("Name the criterion."))
        return given

    def needed(self) -> Needed:
        """What was chosen."""
        kind, _colon, subject = self.cleaned_data["what"].partition(":")
        is_hard = self.cleaned_data["is_hard"]
        if kind == "criterion":
            return Needed("criterion", self.cleaned_data["criterion"] if subject == "one" else "", is_hard=is_hard)
        if kind == "step":
            step = self.steps[int(subject)]
            return Needed("step", "", step.pk, step.name, is_hard)
        return Needed("step" if kind == "held" else kind, subject, is_hard=is_hard)


class EmptyStageForm(forms.Form):
    """Where the deals of a stage go."""

    to = forms.ModelChoiceField(
        label=_("Move its deals to"), queryset=Stage.objects.none(), empty_label=_("Choose a stage")
    )

    def __init__(self, *given: Any, takers: list[Stage], **named: Any) -> None:
        super().__init__(*given, **named)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset = Stage.objects.filter(pk__in=[each.pk for each in takers]).order_by("position")


class ReasonForm(forms.Form):
    """A reason for loss in a few words."""

    name = forms.CharField(label=_("Reason"), max_length=120)
