"""The form that writes on a timeline: what happened, or what is to be done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.identity.access import Kind, may_add
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.timeline.models import Interaction
from rapport.web.fields import DayField, OwnerField, offer
from rapport.web.timeline import sources

TASK = "task"
LONGEST_TASK = 300
MOST_MINUTES = 60 * 24 * 7


class Composer(forms.Form):
    """One form for every kind of entry; which fields count follows from the kind.

    `people` are those one may tick as having taken part; `companies` those it may have been with.
    """

    kind = forms.ChoiceField(label=_("Kind"))
    text = forms.CharField(label=_("What happened"), required=False, max_length=20_000, widget=forms.Textarea)
    happened_at = forms.DateTimeField(
        label=pgettext_lazy("instant", "When"), required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=0, max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "step": 5}),
    )  # fmt: skip
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=Interaction.Direction.choices)
    people = forms.TypedMultipleChoiceField(label=_("With"), required=False, coerce=int)
    company = forms.TypedChoiceField(label=_("Company"), required=False, coerce=int, empty_value=None)
    due_on = DayField(label=_("Due"), required=False)
    owner = OwnerField(label=pgettext_lazy("task", "Who does it"), required=False, empty_label=None)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Sequence[Person] = (),
        companies: Sequence[Company] = (),
        user: User,
        now: datetime,
    ) -> None:
        local = timezone.localtime(now)
        initial: dict[str, Any] = {
            "kind": "call",
            "happened_at": local.replace(second=0, microsecond=0),
            "due_on": local.date() + timedelta(days=1),
            "company": companies[0].pk if companies else None,
            "owner": user,
        }
        super().__init__(data, initial=initial)
        self.now = now
        self.known = {person.pk: person for person in people}
        self.companies = {company.pk: company for company in companies}
        may_add_tasks = may_add(user, Kind.TASK)
        self.kinds = [kind for kind in sources.interaction_kinds() if kind.code != TASK or may_add_tasks]
        offer(self.fields["kind"], [(kind.code, kind.name) for kind in self.kinds])
        offer(self.fields["people"], [(pk, str(person)) for pk, person in self.known.items()])
        offer(self.fields["company"], [*((pk, company.name) for pk, company in self.companies.items()), ("", "—")])

    @property
    def present_kind(self) -> str:
        """The kind that is chosen."""
        return str(self["kind"].value())

    @property
    def is_task(self) -> bool:
        """Whether this is something to do, and not something that happened."""
        return bool(self.cleaned_data.get("kind") == TASK)

    def clean(self) -> dict[str, Any]:
        """A task needs words and a day; what happened needs an instant, else it happened now."""
        found = super().clean() or {}
        if found.get("kind") == TASK:
            words = found.get("text", "").strip()
            if not words:
                self.add_error("text", _("Say what is to be done."))
            if len(words) > LONGEST_TASK:
                self.add_error("text", _("A task is said in at most 300 characters."))
            if not found.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", _("Say by which day."))
        elif not found.get("happened_at"):
            found["happened_at"] = self.now
        return found

    def took_part(self) -> list[Person]:
        """Who was ticked."""
        return [self.known[pk] for pk in self.cleaned_data["people"]]

    def chosen_company(self) -> Company | None:
        """With which company it was."""
        return self.companies.get(self.cleaned_data["company"] or 0)


class QuickTask(forms.Form):
    """Something to do that concerns no customer yet."""

    what = forms.CharField(label=_("What is to be done"), max_length=300)
    due_on = DayField(label=_("Due"))
