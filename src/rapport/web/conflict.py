"""Two people saved the same record: both texts side by side, field by field, and nothing that was typed is lost.

A form's view says `changes=conflict.kept(request, form.values())` to its action, and where `form.is_conflict` gives
`conflict.page`. What only one of the two changed is settled by itself: the history of the record tells who changed
what since the form was opened; only what both changed, or what nobody can tell, is asked.
"""

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.fields.definitions import PREFIX
from rapport.web.comparing import Side, pieces, said
from rapport.web.custom.fields import OwnField
from rapport.web.people.forms import CONFLICT
from rapport.web.seen import BEFORE, VERSION, Since, opened_on, since, token

KEEP = "keep."
MINE, THEIRS = "mine", "theirs"
# Their values are told apart by Django; those of plain choices only as texts.
SELF_COMPARING = (forms.ModelChoiceField, forms.MultipleChoiceField)
InitialOf = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Field:
    """A field in which the two differ, and which of them is to be kept; `text` is mine where it can be changed here."""

    name: str
    label: str
    mine: Side
    theirs: Side
    choice: str
    text: str | None = None
    is_long: bool = False

    @property
    def asked(self) -> str:
        """The name of the choice in the form."""
        return KEEP + self.name


@dataclass(kw_only=True)
class Differing:
    """The fields in which the two differ: those that both changed, and those that only one of them did."""

    asked: list[Field] = dataclasses.field(default_factory=list)
    only_mine: list[Field] = dataclasses.field(default_factory=list)
    only_theirs: list[Field] = dataclasses.field(default_factory=list)

    def add(self, further: "Differing") -> None:
        """Put those of another list behind the own."""
        self.asked += further.asked
        self.only_mine += further.only_mine
        self.only_theirs += further.only_theirs

    def put(self, compared: Field, *, is_mine: bool, is_theirs: bool) -> None:
        """Add a field that I changed, that they changed, or both did."""
        place = self.only_theirs if not is_mine else self.only_mine if not is_theirs else self.asked
        place.append(compared)


@dataclass(frozen=True, kw_only=True)
class Other:
    """What stands there now, and what is known of how it came to be.

    `then` are fields as the form was opened with that are no columns of the record; `title` is what people call it,
    else its own text; `differing` are further things in which the two differ.
    """

    since: Since | None = None
    then: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    title: str = ""
    version: str = ""
    differing: Differing = dataclasses.field(default_factory=Differing)


def is_one(form: forms.BaseForm) -> bool:
    """Whether someone else was quicker than this form."""
    return form.has_error(NON_FIELD_ERRORS, CONFLICT)


def dropped(request: HttpRequest) -> set[str]:
    """The names of the fields in which the other's text was chosen."""
    return {
        name.removeprefix(KEEP) for name, value in request.POST.items() if name.startswith(KEEP) and value == THEIRS
    }


