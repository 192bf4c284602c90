"""The short forms of quick entry. A customer is named by company, person, or both."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rapport.core import clock
from rapport.core.money import CURRENCIES
from rapport.core.text import fold, tidy
from rapport.deals.models import Stage
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.people import alike
from rapport.people.models import Company, Person
from rapport.timeline.rules import split_text
from rapport.web.custom.forms import WithOwnFields
from rapport.web.fields import CompanyField, DayField, OwnerField
from rapport.web.merging.kinds import COMPANIES, shared
from rapport.web.numbers import NumberField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField
from rapport.web.timeline import sources
from rapport.web.timeline.forms import MOST_MINUTES, TASK

LONGEST_NAME = 200
if TYPE_CHECKING:
    StageChoice = forms.ModelChoiceField[Stage]
else:
    StageChoice = forms.ModelChoiceField


class QuickForm(SaysWhatIsWrong):
    """What all of them share: the customer, and the page from which one came."""

    company = CompanyField(label=_("Company"), required=False)
    person = RecordField(label=_("Person"), required=False, rows=Person.objects.all())
    place = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="quick-%s")
        self.user = user
        for name in ("company", "person"):
            field = self.fields[name]
            assert isinstance(field, CompanyField | RecordField)
            field.for_user(user)
            # Offers of its own: the page behind the dialog may have some too.
            field.widget.attrs |= {
                "list": f"quick-{name}-offered", "hx-target": f"#quick-{name}-offered", "hx-select": "unset",
                "hx-push-url": "false", "hx-sync": "this:replace",
            }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What was written, without what only the form needs."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("place", "add_company")}


class StageField(StageChoice):
    """A stage, with its pipeline before it where there are several."""

    names_pipeline = False

    def label_from_instance(self, obj: Stage) -> str:
        """The stage as the choice names it."""
        return f"{obj.pipeline} · {obj}" if self.names_pipeline else str(obj)


class QuickDeal(QuickForm, WithOwnFields):
    """A new deal with its customer, amount and stage. A company that is not known yet may be added with it."""

    name = forms.CharField(label=_("Deal name"), max_length=300)
    add_company = forms.BooleanField(label=_("Add this company"), required=False)
    amount = NumberField(label=_("Amount"), required=False, min_value=0, max_digits=20, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    stage = StageField(
        label=pgettext_lazy("deal", "Stage"), queryset=Stage.objects.none(), required=False, empty_label=None
    )
    expected_close_on = DayField(label=_("Expected to close"), required=False)
    field_order = ("name", "company", "add_company", "person", "amount", "currency", "stage", "expected_close_on")

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, user=user, initial=initial)
        live = Stage.objects.filter(retired_at=None, pipeline__retired_at=None)
        several = live.values("pipeline").distinct().count() > 1
        stage = self.fields["stage"]
        assert isinstance(stage, StageField)
        stage.queryset = live.select_related("pipeline").order_by("pipeline__position", "pipeline", "position")
        stage.names_pipeline = several
        if not live.exists():
            del self.fields["stage"]
        self.add_own_fields(Kind.DEAL, user=user, needed_only=True)
        self.new_company = ""
        self.offers_company = False  # whether to ask if a company that nobody knows is to be added

    def clean(self) -> dict[str, Any]:
        """A company nobody knows yet is no error where it is to be added."""
        found = super().clean() or {}
        typed = tidy(self.data.get("company", ""))
        self.offers_company = "company" in self.errors and self._is_new(typed)
        if self.offers_company:
            if found.get("add_company"):
                del self.errors["company"]
                self.new_company = typed
                found["company"] = None
        elif not typed and not found.get("person") and "person" not in self.errors:
            self.add_error("company", _("Say whom this deal is with: a company, or a person."))
        return found

    def values(self) -> dict[str, Any]:
        """As `deals.actions.add_deal` takes it."""
        given = {name: value for name, value in self.built_in().items() if name not in ("place", "add_company")}
        return given | {"custom": self.own_values()}

    alike_kind = COMPANIES

    @property
    def companies_alike(self) -> list[tuple[Company, list[Any]]]:
        """Companies that may be the one that would be added, each with what it shares."""
        return shared(alike.companies_typed(user=self.user, name=tidy(self.data.get("company", ""))))

    @property
    def add_company_label(self) -> str:
        """The question whether to add what was typed."""
        return gettext("Add “%(name)s” as a new company") % {"name": tidy(self.data.get("company", ""))}

    def _is_new(self, typed: str) -> bool:
        """Whether this can be the name of a company that the user does not know yet."""
        if not typed or "#" in typed or "\x00" in self.data["company"] or len(typed) > LONGEST_NAME:
            return False
        return not Company.objects.visible_to(self.user).filter(sort_name=fold(typed)[:200]).exists()


class QuickInteraction(QuickForm):
    """What happened with a customer."""

    kind = forms.ChoiceField(label=_("Kind"))
    text = forms.CharField(
        label=_("What happened"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The first line becomes the title."),
    )  # fmt: skip
    happened_at = forms.DateTimeField(
        label=pgettext_lazy("instant", "When"), required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=MOST_MINUTES)
    field_order = ("kind", "text", "company", "person", "happened_at", "minutes")

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        now = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
        super().__init__(data, user=user, initial={"happened_at": now} | (initial or {}))
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(each.code, each.name) for each in sources.interaction_kinds() if each.code != TASK]

    def clean(self) -> dict[str, Any]:
        """Something happened with somebody; without an instant it happened now."""
        found = super().clean() or {}
        if not found.get("company") and not found.get("person") and not {"company", "person"} & set(self.errors):
            self.add_error("company", _("Say with whom it was: a company, or a person."))
        found["happened_at"] = found.get("happened_at") or clock.now()
        return found

    def values(self) -> dict[str, Any]:
        """As `timeline.actions.record_interaction` takes it."""
        given = super().values()
        subject, body = split_text(given.pop("text"))
        person = given.pop("person")
        return given | {"subject": subject, "body": body, "people": [person] if person else [], "direction": ""}


class QuickTask(QuickForm):
    """Something to do, by a day."""

    what = forms.CharField(label=_("What is to be done"), max_length=300)
    due_on = DayField(label=_("Due"))
    owner = OwnerField(label=pgettext_lazy("task", "Who does it"), required=False, empty_label=None)
    field_order = ("what", "due_on", "owner", "company", "person")

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        beginning = {"owner": user, "due_on": clock.today() + timedelta(days=1)}
        super().__init__(data, user=user, initial=beginning | (initial or {}))
