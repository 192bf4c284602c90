"""What a custom field is, as plain data."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rapport.identity.rights import Kind

PREFIX = "custom."
KINDS = (Kind.PERSON, Kind.COMPANY, Kind.DEAL, Kind.ORDER)
# What a link can lead to: the model of each kind. Apps above this one, so named and not imported.
TARGETS = {
    Kind.PERSON: "people.Person",
    Kind.COMPANY: "people.Company",
    Kind.DEAL: "deals.Deal",
    Kind.ORDER: "commerce.Order",
    Kind.PRODUCT: "commerce.Product",
}


class Type(StrEnum):
    """What a field takes; how it is stored stands behind each.

    Text as a text, a number as a number, money as `{"amount": "12.50", "currency": "VND"}`, a date as `2026-05-31`,
    a choice as its code, several choices as a sorted list of codes, yes or no as true or false, a link as the id of
    a record of the field's `target_kind`.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    LINK = "link"


TYPE_LABELS: dict[Type, str | Promise] = {
    Type.TEXT: pgettext_lazy("kind of field", "Text"),
    Type.NUMBER: pgettext_lazy("kind of field", "Number"),
    Type.MONEY: pgettext_lazy("kind of field", "Amount of money"),
    Type.DATE: pgettext_lazy("kind of field", "Day"),
    Type.CHOICE: pgettext_lazy("kind of field", "One of several"),
    Type.CHOICES: pgettext_lazy("kind of field", "Several of several"),
    Type.YES_NO: pgettext_lazy("kind of field", "Yes or no"),
    Type.LINK: _("Link to a record"),
}
WITH_CHOICES = frozenset({Type.CHOICE, Type.CHOICES})


def in_language(*, vi: str, en: str, language: str | None = None) -> str:
    """The text of the language that is read now, or the other one where it lacks."""
    is_vietnamese = (language or get_language() or "vi").startswith("vi")
    return (vi or en) if is_vietnamese else (en or vi)


@dataclass(frozen=True)
class Choice:
    """One of the values that a field offers; a retired one is kept where it stands, and offered no more."""

    code: str
    label_vi: str
    label_en: str = ""
    retired: bool = False

    @property
    def label(self) -> str:
        """As it is read now."""
        return in_language(vi=self.label_vi, en=self.label_en)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One custom field of a kind of record. `seen_by` and `edited_by` are codes of roles; empty is everybody."""

    id: int
    kind: Kind
    code: str
    type: Type
    label_vi: str
    label_en: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    default: Any = None
    section: str = ""
    position: int = 0
    filtered: bool = False
    target_kind: str = ""
    seen_by: frozenset[str] = field(default_factory=frozenset)
    edited_by: frozenset[str] = field(default_factory=frozenset)
    retired: bool = False
    version: int = 1

    @property
    def name(self) -> str:
        """As query strings, imports and the API name it: `custom.code`."""
        return f"{PREFIX}{self.code}"

    @property
    def label(self) -> str:
        """As it is read now."""
        return in_language(vi=self.label_vi, en=self.label_en)

    @property
    def offered(self) -> tuple[Choice, ...]:
        """The choices that can still be taken."""
        return tuple(choice for choice in self.choices if not choice.retired)

    def choice(self, code: Any) -> Choice | None:
        """The choice of this code, retired ones included."""
        return next((choice for choice in self.choices if choice.code == code), None)

    def called(self, code: str) -> str:
        """The label of the choice of this code; of one that is gone the code itself."""
        choice = self.choice(code)
        return choice.label if choice else code

    def is_seen_by(self, role: str) -> bool:
        """Whether users of the role know of this field at all."""
        return not self.seen_by or role in self.seen_by

    def is_edited_by(self, role: str) -> bool:
        """Whether users of the role may fill it in: those who see it, unless fewer are named."""
        return self.is_seen_by(role) and (not self.edited_by or role in self.edited_by)
