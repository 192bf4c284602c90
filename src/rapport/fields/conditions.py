"""How records are asked for by a custom field: conditions, and the expressions that their indexes are made of.

Each condition compiles to the very expression that `indexes` puts an index on, so that the planner finds it; `path` is
where the column is seen from (`custom`, `company__custom`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, DecimalField, F, Func, JSONField, Q, TextField, Value
from django.db.models.expressions import Expression
from django.db.models.functions import Collate, Lower
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.fields import rules
from rapport.fields.definitions import Definition, Type

MOST_VALUES = 1_000
MOST_DAYS = 36_500
# A value of another type, left by an old form of the field, is no number and no error.
_NUMBER, _THEN = "(CASE WHEN jsonb_typeof(%(expressions)s)::numeric END)", ") = 'number' THEN ("
_KNOWN = ("known", "unknown")
_NUMBERS = ("at_least", "at_most", "more_than", "less_than", "equals", "between", *_KNOWN)
OPERATORS: dict[Type, tuple[str, ...]] = {
    Type.TEXT: ("one_of", "none_of", "contains", "starts_with", *_KNOWN),
    Type.NUMBER: _NUMBERS,
    Type.MONEY: _NUMBERS,
    Type.DATE: ("since", "until", "between", "in_last_days", "more_than_days_ago", "in_next_days", *_KNOWN),
    Type.CHOICE: ("one_of", "none_of", *_KNOWN),
    Type.CHOICES: ("any_of", "all_of", "none_of", *_KNOWN),
    Type.YES_NO: ("yes", "no", *_KNOWN),
    Type.LINK: ("one_of", "none_of", *_KNOWN),
}
_COMPARED = {
    "at_least": GreaterThanOrEqual,
    "at_most": LessThanOrEqual,
    "more_than": GreaterThan,
    "less_than": LessThan,
    "equals": Exact,
    "since": GreaterThanOrEqual,
    "until": LessThanOrEqual,
}


class WrongCondition(RapportError):
    """A custom field cannot be asked like that."""


def expression(definition: Definition, *, path: str = "custom") -> Any:
    """What the field is filtered and sorted by, as SQL: the value, lower case for texts, the amount of money.

    Numbers and days are asked for as such and not as JSON, of whose order the planner knows nothing.
    """
    text = _inside(F(path), definition.code, " ->> ", TextField())
    value = _inside(F(path), definition.code, " -> ", JSONField())
    match definition.type:
        case Type.TEXT:
            return Collate(Lower(text), "C")
        case Type.DATE:
            return Collate(text, "C")
        case Type.NUMBER:
            return Func(value, text, template=_NUMBER, arg_joiner=_THEN, output_field=DecimalField())
        case Type.MONEY:
            amount = _inside(value, "amount", " ->> ", TextField())
            return Func(amount, template="(%(expressions)s)::numeric", output_field=DecimalField())
    return value


def condition(
    definition: Definition, operator: str, value: Any = None, *, path: str = "custom", today: date | None = None
) -> Q:
    """The records that meet it. `value` is in the stored form or as it is typed without groups; see `OPERATORS`.

    Money is asked for as `{"amount": …, "currency": …}`; an amount alone is one of any currency. What counts days
    needs `today`. Raises WrongCondition for what cannot be asked of such a field.
    """
    if operator not in OPERATORS[definition.type]:
        raise WrongCondition(_("“%(field)s” cannot be asked like that.") % {"field": definition.label})
    asked = expression(definition, path=path)
    if operator in _KNOWN:
        return Q(IsNull(asked, operator == "unknown"))
    if definition.type is Type.MONEY:
        return _money(definition, operator, value, path=path)
    return _ASKED[definition.type](definition, asked, operator, value, today)


def _inside(holder: Expression | F | Func, key: str, arrow: str, output_field: Any) -> Func:
    """What stands under a key of a JSON object."""
    return Func(holder, Value(key), template="(%(expressions)s)", arg_joiner=arrow, output_field=output_field)


def _text(definition: Definition, asked: Any, operator: str, value: Any, _today: date | None) -> Q:
    if operator in ("one_of", "none_of"):
        folded = [Value(str(each).lower()) for each in _several(definition, value)]
        return _in(asked, folded, no=operator == "none_of")
    bare = _one(definition, value).lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Q(_like(asked, bare + "%" if operator == "starts_with" else f"%{bare}%"))


def _like(asked: Any, pattern: str) -> Func:
    """A pattern, written out so that an index in the order of letters serves a beginning."""
    return Func(asked, Value(pattern), template="(%(expressions)s)", arg_joiner=" LIKE ", output_field=BooleanField())


def _plain(definition: Definition, asked: Any, operator: str, value: Any, _today: date | None) -> Q:
    """Choices and links, one at a time."""
    found = [_json(each) for each in _several(definition, value)]
    return _in(asked, found, no=operator == "none_of")


def _choices(definition: Definition, asked: Any, operator: str, value: Any, _today: date | None) -> Q:
    one = replace(definition, type=Type.CHOICE)
    held = [Q(_holds(asked, each)) for each in _several(one, value)]
    condition = Q()
    for each in held:
        condition = condition & each if operator == "all_of" else condition | each
    if operator == "none_of":
        return Q(IsNull(asked, True)) | ~condition
    return condition


def _holds(asked: Any, code: str) -> Func:
    return Func(asked, _json([code]), template="(%(expressions)s)", arg_joiner=" @> ", output_field=BooleanField())


def _number(definition: Definition, asked: Any, operator: str, value: Any, _today: date | None) -> Q:
    if operator == "between":
        least, most = _two(value)
        found = [_value(definition, least), _value(definition, most)]
        return Q(GreaterThanOrEqual(asked, found[0])) & Q(LessThanOrEqual(asked, found[1]))
    return Q(_COMPARED[operator](asked, _value(definition, value)))


def _date(definition: Definition, asked: Any, operator: str, value: Any, today: date | None) -> Q:
    if operator not in ("in_last_days", "more_than_days_ago", "in_next_days"):
        return _number(definition, asked, operator, value, today)
    assert today is not None, "days are counted from a day"
    span = timedelta(days=_days(value))
    if operator == "more_than_days_ago":
        return Q(LessThan(asked, _value(definition, today - span)))
    since, until = (today - span, today) if operator == "in_last_days" else (today, today + span)
    return _number(definition, asked, "between", [since, until], None)


def _yes_no(_definition: Definition, asked: Any, operator: str, _value: Any, _today: date | None) -> Q:
    return Q(Exact(asked, _json(operator == "yes")))


def _money(definition: Definition, operator: str, value: Any, *, path: str) -> Q:
    """Compared by the amount, among values of the currency that is asked for."""
    parts = value if isinstance(value, dict) else {"amount": value}
    currency = str(parts.get("currency") or "")
    asked, amount = expression(definition, path=path), parts.get("amount")
    if operator == "between":
        least, most = (_amount(definition, each) for each in _two(amount))
        found = Q(GreaterThanOrEqual(asked, least)) & Q(LessThanOrEqual(asked, most))
    else:
        found = Q(_COMPARED[operator](asked, _amount(definition, amount)))
    if currency:
        within = _inside(F(path), definition.code, " -> ", JSONField())
        found &= Q(Exact(_inside(within, "currency", " ->> ", TextField()), Value(currency)))
    return found


_ASKED: dict[Type, Callable[[Definition, Any, str, Any, date | None], Q]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.CHOICE: _plain,
    Type.CHOICES: _choices,
    Type.YES_NO: _yes_no,
    Type.LINK: _plain,
}


def _in(asked: Any, values: list[Value], *, no: bool) -> Q:
    """Whether it is one of them; what has no value is none of them."""
    found = Q(In(asked, values))
    return Q(IsNull(asked, True)) | ~found if no else found


def _value(definition: Definition, given: Any) -> Value:
    """A number or a day as it is compared."""
    found = _one(definition, given)
    return Value(Decimal(str(found)), output_field=DecimalField()) if definition.type is Type.NUMBER else Value(found)


def _json(value: Any) -> Value:
    return Value(value, output_field=JSONField())


def _one(definition: Definition, value: Any) -> Any:
    """The value in its stored form. Raises WrongCondition."""
    if definition.type is Type.CHOICE:
        # A view that asks for a choice which is gone finds nothing; it need not break.
        return str(value)[:80]
    try:
        found = rules.clean_one(definition, value, language="")
    except rules.Unfit as wrong:
        message = _("“%(field)s”: %(problem)s") % {"field": definition.label, "problem": wrong}
        raise WrongCondition(message) from wrong
    if found is None:
        raise WrongCondition(_("“%(field)s”: name at least one value.") % {"field": definition.label})
    return found


def _several(definition: Definition, value: Any) -> list[Any]:
    given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    found = [_one(definition, each) for each in given if each not in (None, "")]
    if not found or len(found) > MOST_VALUES:
        raise WrongCondition(_("“%(field)s”: name at least one value.") % {"field": definition.label})
    return found


def _two(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise WrongCondition(_("Two values are needed: from and to."))
    return value[0], value[1]


def _days(value: Any) -> int:
    try:
        days = int(value)
    except (TypeError, ValueError):
        days = -1
    if not 0 <= days <= MOST_DAYS:
        raise WrongCondition(_("A number of days is needed."))
    return days


def _amount(definition: Definition, value: Any) -> Value:
    number = replace(definition, type=Type.NUMBER)
    return Value(Decimal(str(_one(number, value))), output_field=DecimalField())
