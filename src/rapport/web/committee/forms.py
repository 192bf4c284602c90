"""Forms of committees: who joins, what an entry rests on, lines between people, the settings."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.actions.committee import LONGEST_EVIDENCE, Line
from rapport.deals.models import (
    CommitteeRole,
    CommitteeSettings,
    Deal,
    DealInteraction,
    Influence,
    Participant,
)
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.people.queries import people_of_company
from rapport.timeline.models import Interaction
from rapport.web.fields import DayField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField
from rapport.web.seen import VersionField, token

# Colleagues offered by one click, and talks offered to be quoted.
MOST_OFFERED, MOST_QUOTED = 12, 40


class AsOfForm(forms.Form):
    """The day whose committee one looks at."""

    on = DayField(label=_("As it stood on"), required=False)


class JoinForm(SaysWhatIsWrong):
    """Who joins a committee, in which role, since when."""

    person = RecordField(
        label=_("Person"), rows=Person.objects.all(),
        help_text=_("Somebody from another company is welcome: a consultant, the parent company."),
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("Not known yet")), *CommitteeRole.choices]
    )
    since = DayField(label=_("On the committee since"), required=False, help_text=_("Empty: from now on."))

    def __init__(self, *given: Any, user: User, **named: Any) -> None:
        super().__init__(*given, **named)
        person = self.fields["person"]
        assert isinstance(person, RecordField)
        person.for_user(user)


def colleagues_to_join(*, user: User, deal: Deal, seated: set[int]) -> list[Person]:
    """People of the deal's company who are not on the committee yet, and may be put there by one click."""
    if deal.company is None:
        return []
    posts = people_of_company(user=user, company=deal.company, limit=MOST_OFFERED + len(seated))
    people = {post.person_id: post.person for post in posts if post.person_id not in seated}
    return list(people.values())[:MOST_OFFERED]


class EvidenceForm(SaysWhatIsWrong):
    """What an entry rests on, in words, and the talk it is quoted from."""

    evidence = forms.CharField(
        label=_("Evidence"), required=False, max_length=LONGEST_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("What they said or did, in their words where you can."),
    )  # fmt: skip
    interaction = forms.TypedChoiceField(label=_("From"), required=False, coerce=int, empty_value=None)

    def __init__(self, *given: Any, talks: list[Interaction], **named: Any) -> None:
        super().__init__(*given, **named)
        self.talks = {talk.pk: talk for talk in talks}
        field = self.fields["interaction"]
        assert isinstance(field, forms.ChoiceField)
        named_talks = [(talk.pk, f"{timezone.localtime(talk.at):%Y-%m-%d} · {talk}"[:80]) for talk in talks]
        field.choices = [("", pgettext_lazy("talk", "No talk recorded here")), *named_talks]

    @classmethod
    def of(cls, row: Participant, *, talks: list[Interaction], data: Any = None) -> "EvidenceForm":
        """The form for one entry, with ids of its own."""
        initial = {"evidence": row.evidence, "interaction": row.interaction_id}
        return cls(data, talks=talks, initial=initial, auto_id=f"id_{row.person_id}_%s")

    def values(self) -> dict[str, Any]:
        """What is held of the person from now on; evidence from a talk makes an unknown confidence stated."""
        talk = self.talks.get(self.cleaned_data["interaction"] or 0)
        return {"evidence": self.cleaned_data["evidence"], "interaction": talk}


def quotable(deal: Deal) -> list[Interaction]:
    """The newest talks of a deal, of which one may be quoted."""
    newest = DealInteraction.objects.filter(deal=deal).order_by("-at", "-interaction").values("interaction")
    return list(Interaction.objects.filter(pk__in=newest[:MOST_QUOTED]).order_by("-at", "-pk"))


class LineForm(SaysWhatIsWrong):
    """Who reports to or influences whom."""

    from_person = forms.TypedChoiceField(label=pgettext_lazy("line", "Who"), coerce=int)
    kind = forms.ChoiceField(label=_("Tie"), choices=Influence.Kind.choices)
    to_person = forms.TypedChoiceField(label=pgettext_lazy("line", "Whom"), coerce=int)

    def __init__(self, *given: Any, people: list[Person], **named: Any) -> None:
        super().__init__(*given, **named)
        self.people = {person.pk: person for person in people}
        for name in ("from_person", "to_person"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Choose a person")), *((person.pk, str(person)) for person in people)]

    def line(self) -> Line:
        """The line to be drawn."""
        given = self.cleaned_data
        return Line(self.people[given["from_person"]], self.people[given["to_person"]], given["kind"])


class CommitteeSettingsForm(SaysWhatIsWrong):
    """When committees raise alarms, and which roles stages need that name none themselves."""

    fewest_people = forms.IntegerField(
        label=_("Fewest people on a committee"), min_value=1, max_value=50,
        help_text=_("With fewer, the deal says so."),
    )  # fmt: skip
    quiet_days = forms.IntegerField(
        label=_("Days without contact to the decision maker"), min_value=1, max_value=3650,
        help_text=_("After so many days the deal says so."),
    )  # fmt: skip
    early = forms.MultipleChoiceField(
        label=_("First third of the stages"), required=False, choices=CommitteeRole.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    middle = forms.MultipleChoiceField(
        label=_("Middle of the stages"), required=False, choices=CommitteeRole.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    late = forms.MultipleChoiceField(
        label=_("Last third of the stages"), required=False, choices=CommitteeRole.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    version = VersionField()

    @staticmethod
    def initial_of(settings: CommitteeSettings) -> dict[str, Any]:
        """What the form shows."""
        names = ("fewest_people", "quiet_days", "early", "middle", "late")
        return {name: getattr(settings, name) for name in names} | {"version": token(settings)}
