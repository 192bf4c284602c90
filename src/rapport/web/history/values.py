"""What stored codes are called where the history tells of them: roles, rights, languages, rules, scopes, events.

`config/wiring.py` hands `TELLERS` to `history.words`: the apps they speak of stand above the history.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.deals.models.committee import Coverage
from rapport.deals.queries.requirements import own_labels
from rapport.deals.rules import requirement_words
from rapport.deals.rules.next_actions import BY_CODE
from rapport.deals.rules.requirements import Needed
from rapport.fields.definitions import in_language
from rapport.identity.models import Role
from rapport.identity.rights import ACTIONS, KINDS, REACHES, Action, Kind, Reach, said
from rapport.identity.tokens import AREAS
from rapport.people.rules import phones, places
from rapport.web import formats
from rapport.web.insight.wording import language
from rapport.web.segments import words as rules
from rapport.web.templatetags.records import language_name
from rapport.webhooks import catalogue

Row = Mapping[str, Any]
Teller = Callable[[Any, Row], str]


def _role(code: Any, _row: Row) -> str:
    return str(Role.objects.filter(code=code).first() or code)


def _roles(codes: Iterable[str], row: Row) -> str:
    return ", ".join(_role(code, row) for code in codes)


def _kind(code: Any, _row: Row) -> str:
    return str(KINDS[Kind(code)])


def _action(code: Any, row: Row) -> str:
    kind = row.get("kind")
    return str(said(Kind(kind), Action(code)) if kind else ACTIONS[Action(code)])


def _reach(value: Any, _row: Row) -> str:
    return str(REACHES[Reach(value)])


def _language(code: Any, _row: Row) -> str:
    return language_name(code)


def _country(code: Any, _row: Row) -> str:
    return places.country_name(code, language=language())


def _phone(number: Any, row: Row) -> str:
    return phones.written(number) if row.get("kind", "phone") in ("phone", "zalo") else str(number)


def _size(count: Any, _row: Row) -> str:
    return formats.file_size(count, language=language())


def _theme(code: Any, _row: Row) -> str:
    return {"light": _("Light"), "dark": _("Dark")}[code]


def _scopes(scopes: Iterable[str], _row: Row) -> str:
    ways = {"read": _("read"), "write": _("write")}
    parts = [scope.partition(":") for scope in scopes]
    return ", ".join(f"{AREAS[area]} ({ways[way]})" for area, _colon, way in parts)


def _events(names: Iterable[str], _row: Row) -> str:
    known = {event.name: str(event.label) for event in catalogue.EVENTS}
    return "; ".join(known.get(name, name) for name in names)


def _choices(choices: Iterable[Mapping[str, Any]], _row: Row) -> str:
    away = _("put away")
    names = ((in_language(vi=each.get("label_vi", ""), en=each.get("label_en", "")), each) for each in choices)
    return ", ".join(f"{name} ({away})" if each.get("retired") else name for name, each in names)


def _advice(code: Any, _row: Row) -> str:
    return str(BY_CODE[code].title)


def _hint(topic: Any, _row: Row) -> str:
    """`join`, `role:buyer`, `coverage:several`."""
    what, _colon, code = topic.partition(":")
    if what == "coverage":
        return str(Coverage(code).label)
    return str(requirement_words.ROLE_NAMES[code]) if code else _("On the committee")


def _needed(subject: Any, row: Row) -> str:
    """What a stage asks for, as its page says it."""
    label = own_labels([subject]).get(subject, "")
    return requirement_words.words(Needed(row["kind"], subject, None, "", True, label))


def _mapping(mapping: Mapping[str, Any], _row: Row) -> str:
    """Field and column of the file, a line each."""
    return "\n".join(f"{field}: {column}" for field, column in mapping.get("columns", {}).items())


def _rule(rule: Mapping[str, Any], _row: Row) -> str:
    return rules.as_text(rule)


TELLERS: dict[tuple[str, str], Teller] = {
    ("commerce.orderfile", "size"): _size,
    ("deals.advicerule", "code"): _advice,
    ("deals.advicesnooze", "code"): _advice,
    ("deals.approval", "role"): _role,
    ("deals.approvalrule", "role"): _role,
    ("deals.dealdocument", "size"): _size,
    ("deals.dismissal", "topic"): _hint,
    ("deals.stagerequirement", "subject"): _needed,
    ("fields.fielddefinition", "choices"): _choices,
    ("fields.fielddefinition", "edited_by"): _roles,
    ("fields.fielddefinition", "kind"): _kind,
    ("fields.fielddefinition", "seen_by"): _roles,
    ("fields.fielddefinition", "target_kind"): _kind,
    ("identity.apitoken", "scopes"): _scopes,
    ("identity.right", "action"): _action,
    ("identity.right", "kind"): _kind,
    ("identity.right", "reach"): _reach,
    ("identity.user", "language"): _language,
    ("identity.user", "role"): _role,
    ("identity.user", "theme"): _theme,
    ("imports.savedmapping", "mapping"): _mapping,
    ("people.company", "country"): _country,
    ("people.contactpoint", "value"): _phone,
    ("people.person", "country"): _country,
    ("people.person", "language"): _language,
    ("people.person", "phone"): _phone,
    ("segments.segment", "rule"): _rule,
    ("timeline.attachment", "size"): _size,
    ("webhooks.endpoint", "events"): _events,
}
