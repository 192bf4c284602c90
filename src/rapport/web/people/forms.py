"""Forms of people: filters, the person itself, contact points, posts."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import NotAllowed, RapportError
from rapport.identity.models import User
from rapport.insight import words
from rapport.insight.querysets import TraitFilters
from rapport.people.actions import WrongValue
from rapport.people.models import Company, ContactPoint, Person
from rapport.people.queries import NOBODY, Filters, sources_in_use
from rapport.people.rules import phones, places
from rapport.web.fields import (
    CompanyField,
    DayField,
    OwnerField,
    TagsField,
    country_choices,
    language_choices,
    with_present,
)

Saved = TypeVar("Saved")


def provinces() -> list[tuple[str, str]]:
    """The 34 provinces as choices of a filter."""
    return [("", gettext("Everywhere")), *((name, name) for name in places.provinces())]


def owners(colleagues: Any) -> list[tuple[str, str]]:
    """Everyone as choices of a filter."""
    named = [(str(user.pk), user.full_name) for user in colleagues]
    return [("", gettext("Everyone")), *named, (NOBODY, gettext("Nobody yet"))]


class RecordFilters(forms.Form):
    """What a list of people or companies can be narrowed to."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60)

    def __init__(self, *given: Any, colleagues: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["owner"] = forms.ChoiceField(label=_("Owner"), required=False, choices=owners(colleagues))
        self.fields["province"] = forms.ChoiceField(label=_("Province"), required=False, choices=provinces())


class PeopleFilters(RecordFilters):
    """What the list of people can be narrowed to."""

    source = forms.ChoiceField(label=_("Source"), required=False)
    company = forms.IntegerField(required=False, widget=forms.HiddenInput)
    archived = forms.BooleanField(label=_("Archived"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        sources = sources_in_use()
        if not sources:
            del self.fields["source"]
            return
        choices = [("", gettext("Every source")), *((name, name) for name in sources)]
        self.fields["source"] = forms.ChoiceField(
            label=_("Source"),
            required=False,
            choices=choices,
        )

    def filters(self) -> Filters:
        """The filters that make sense; others are left out."""
        self.full_clean()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})


class BuyersFilters(PeopleFilters):
    """What the list of people can be narrowed to once the metrics have said something of them."""

    segment = forms.ChoiceField(label=_("RFM segment"), required=False)
    value = forms.FloatField(label=_("Value at least"), required=False, min_value=0)
    due = forms.BooleanField(label=_("Due now"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("owner", "province", "tag", "source", "segment", "value", "due", "archived")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        named_segments = [(code, words.segment(code)) for code in words.SEGMENT_NAMES]
        self.fields["segment"] = forms.ChoiceField(
            label=_("RFM segment"), required=False, choices=[("", gettext("Every segment")), *named_segments]
        )
        self.order_fields(self.field_order)

    def filters(self) -> Filters:
        """The filters on the record that make sense; others are left out."""
        self.full_clean()
        ours = ("segment", "value", "due", "view")
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value and name not in ours})

    def trait_filters(self) -> TraitFilters:
        """The filters on the traits that make sense; ask for `filters` first."""
        found = self.cleaned_data
        return TraitFilters(segment=found.get("segment", ""), value=found.get("value"), due=bool(found.get("due")))


class SaysWhatIsWrong(forms.Form):
    """A form that shows what an action refused beside the field that is meant."""

    def saved(self, save: Callable[[], Saved]) -> Saved | None:
        """What `save` makes of the form; None where it is not whole or was refused: then the form says why."""
        if not self.is_valid():
            return None
        try:
            return save()
        except WrongValue as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        except NotAllowed:
            raise
        except RapportError as error:
            self.add_error(None, str(error))
        return None


class PersonForm(SaysWhatIsWrong):
    """A person, new or known."""

    full_name = forms.CharField(label=_("Full name"), required=False, max_length=200)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    company = CompanyField(label=_("Company"), required=False)
    province = forms.CharField(label=_("Province"), required=False, max_length=80)
    country = forms.ChoiceField(label=_("Country"), required=False)
    birthday = DayField(label=_("Birthday"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    owner = OwnerField(label=_("Owner"), required=False, empty_label=_("Nobody yet"))
    tags = TagsField(label=_("Tags"), required=False, help_text=_("With commas between them."))
    source = forms.CharField(label=_("Source"), required=False, max_length=80)
    external_id = forms.CharField(
        label=_("External id"), required=False, max_length=200,
        help_text=_("The id in another system, such as a customer number."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, user: User, person: Person | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices())
        present = person.language if person else ""
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=with_present(language_choices(), present)
        )
        company = self.fields["company"]
        assert isinstance(company, CompanyField)
        company.for_user(user)
        if person is not None:
            del self.fields["company"]
        self.fields["province"].widget.attrs["list"] = "provinces"

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """What the form shows of a known person."""
        names = ("full_name", "phone", "email", "title", "province", "country", "birthday", "language",
                 "owner", "tags", "source", "external_id", "version")  # fmt: skip
        shown = {name: getattr(person, name) for name in names}
        if person.phone and ";" not in person.phone:
            shown["phone"] = phones.written(person.phone)
        return shown

    def values(self) -> dict[str, Any]:
        """The fields of the person that the form holds."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "company")}

    def company_given(self) -> Company | None:
        """The company at which a new person works."""
        company = self.cleaned_data.get("company")
        return company if isinstance(company, Company) else None


class ContactPointForm(SaysWhatIsWrong):
    """A further way to reach a person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices, initial="phone")
    value = forms.CharField(label=_("Number, address or name"), max_length=254)


class PostForm(SaysWhatIsWrong):
    """A post at a company."""

    company = CompanyField(label=_("Company"))
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    department = forms.CharField(label=_("Department"), required=False, max_length=200)
    since = DayField(label=_("Since"), required=False)
    until = DayField(label=_("Until"), required=False, help_text=_("Empty while the post is held."))

    def __init__(self, *given: Any, user: User, **named: Any) -> None:
        super().__init__(*given, **named)
        company = self.fields["company"]
        assert isinstance(company, CompanyField)
        company.for_user(user)
