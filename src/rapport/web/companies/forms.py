"""Forms of companies: the company itself, links to others."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.people.models import Company, CompanyLink
from rapport.web.custom.forms import WithOwnFields
from rapport.web.fields import CompanyField, DayField, OwnerField, TagsField, country_choices
from rapport.web.numbers import NumberField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.seen import VersionField, token


class CompanyForm(SaysWhatIsWrong, WithOwnFields):
    """A company, new or known."""

    name = forms.CharField(label=_("Company name"), max_length=200)
    tax_id = forms.CharField(label=_("Tax id"), required=False, max_length=30)
    domain = forms.CharField(label=_("Website"), required=False, max_length=400)
    industry = forms.CharField(
        label=_("Industry"), required=False, max_length=120,
        widget=forms.TextInput(attrs={"list": "industries"}),
    )  # fmt: skip
    employees = forms.IntegerField(label=_("Employees"), required=False, min_value=0)
    revenue = NumberField(label=_("Yearly revenue"), required=False, min_value=0, max_digits=20, decimal_places=2)
    province = forms.CharField(
        label=_("Province"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"list": "provinces"}),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country"), required=False)
    owner = OwnerField(label=_("Owner"), required=False, empty_label=_("Nobody yet"))
    tags = TagsField(label=_("Tags"), required=False, help_text=_("With commas between them."))
    source = forms.CharField(label=_("Source"), required=False, max_length=80)
    external_id = forms.CharField(
        label=_("External id"), required=False, max_length=200,
        help_text=_("The id in another system, such as a customer number."),
    )  # fmt: skip
    version = VersionField()

    def __init__(self, *given: Any, user: User, company: Company | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices())
        self.add_own_fields(Kind.COMPANY, user=user, held=company.custom if company else None)

    @staticmethod
    def initial_of(company: Company) -> dict[str, Any]:
        """What the form shows of a known company."""
        shown = {name: getattr(company, name) for name in CompanyForm.base_fields}
        return shown | {"version": token(company)}

    def values(self) -> dict[str, Any]:
        """The fields of the company that the form holds."""
        given = {name: value for name, value in self.built_in().items() if name != "version"}
        return given | {"custom": self.own_values()}


class EndLinkForm(SaysWhatIsWrong):
    """Until when a link held."""

    until = DayField(label=_("Ended on"))

    def __init__(self, *given: Any, link: CompanyLink, **named: Any) -> None:
        super().__init__(*given, **named)
        self.link = link


class LinkForm(SaysWhatIsWrong):
    """How another company belongs together with this one, seen from this one."""

    PARTS = (
        ("customer", _("Its customer")),
        ("supplier", _("Its supplier")),
        ("parent", _("Its parent")),
        ("subsidiary", _("Its subsidiary")),
        ("partner", _("Its partner")),
    )
    company = CompanyField(label=_("Company"))
    part = forms.ChoiceField(label=_("What it is"), choices=PARTS)
    since = DayField(label=_("Since"), required=False)

    def __init__(self, *given: Any, user: User, **named: Any) -> None:
        super().__init__(*given, **named)
        company = self.fields["company"]
        assert isinstance(company, CompanyField)
        company.for_user(user)

    def link_from(self, this: Company) -> dict[str, Any]:
        """The link as the action takes it."""
        other, kinds = self.cleaned_data["company"], CompanyLink.Kind
        from_company, to_company, kind = {
            "customer": (this, other, kinds.SUPPLIES),
            "supplier": (other, this, kinds.SUPPLIES),
            "parent": (other, this, kinds.PARENT_OF),
            "subsidiary": (this, other, kinds.PARENT_OF),
            "partner": (this, other, kinds.PARTNER_OF),
        }[self.cleaned_data["part"]]
        since = self.cleaned_data["since"]
        return {"from_company": from_company, "to_company": to_company, "kind": kind, "since": since}
