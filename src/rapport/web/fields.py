"""Fields that forms of several folders share: tags, people and companies found by what one types, places."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from babel import Locale
from django import forms
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from rapport.core.text import fold, tidy
from rapport.identity.models import User
from rapport.identity.queries import colleagues
from rapport.people.models import Company
from rapport.people.rules import places

if TYPE_CHECKING:
    UserChoice = forms.ModelChoiceField[User]
    UserChoices = ModelChoiceIterator[User]
else:
    UserChoice = forms.ModelChoiceField
    UserChoices = ModelChoiceIterator
_NUMBERED = re.compile(r"#(\d{1,18})\s*$")
LANGUAGES = ("vi", "en", "zh", "ja", "ko", "fr", "de", "th")


class TagsField(forms.CharField):
    """Tags with commas between them; gives a list."""

    def prepare_value(self, value: Any) -> Any:
        """A list with commas between."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """A list without blanks."""
        text = super().to_python(value) or ""
        return [tag.strip() for tag in re.split(r"[,;\n]", text) if tag.strip()]


class CompanyField(forms.CharField):
    """A company by its name, as `company_choices` offers it; gives the company. Set `user` before use."""

    user: User | None = None

    def for_user(self, user: User) -> None:
        """Offer what the user may see, as one types."""
        self.user = user
        self.widget.attrs |= {
            "autocomplete": "off",
            "list": "companies-offered",
            "hx-get": reverse("companies:named"),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": "#companies-offered",
            "hx-swap": "innerHTML",
            "hx-select": "unset",
        }

    def prepare_value(self, value: Any) -> Any:
        """The name of a company, with its number where others are called the same, so that it is read back."""
        if not isinstance(value, Company):
            return value
        doubles = Company.objects.filter(sort_name=value.sort_name).exclude(pk=value.pk)
        return company_choice(value, is_double=doubles.exists())

    def to_python(self, value: Any) -> Any:
        """The one company that is meant, among those the user may see."""
        text = tidy(super().to_python(value) or "")
        if not text:
            return None
        assert self.user is not None
        seen = Company.objects.visible_to(self.user).live()
        numbered = _NUMBERED.search(text)
        found = list(seen.filter(pk=int(numbered[1])) if numbered else seen.filter(sort_name=fold(text)[:200])[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several companies have this name. Choose one of those offered."))
        raise forms.ValidationError(_("No company has this name. Choose one of those offered."))


def company_choice(company: Company, *, is_double: bool = False) -> str:
    """What a company field shows for a company; the number tells apart those of one name."""
    return f"{company.name} #{company.pk}" if is_double else company.name


class ReadOnce(UserChoices):
    """The choices, asked of the database once, however often a form walks through them."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice where there is one, then the records."""
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, self.queryset)


class OwnerField(UserChoice):
    """A colleague."""

    iterator = ReadOnce

    def __init__(self, **given: Any) -> None:
        super().__init__(queryset=colleagues(), **given)


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def offer(field: forms.Field, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a choice field offer these."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def country_choices() -> list[tuple[str, str]]:
    """Every country by name in the language of the page, Vietnam first."""
    language = (get_language() or "vi").split("-")[0]
    named = sorted(
        ((code, places.country_name(code, language=language)) for code in places.country_codes()),
        key=lambda choice: (choice[0] != "VN", fold(choice[1])),
    )
    return [("", gettext("Not known yet")), *named]


def language_choices() -> list[tuple[str, str]]:
    """The languages in which customers are likely to be written to, each named in the language of the page."""
    names = Locale((get_language() or "vi").split("-")[0]).languages
    named = [(code, names[code]) for code in LANGUAGES]
    return [("", gettext("Not known yet")), *((code, name[:1].upper() + name[1:]) for code, name in named)]


def with_present(choices: list[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    """The choices with a value that an import brought and that is not among them."""
    return choices if value in dict(choices) else [*choices, (value, value)]
