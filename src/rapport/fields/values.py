"""The values of one record: checked against the definitions before they are written. Called by the apps' actions.

What is refused is a WrongValue whose field is `custom.code`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.core.errors import WrongValue
from rapport.fields import links, queries, rules
from rapport.fields.definitions import PREFIX, Definition, Type
from rapport.identity.models import User
from rapport.identity.queries import organisation


def checked(kind: str, given: Mapping[str, Any], *, held: Mapping[str, Any], by: User | None) -> dict[str, Any]:
    """The whole column after a change by the user: what is held, with what is given by code among it.

    None empties a field. What the user may not fill in is refused like a field that does not exist, unless it says
    what is held already. Raises WrongValue.
    """
    definitions = _open_to(kind, by)
    wanted = {code: value for code, value in given.items() if code not in held or held[code] != value}
    if not wanted:
        return dict(held)
    values, errors = rules.clean(definitions, wanted, language="", currency=_currency(definitions))
    _refuse(definitions, values, errors, by)
    return rules.merged(held, values)


def begun(kind: str, given: Mapping[str, Any] | None, *, by: User | None) -> dict[str, Any]:
    """The column of a new record: what is given by code, else the defaults.

    With None nobody was asked, so nothing is missing; else what must be filled in may not lack. Raises WrongValue.
    """
    definitions = queries.definitions(kind)
    if not definitions and not given:
        return {}
    if given is None:
        return beginning(definitions)
    defaults = {each.code: each.default for each in definitions if each.default is not None}
    own = [each for each in definitions if by is None or each.is_edited_by(by.role)]
    values, errors = rules.clean(own, given, language="", whole=True, currency=_currency(own))
    _refuse(own, values, errors, by)
    kept = {code: value for code, value in defaults.items() if code not in {each.code for each in own}}
    return kept | values


def beginning(definitions: Iterable[Definition]) -> dict[str, Any]:
    """What a new record says where nobody was asked: the defaults of the fields that are in use."""
    used = [each for each in definitions if not each.retired]
    defaults = {each.code: each.default for each in used if each.default is not None}
    return rules.clean(used, defaults, language="")[0]


def _currency(definitions: Iterable[Definition]) -> str:
    """What an amount without a currency is in: the company's own. Nothing is asked where there are no amounts."""
    return organisation().currency if any(each.type is Type.MONEY for each in definitions) else "VND"


def _open_to(kind: str, by: User | None) -> list[Definition]:
    return queries.definitions(kind) if by is None else queries.edited(by, kind)


def _refuse(definitions: list[Definition], values: dict[str, Any], errors: dict[str, str], by: User | None) -> None:
    """Raises WrongValue for the first that is wrong."""
    for code, message in errors.items():
        label = next((each.label for each in definitions if each.code == code), PREFIX + code)
        raise WrongValue(PREFIX + code, f"{label}: {message}")
    for each in links.unknown(definitions, values, user=by) if by else ():
        raise WrongValue(each.name, f"{each.label}: " + _("This record is not there."))


def among(kind: str, changes: dict[str, Any], *, held: Mapping[str, Any], by: User | None) -> dict[str, Any]:
    """The changes of a record as an action takes them, where `custom` names some own fields by code: now all of them.

    Raises WrongValue.
    """
    if "custom" not in changes:
        return changes
    return changes | {"custom": checked(kind, changes["custom"] or {}, held=held, by=by)}
