"""Custom fields in rows of an upsert: cleaned by their definitions, each in a column of its own, as in files."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from rapport.api import problems
from rapport.api.bulk import Staged, Values
from rapport.fields import links, queries, rules
from rapport.fields.definitions import PREFIX, Definition, Type
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.imports.own import INSIDE

NAME = "custom"
LONGEST_CODE = 100
Definitions = dict[str, Definition]
Refused = dict[int, list[problems.FieldError]]


def spread(how: Staged, rows: dict[int, Values], refused: Refused, *, by: User) -> Staged:
    """Put what the rows say in `custom` into columns of their own, and say which.

    A row that names a field which is not there, or not for this user, or says what does not fit, goes from `rows` to
    `refused`. What is null or blank stays as it is, as does what is not sent. Two or three queries for all rows.
    """
    definitions: Definitions = {each.code: each for each in queries.edited(by, how.kind)}
    currency = organisation().currency
    told: dict[int, Values] = {}
    for line in [line for line, values in rows.items() if NAME in values]:
        values = rows[line]
        given = values.pop(NAME)
        told[line], wrong = _cleaned(definitions, given, currency=values.get("currency") or currency)
        refused.setdefault(line, []).extend(wrong)
    _check_links(definitions, told, refused, by=by)
    for line, said in told.items():
        if refused.get(line):
            del rows[line]
        else:
            rows[line] |= {INSIDE + code: json.dumps(value) for code, value in said.items()}
    codes = sorted({code for line, said in told.items() if line in rows for code in said})
    return replace(
        how, columns=how.columns | dict.fromkeys((INSIDE + code for code in codes), "jsonb"), own=tuple(codes)
    )


def _cleaned(
    definitions: Definitions, given: Mapping[str, Any], *, currency: str
) -> tuple[Values, list[problems.FieldError]]:
    """What is stored of one row's values, and what is wrong with the others."""
    said = {code: value for code, value in given.items() if code not in definitions or not _is_blank(value)}
    named = [definitions[code] for code in said if code in definitions]
    values, errors = rules.clean(named, said, language="", currency=currency)
    wrong = [_error(code, message, definitions.get(code)) for code, message in errors.items()]
    return {code: value for code, value in values.items() if value is not None}, wrong


def _is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _error(code: str, message: str, definition: Definition | None) -> problems.FieldError:
    name = PREFIX + code[:LONGEST_CODE]
    return problems.FieldError(name, f"{definition.label if definition else name}: {message}")


def _check_links(definitions: Definitions, told: dict[int, Values], refused: Refused, *, by: User) -> None:
    """Refuse the rows that lead to records which the user does not see; absent and hidden are the same."""
    leading = [each for each in definitions.values() if each.type is Type.LINK]
    found = links.names(leading, told.values(), user=by)
    for line, values in told.items():
        for each in leading:
            if each.code in values and (each.target_kind, values[each.code]) not in found:
                refused[line].append(_error(each.code, _("This record is not there."), each))
