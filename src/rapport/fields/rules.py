"""What a value of a custom field must be: pure functions from what was typed to what is stored."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import list_currencies
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.core.numbers import NotANumber, number_from
from rapport.core.text import tidy, words
from rapport.fields.definitions import Choice, Definition, Type

LONGEST_TEXT = 500
MOST_DIGITS = 15
MOST_DECIMALS = 6
_CENT = Decimal("0.01")
_LARGEST_ID = 2**63 - 1
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_CURRENCY = re.compile(r"[A-Za-z]{3}|[₫đ$€£¥]")
_SIGNS = {"₫": "VND", "đ": "VND", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_YES = frozenset({"true", "yes", "y", "1", "on", "x", "co", "dung", "phai"})
_NO = frozenset({"false", "no", "n", "0", "off", "khong", "sai"})


class Unfit(ValueError):
    """A value does not fit its field; the message says why."""


def clean(
    definitions: Iterable[Definition],
    raw: Mapping[str, Any],
    *,
    language: str | None = None,
    whole: bool = False,
    currency: str = "VND",
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is stored for what was given, both by code, and what is wrong with the rest, by code.

    An emptied field comes as None. With `whole` what must be filled in may not be missing either, and what is not
    given takes its default. Numbers are read as the language writes them; with the language "" as programs do.
    Links are only checked for their shape: `links.unknown` knows whether the record is there.
    """
    known = {each.code: each for each in definitions}
    values: dict[str, Any] = {}
    errors = {code: _("There is no such field.") for code in raw if code not in known}
    for code, each in known.items():
        if code not in raw and not whole:
            continue
        given = raw.get(code, each.default)
        try:
            values[code] = clean_one(each, given, language=language, currency=currency)
        except Unfit as wrong:
            errors[code] = str(wrong)
            continue
        if values[code] is None and each.required:
            del values[code]
            errors[code] = _("This must be filled in.")
    if whole:
        values = {code: value for code, value in values.items() if value is not None}
    return values, errors


def clean_one(definition: Definition, given: Any, *, language: str | None = None, currency: str = "VND") -> Any:
    """The stored form of one value, None for nothing. What is stored already stays as it is. Raises Unfit."""
    if given is None or given == [] or given == () or (isinstance(given, str) and not tidy(given)):
        return None
    if definition.type is Type.MONEY:
        return _money(given, language, currency)
    return _CLEANERS[definition.type](definition, given, get_language() or "vi" if language is None else language)


