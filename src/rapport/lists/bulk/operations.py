"""What can be done to many records of a kind at once, by whom, and how each is written as SQL.

A deal's stage is not among it: a deal moves by the rules of its pipeline, one at a time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from rapport.core.days import midnight
from rapport.core.errors import WrongValue
from rapport.core.text import tidy
from rapport.core.written import day
from rapport.fields import links, queries, rules
from rapport.fields.definitions import KINDS as WITH_OWN_FIELDS
from rapport.fields.definitions import PREFIX, Definition
from rapport.fields.shown import shown
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import Team, User
from rapport.lists.bulk.models import BulkRow
from rapport.people.actions.cleaning import cleaned, tags
from rapport.people.rules import places

Text = str | Promise
MODELS = {
    Kind.PERSON: "people.Person", Kind.COMPANY: "people.Company", Kind.DEAL: "deals.Deal",
    Kind.ORDER: "commerce.Order", Kind.TASK: "timeline.Task",
}  # fmt: skip
# Fields that mean the same for many; what tells one record from the next is not among them.
SETTABLE = {
    Kind.PERSON: ("owner", "team", "province", "country", "language", "source", "title"),
    Kind.COMPANY: ("owner", "team", "industry", "province", "country", "source"),
    Kind.DEAL: ("owner", "team", "expected_close_on"),
    Kind.ORDER: ("owner", "team", "channel"),
    Kind.TASK: ("owner", "team", "due_on"),
}
LABELS: dict[str, Text] = {
    "owner": gettext_lazy("Owner"), "team": gettext_lazy("Team"), "province": gettext_lazy("Province"),
    "country": gettext_lazy("Country"), "language": gettext_lazy("Language"), "source": gettext_lazy("Source"),
    "title": gettext_lazy("Title"), "industry": gettext_lazy("Industry"),
    "expected_close_on": gettext_lazy("Expected to close"), "channel": gettext_lazy("Channel"),
    "due_on": gettext_lazy("Due"),
}  # fmt: skip
DAYS = frozenset({"expected_close_on", "due_on"})
WITH_TAGS = frozenset({Kind.PERSON, Kind.COMPANY})
WITH_ARCHIVE = frozenset({Kind.PERSON, Kind.COMPANY, Kind.DEAL, Kind.ORDER})
WITHOUT_VERSION = frozenset({Kind.TASK})


class Do(StrEnum):
    """The ways of changing many."""

    SET = "set"
    TAG = "tag"
    UNTAG = "untag"
    ARCHIVE = "archive"
    RESTORE = "restore"


NAMES: dict[Do, Text] = {
    Do.SET: gettext_lazy("Set a field"),
    Do.TAG: gettext_lazy("Add tags"),
    Do.UNTAG: gettext_lazy("Take tags away"),
    Do.ARCHIVE: pgettext_lazy("verb", "Put away in the archive"),
    Do.RESTORE: gettext_lazy("Fetch back from the archive"),
}


@dataclass(frozen=True)
class Written:
    """An operation as SQL: each column with the expression it becomes, which may speak of the row.

    `quick` says whether the row would become another where that is told more cheaply than by making the other.
    """

    columns: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    quick: str = ""

    def differs(self, row: str) -> str:
        """Whether the row would become another, as SQL."""
        if self.quick:
            return self.quick
        old = ", ".join(f"{row}.{name}" for name in self.columns)
        return f"ROW({old}) IS DISTINCT FROM ROW({', '.join(self.columns.values())})"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One change, its value in the form in which it is stored: ids of owner and team, days as `2026-05-31`."""

    kind: Kind
    do: Do
    field: str = ""
    value: Any = None

    def state(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {"do": self.do.value, "field": self.field, "value": self.value}

    @property
    def is_own_field(self) -> bool:
        """Whether it sets a field of the company's own."""
        return self.field.startswith(PREFIX)

    @property
    def code(self) -> str:
        """The code of the own field."""
        return self.field.removeprefix(PREFIX)


def from_state(kind: Kind, state: Mapping[str, Any]) -> Operation:
    """The operation that a run keeps."""
    return Operation(kind=kind, do=Do(state["do"]), field=state.get("field", ""), value=state.get("value"))


def model_of(kind: Kind) -> type[Model]:
    """The model of the records of a kind."""
    return apps.get_model(MODELS[kind])


def may(user: User, kind: Kind) -> bool:
    """Whether the user may change many records of this kind at once."""
    return kind in MODELS and access.may(user, kind, _right(kind))


def allowed(user: User, operation: Operation) -> Q:
    """The records to which the user may do this: within reach, and nothing stands against it."""
    found = within_reach(user, operation)
    for _state, against in barred(operation):
        found &= ~against
    return found


def within_reach(user: User, operation: Operation) -> Q:
    """The records to which the user's role lets them do this."""
    found = access.within(user, operation.kind, _right(operation.kind))
    if operation.do in (Do.ARCHIVE, Do.RESTORE):
        found &= access.within(user, operation.kind, Action.ARCHIVE)
    return found


def barred(operation: Operation) -> list[tuple[BulkRow.State, Q]]:
    """What stands against changing a record that is within reach, as it stands against changing it alone."""
    found = []
    if operation.kind in (Kind.PERSON, Kind.COMPANY):
        found.append((BulkRow.State.MERGED, Q(merged_into__isnull=False)))
    if operation.kind is Kind.DEAL and operation.field == "expected_close_on" and operation.value:
        came_up_later = midnight(date.fromisoformat(operation.value) + timedelta(days=1))
        found.append((BulkRow.State.TOO_EARLY, Q(created_at__gte=came_up_later)))
    return found


def _right(kind: Kind) -> Action:
    return Action.EDIT if kind is Kind.TASK else Action.BULK


def offered(user: User, kind: Kind) -> list[tuple[str, str]]:
    """What the user can do to this kind: (`set:owner`, `tag`, …) and how it is called."""
    found = [(f"{Do.SET}:{name}", _("Set: %(field)s") % {"field": LABELS[name]}) for name in SETTABLE[kind]]
    found += [(f"{Do.SET}:{each.name}", _("Set: %(field)s") % {"field": each.label}) for each in own(user, kind)]
    if kind in WITH_TAGS:
        found += [(each.value, str(NAMES[each])) for each in (Do.TAG, Do.UNTAG)]
    if kind in WITH_ARCHIVE and access.may(user, kind, Action.ARCHIVE):
        found += [(each.value, str(NAMES[each])) for each in (Do.ARCHIVE, Do.RESTORE)]
    return found


def own(user: User, kind: Kind) -> list[Definition]:
    """The own fields that the user may set."""
    return queries.edited(user, kind) if kind in WITH_OWN_FIELDS else []


def checked(user: User, kind: Kind, *, what: str, value: Any, at: datetime) -> Operation:
    """The operation that is asked for, its value as it is stored. Raises WrongValue.

    `value` is as forms give it: a user or team, a day, a text, a list of tags, the stored form of an own field.
    """
    if what not in dict(offered(user, kind)):
        raise WrongValue("what", _("Choose what is to be done."))
    do, _colon, name = what.partition(":")
    if do in (Do.TAG, Do.UNTAG):
        given = tags(value or ())
        if not given:
            raise WrongValue("value", _("Name at least one tag."))
        return Operation(kind=kind, do=Do(do), value=given)
    if do != Do.SET:
        return Operation(kind=kind, do=Do(do))
    stored = _own_value(user, kind, name, value) if name.startswith(PREFIX) else _value(kind, name, value, at=at)
    return Operation(kind=kind, do=Do.SET, field=name, value=stored)


def _own_value(user: User, kind: Kind, name: str, value: Any) -> Any:
    [definition] = [each for each in own(user, kind) if each.name == name]
    if value is None:
        if definition.required:
            raise WrongValue("value", _("This field must be filled in."))
        return None
    values, errors = rules.clean([definition], {definition.code: value}, language="")
    if errors:
        raise WrongValue("value", next(iter(errors.values())))
    if links.unknown([definition], values, user=user):
        raise WrongValue("value", _("This record is not there."))
    return values.get(definition.code)


def _value(kind: Kind, name: str, value: Any, *, at: datetime) -> Any:
    """The stored form of a value, by the rules by which single records are saved."""
    if name in ("owner", "team"):
        return value.pk if value is not None else None
    if name in DAYS:
        if value is None and name == "due_on":
            raise WrongValue("value", _("Say by which day."))
        return value.isoformat() if isinstance(value, date) else None
    if name == "channel":
        return tidy(value or "")[:40]
    try:
        return cleaned({name: value or ""}, country="", at=at)[name]
    except WrongValue as wrong:
        raise WrongValue("value", wrong.message) from wrong


def written(operation: Operation, *, at: datetime, row: str = "t") -> Written:
    """The operation as SQL over a row of this name."""
    if operation.do in (Do.ARCHIVE, Do.RESTORE):
        # One that is put away already keeps its instant.
        keep = f"coalesce({row}.archived_at, %(given)s)" if operation.do is Do.ARCHIVE else "NULL::timestamptz"
        return Written({"archived_at": keep}, {"given": at})
    return _tagging(operation, row) if operation.do in (Do.TAG, Do.UNTAG) else _setting(operation, row)


def _tagging(operation: Operation, row: str) -> Written:
    # The row's tags in small letters: without a query for each row, as there may be a million.
    held = f"string_to_array(lower(array_to_string({row}.tags, chr(31))), chr(31))"
    if operation.do is Do.TAG:
        more = "SELECT g FROM unnest(%(given)s::varchar[]) WITH ORDINALITY u(g, n)"
        kept = f"SELECT lower(x) FROM unnest({row}.tags) x"
        sql = f"({row}.tags || ARRAY({more} WHERE lower(g) NOT IN ({kept}) ORDER BY n))::varchar(60)[]"
        wanted = "SELECT array_agg(lower(g)) FROM unnest(%(given)s::text[]) g"
        return Written({"tags": sql}, {"given": operation.value}, f"NOT {held} @> ({wanted})")
    rest = f"SELECT x FROM unnest({row}.tags) WITH ORDINALITY u(x, n) WHERE lower(x) <> ALL(%(given)s::text[])"
    sql = f"ARRAY({rest} ORDER BY n)::varchar(60)[]"
    return Written({"tags": sql}, {"given": [tag.lower() for tag in operation.value]}, f"{held} && %(given)s::text[]")


def _setting(operation: Operation, row: str) -> Written:
    if operation.is_own_field:
        if operation.value is None:
            return Written({"custom": f"{row}.custom - %(given)s::text"}, {"given": operation.code})
        return Written({"custom": f"{row}.custom || %(given)s::jsonb"},
                       {"given": json.dumps({operation.code: operation.value})})  # fmt: skip
    if operation.field == "owner":
        # As with a single record: the team of the new owner goes along.
        team = User.objects.filter(pk=operation.value).values_list("team_id", flat=True).first()
        return Written({"owner_id": "%(given)s::bigint", "team_id": "%(team)s::bigint"},
                       {"given": operation.value, "team": team})  # fmt: skip
    if operation.field == "team":
        return Written({"team_id": "%(given)s::bigint"}, {"given": operation.value})
    kind = "date" if operation.field in DAYS else "text"
    return Written({operation.field: f"%(given)s::{kind}"}, {"given": operation.value})


def fields_of(operation: Operation) -> tuple[str, ...]:
    """The fields that it writes, as events name them."""
    if operation.do in (Do.TAG, Do.UNTAG):
        return ("tags",)
    if operation.do is not Do.SET:
        return ("archived_at",)
    return ("owner", "team") if operation.field == "owner" else (operation.field,)


def said(operation: Operation, *, user: User) -> str:
    """The operation in words, a record by its name only where the user may see it."""
    if operation.do in (Do.TAG, Do.UNTAG):
        return f"{NAMES[operation.do]}: {', '.join(operation.value)}"
    if operation.do is not Do.SET:
        return str(NAMES[operation.do])
    definition = _own_definition(operation)
    label = operation.code if operation.is_own_field else LABELS[operation.field]
    value = _said_value(operation, definition, user=user)
    return _("%(field)s becomes “%(value)s”") % {"field": definition.label if definition else label, "value": value}


def _own_definition(operation: Operation) -> Definition | None:
    """The own field that is set; None where there is none, or no more."""
    known = queries.definitions(operation.kind, retired=True) if operation.is_own_field else []
    return next((each for each in known if each.name == operation.field), None)


def _said_value(operation: Operation, definition: Definition | None, *, user: User) -> str:
    if operation.value in (None, ""):
        return _("nothing")
    if definition is not None:
        names = links.names([definition], [{definition.code: operation.value}], user=user)
        return shown(definition, operation.value, names=names) or _("Not for you to see")
    language = (get_language() or "vi")[:2]
    if operation.field in DAYS:
        return day(date.fromisoformat(operation.value), language=language)
    if operation.field == "country":
        return places.country_name(operation.value, language=language)
    if operation.field == "owner":
        return str(User.objects.filter(pk=operation.value).first() or operation.value)
    if operation.field == "team":
        return str(Team.objects.filter(pk=operation.value).first() or operation.value)
    return str(operation.value)
