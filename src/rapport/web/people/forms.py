"""Forms of people: the person itself, contact points, posts."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import ChangedByAnother, NotAllowed, RapportError
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.people.actions import WrongValue
from rapport.people.models import Company, ContactPoint, Person
from rapport.people.queries import NOBODY
from rapport.people.rules import phones
from rapport.web.custom.forms import WithOwnFields
from rapport.web.fields import (
    CompanyField,
    DayField,
    OwnerField,
    TagsField,
    country_choices,
    language_choices,
    with_present,
)
from rapport.web.seen import BEFORE, VERSION, VersionField, token

Saved = TypeVar("Saved")
# The code of the error that says that someone else was quicker.
CONFLICT = "conflict"


def owners(colleagues: Any) -> list[tuple[str, str]]:
    """Everyone as choices of a filter."""
    named = [(str(user.pk), user.full_name) for user in colleagues]
    return [("", gettext("Everyone")), *named, (NOBODY, gettext("Nobody yet"))]


class SaysWhatIsWrong(forms.Form):
    """A form that shows what an action refused beside the field that is meant.

    `is_conflict` says that someone else saved the record meanwhile; see `web.conflict`.
    """

    @property
    def is_conflict(self) -> bool:
        """Whether someone else was quicker."""
        return self.has_error(NON_FIELD_ERRORS, CONFLICT)

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
        except ChangedByAnother as error:
            self.add_error(None, forms.ValidationError(str(error), code=CONFLICT))
        except RapportError as error:
            self.add_error(None, str(error))
        ask_again(self)
        return None


def ask_again(form: forms.BaseForm) -> None:
    """What was chosen between two texts but could not be saved is chosen anew: the form has its first version."""
    if form.data.get(BEFORE) and not form.has_error(NON_FIELD_ERRORS, CONFLICT):
        data = QueryDict(mutable=True)
        data.update(cast(Any, form.data))
        data[VERSION] = form.data[BEFORE]
        form.data = data


class PersonForm(SaysWhatIsWrong, WithOwnFields):
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
    version = VersionField()

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
        self.add_own_fields(Kind.PERSON, user=user, held=person.custom if person else None)

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        """What the form shows of a known person."""
        names = ("full_name", "phone", "email", "title", "province", "country", "birthday", "language",
                 "owner", "tags", "source", "external_id")  # fmt: skip
        shown = {name: getattr(person, name) for name in names} | {VERSION: token(person)}
        if person.phone and ";" not in person.phone:
            shown["phone"] = phones.written(person.phone)
        return shown

    def values(self) -> dict[str, Any]:
        """The fields of the person that the form holds."""
        given = {name: value for name, value in self.built_in().items() if name not in ("version", "company")}
        return given | {"custom": self.own_values()}

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