def kept(request: HttpRequest, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes without the fields in which the other's text was chosen."""
    gone = dropped(request)
    found = {name: value for name, value in changes.items() if name not in gone}
    if "custom" in found:
        found["custom"] = {code: value for code, value in found["custom"].items() if PREFIX + code not in gone}
    return found


def let_theirs_stand(request: HttpRequest, form: forms.Form, theirs: Mapping[str, Any]) -> None:
    """Put what stands there now into a valid form where it was chosen; for actions that take the form as a whole."""
    for name in dropped(request) & form.cleaned_data.keys() & theirs.keys():
        form.cleaned_data[name] = theirs[name]


def page(
    request: HttpRequest, form: forms.BaseForm, record: Any, *, initial_of: InitialOf, back: str,
    other: Other | None = None,
) -> HttpResponse:  # fmt: skip
    """The page on which one chooses, field by field; it sends the same form again, on the version there is now."""
    other = other or Other()
    fresh = type(record)._default_manager.get(pk=record.pk)
    custom = {PREFIX + code: value for code, value in getattr(fresh, "custom", {}).items()}
    initial = initial_of(fresh) | custom
    happened = other.since or since(fresh, opened_on(form.data))
    differing = Differing()
    for name in form.fields:
        if not _differs(form, name, initial.get(name)):
            continue
        then = _then(fresh, name, happened)
        if name in other.then:
            then = other.then[name] != initial.get(name), other.then[name]
        is_theirs = then is None or then[0]
        is_mine = then is None or not is_theirs or _is_other(form, name, then[1])
        differing.put(_field(request, form, name, initial.get(name)), is_mine=is_mine, is_theirs=is_theirs)
    differing.add(other.differing)
    version = str(initial.get(VERSION) or other.version or token(fresh))
    title = other.title or str(fresh)
    return show(request, title=title, version=version, since=happened, differing=differing, back=back)


def show(
    request: HttpRequest, *, title: str, version: str, since: Since, differing: Differing, back: str
) -> HttpResponse:
    """The page on which one chooses between what is given; where nothing differs, as after a double click, back."""
    if not (differing.asked or differing.only_mine or differing.only_theirs):
        messages.success(request, _("What you wrote stands there already."))
        return redirect(back)
    context = {
        "record": title, "back": back, "version": version, "since": since, "version_before": opened_on(request.POST),
        "asked": differing.asked, "only_mine": differing.only_mine, "only_theirs": differing.only_theirs,
        "carried": _carried(request, but={field.name for field in differing.asked if field.text is not None}),
    }  # fmt: skip
    return render(request, "conflict.html", context, status=409)


def _carried(request: HttpRequest, *, but: set[str]) -> list[tuple[str, str]]:
    """Everything that was typed, as it was sent, but what is shown to be changed."""
    ours = ("csrfmiddlewaretoken", VERSION, BEFORE)
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ours and name not in but and not name.startswith(KEEP)
        for value in values
    ]


def _differs(form: forms.BaseForm, name: str, theirs: Any) -> bool:
    """Whether what was typed is something else than what stands there now."""
    field = form.fields[name]
    return name != VERSION and not field.disabled and _is_other(form, name, theirs)


def _is_other(form: forms.BaseForm, name: str, value: Any) -> bool:
    """Whether what was typed is something else than this value."""
    field = form.fields[name]
    if isinstance(field, OwnField):
        return bool(form.cleaned_data.get(name) != value)
    data = form[name].data
    if isinstance(field, forms.ChoiceField) and not isinstance(
        field, forms.ModelChoiceField | forms.MultipleChoiceField
    ):
        return ("" if value is None else str(value)) != ("" if data is None else str(data))
    return bool(field.has_changed(value, data))


def _then(record: Any, name: str, since: Since) -> tuple[bool, Any] | None:
    """Whether others changed the field since, and what it said before they did; None where nobody can tell."""
    columns = since.columns
    if columns is None:
        return None
    if name.startswith(PREFIX):
        code = name.removeprefix(PREFIX)
        was = (columns.get("custom") or {}).get(code)
        return "custom" in columns and was != record.custom.get(code), was
    try:
        column = record._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if column.column not in columns:
        return False, None
    was = columns[column.column]
    if column.is_relation:
        return True, column.related_model._default_manager.filter(pk=was).first()
    with suppress(ValidationError, TypeError, ValueError):
        was = column.to_python(was)
    return True, was


def _field(request: HttpRequest, form: forms.BaseForm, name: str, theirs: Any) -> Field:
    field = form.fields[name]
    mine = form.cleaned_data.get(name, form[name].data)
    both = compared(request, name, str(field.label or name), mine=said(field, mine), theirs=said(field, theirs))
    if type(field) is not forms.CharField:
        return both
    is_long = isinstance(field.widget, forms.Textarea)
    return dataclasses.replace(both, text=str(form[name].data or ""), is_long=is_long)


def compared(request: HttpRequest, name: str, label: str, *, mine: str, theirs: str) -> Field:
    """A field in which the two differ, from what each of them wrote."""
    one, other = pieces(mine, theirs)
    choice = THEIRS if request.POST.get(KEEP + name) == THEIRS else MINE
    return Field(name, label, Side(one), Side(other), choice)