def merged(held: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The held values with the new ones among them; what comes as None is taken away."""
    return {code: value for code, value in {**held, **values}.items() if value is not None}


def _text(_definition: Definition, given: Any, _language: str) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise Unfit(_("This is not a text."))
    text = tidy(str(given))
    if len(text) > LONGEST_TEXT:
        raise Unfit(_("This is too long: at most %(most)d characters.") % {"most": LONGEST_TEXT})
    return text


def _number(_definition: Definition, given: Any, language: str) -> int | float:
    return plain_number(_decimal(given, language))


def plain_number(number: Decimal) -> int | float:
    """A number as JSON holds it. Raises Unfit where it would lose digits."""
    normal = number.normalize()
    _sign, digits, exponent = normal.as_tuple()
    assert isinstance(exponent, int)
    if max(len(digits), len(digits) + exponent) > MOST_DIGITS or -exponent > MOST_DECIMALS:
        raise Unfit(
            _("At most %(digits)d digits are kept, and %(decimals)d of them behind the point.")
            % {"digits": MOST_DIGITS, "decimals": MOST_DECIMALS}
        )
    return int(normal) if exponent >= 0 else float(normal)


def _decimal(given: Any, language: str) -> Decimal:
    """The number that was given. Raises Unfit."""
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal):
        raise Unfit(_("This is not a number."))
    try:
        typed = isinstance(given, str) and language
        number = number_from(str(given), language=language) if typed else Decimal(str(given).strip()[:60])
    except (NotANumber, InvalidOperation) as error:
        raise Unfit(_("“%(value)s” is not a number.") % {"value": tidy(str(given))[:40]}) from error
    # `abs` would round first, which a huge exponent does not survive.
    if not number.is_finite() or number.copy_abs() >= Decimal(10) ** MOST_DIGITS:
        raise Unfit(_("This number is too large."))
    return number


def _money(given: Any, language: str | None, currency: str) -> dict[str, str] | None:
    if not isinstance(given, Mapping):
        given = _split_money(given) if isinstance(given, str) else {"amount": given}
    amount, unit = given.get("amount"), given.get("currency") or currency
    if amount is None or (isinstance(amount, str) and not tidy(amount)):
        return None
    code = str(unit).strip().upper()
    if code not in list_currencies():
        raise Unfit(_("“%(value)s” is no currency code; write three letters, such as USD.") % {"value": code[:10]})
    number = _decimal(amount, get_language() or "vi" if language is None else language)
    cents = number.quantize(_CENT)
    if cents != number:
        raise Unfit(_("An amount has at most two digits behind the point."))
    return {"amount": str(cents + 0), "currency": code}


def _split_money(text: str) -> dict[str, str]:
    """An amount and the currency that stands beside it: `12.500.000 ₫`, `USD 1,200`."""
    found = _CURRENCY.search(text)
    amount = text.replace(found[0], "", 1).strip() if found else ""
    if found is None or not amount:
        return {"amount": text}
    return {"amount": amount, "currency": _SIGNS.get(found[0], found[0])}


def _date(_definition: Definition, given: Any, _language: str) -> str:
    if isinstance(given, datetime):
        given = given.date()
    if isinstance(given, date):
        return given.isoformat()
    text = tidy(given) if isinstance(given, str) else ""
    found = _DAY_FIRST.fullmatch(text)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError as error:
        raise Unfit(_("“%(value)s” is not a day; write it like 31/05/2026.") % {"value": text[:40]}) from error
    return day.isoformat()


def _choice(definition: Definition, given: Any, _language: str) -> str:
    return _chosen(definition, given).code


def _chosen(definition: Definition, given: Any) -> Choice:
    """The choice that a code or a label, in either language, means. Raises Unfit."""
    if isinstance(given, str):
        text = given.strip()
        known = definition.choice(text)
        if known is not None:
            return known
        folded = words(text)
        for choice in definition.choices:
            if folded and folded in (words(choice.label_vi), words(choice.label_en)):
                return choice
    offered = ", ".join(choice.label for choice in definition.offered[:8])
    raise Unfit(
        _("“%(value)s” is not among the choices: %(choices)s.") % {"value": tidy(str(given))[:40], "choices": offered}
    )


def _choices(definition: Definition, given: Any, _language: str) -> list[str] | None:
    parts = re.split(r"[;|,]", given) if isinstance(given, str) else given
    if isinstance(given, str) and definition.choice(given.strip()):
        parts = [given]
    if not isinstance(parts, list | tuple | set | frozenset):
        raise Unfit(_("A list of choices is needed."))
    asked = [part for part in parts if not (isinstance(part, str) and not part.strip())]
    return sorted({_chosen(definition, part).code for part in asked}) or None


def _yes_no(_definition: Definition, given: Any, _language: str) -> bool:
    if isinstance(given, bool):
        return given
    word = "".join(words(str(given))[:1])
    if word not in _YES | _NO:
        raise Unfit(_("“%(value)s” is neither yes nor no.") % {"value": tidy(str(given))[:40]})
    return word in _YES


def _link(_definition: Definition, given: Any, _language: str) -> int:
    text = str(given).strip()
    if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,19}", text) or not 0 < int(text) <= _LARGEST_ID:
        raise Unfit(_("Choose a record from the list."))
    return int(text)


_CLEANERS: dict[Type, Callable[[Definition, Any, str], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.CHOICES: _choices,
    Type.YES_NO: _yes_no,
    Type.LINK: _link,
}
