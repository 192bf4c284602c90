"""What the board is narrowed to, and the form that moves one deal."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.deals.models import Deal, LossReason, Pipeline, Stage
from rapport.deals.queries import DealFilters
from rapport.identity.models import User
from rapport.web.fields import CompanyField, offer
from rapport.web.people.forms import owners
from rapport.web.search.fields import RecordField
from rapport.web.seen import VersionField

MINE = "me"
SORT_NAMES = (
    ("", _("Closing soonest")),
    ("-worth", _("Largest amount")),
    ("waiting", _("Longest in the stage")),
    ("-arrival", _("Added last")),
)


class BoardFilterForm(forms.Form):
    """One pipeline, and what its deals can be narrowed to. Company and product are named, or given as `#12`."""

    pipeline = forms.TypedChoiceField(label=_("Pipeline"), required=False, coerce=int, empty_value=None)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    company = CompanyField(label=_("Company"), required=False)
    product = RecordField(label=_("Product"), required=False, rows=Product.objects.all())
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=SORT_NAMES)
    rotting = forms.BooleanField(label=_("Too long in the stage"), required=False)

    def __init__(self, data: Any, *, user: User, pipelines: list[Pipeline], colleagues: Any, teams: Any) -> None:
        super().__init__(data)
        self.user = user
        for name in ("company", "product"):
            field = self.fields[name]
            assert isinstance(field, CompanyField | RecordField)
            field.for_user(user)
            # Here the offers stand beside the filters, which send themselves as a name is chosen.
            field.widget.attrs |= {"hx-sync": "this:replace", "hx-select": "unset", "hx-push-url": "false"}
        everyone = owners(colleagues)
        offer(self.fields["owner"], [everyone[0], (MINE, _("Mine")), *everyone[1:]])
        offer(self.fields["pipeline"], [(each.pk, each.name) for each in pipelines])
        offer(self.fields["team"], [("", _("Every team")), *((team.pk, team.name) for team in teams)])
        if len(pipelines) < 2:
            del self.fields["pipeline"]
        if not teams:
            del self.fields["team"]

    def filters(self, *, pipeline: Pipeline, now: datetime) -> DealFilters:
        """The filters that make sense; others are left out."""
        self.full_clean()
        given = self.cleaned_data
        owner = str(self.user.pk) if given.get("owner") == MINE else given.get("owner") or ""
        return DealFilters(
            pipeline=pipeline.pk,
            owner=owner,
            team=given.get("team"),
            company=given["company"].pk if given.get("company") else None,
            product=given["product"].pk if given.get("product") else None,
            rotting_at=now if given.get("rotting") else None,
        )

    @property
    def order(self) -> str:
        """The order of the cards that was asked for."""
        return str(self.cleaned_data.get("sort") or "")


class MoveForm(forms.Form):
    """Where a deal goes, and what is said about it."""

    to = forms.ModelChoiceField(label=_("Move to"), queryset=Stage.objects.none(), empty_label=_("Choose a stage"))
    reason_code = forms.ModelChoiceField(
        label=_("Reason for the loss"), queryset=LossReason.objects.none(), required=False, empty_label=_("Not said"),
        to_field_name="code",
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)
    version = VersionField()
    override = forms.CharField(
        label=_("Move all the same, because"), required=False, max_length=300,
        help_text=_("Kept in the history with your name."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, deal: Deal, to: Stage | None = None) -> None:
        super().__init__(data, initial={"version": deal.version, "to": to}, auto_id="move-%s")
        stages = Stage.objects.filter(pipeline=deal.pipeline_id).order_by("position")
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = stages if self.is_bound else stages.exclude(pk=deal.stage_id).filter(retired_at=None)
        reasons = LossReason.objects.filter(retired_at=None)
        codes = self.fields["reason_code"]
        assert isinstance(codes, forms.ModelChoiceField)
        codes.queryset = reasons
        self.is_loss = to is not None and to.status == Stage.Status.LOST
        if not reasons.exists():
            del self.fields["reason_code"]
