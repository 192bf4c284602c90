"""Phone numbers in E.164."""

import re

import phonenumbers

_NOISE = re.compile(r"[\s().\-–]+")
_VN_MOBILE = re.compile(r"(?:\+?84|0)([35789]\d{8})")
# The usual number, written without asking the library, which takes a tenth of the time of a list.
_VN_MOBILE_E164 = re.compile(r"\+84[35789]\d{8}")
_VN_OLD_MOBILE = re.compile(r"(?:\+?84|0)(1\d{2})(\d{7})")
# The 11-digit mobile prefixes given up in September 2018, by the Ministry of Information and Communications.
OLD_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip


def normal(text: str, *, country: str = "VN") -> str | None:
    """The number in E.164 (`+84912345678`), with `;ext=` where there is an extension; None if it is none.

    A number without a country code is read as one of `country`.
    """
    bare = _NOISE.sub("", text)
    if country == "VN" and (mobile := _VN_MOBILE.fullmatch(bare)):
        return "+84" + mobile[1]
    if country == "VN" and (old := _VN_OLD_MOBILE.fullmatch(bare)) and old[1] in OLD_PREFIXES:
        return "+84" + OLD_PREFIXES[old[1]] + old[2]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:32] + extension


def written(e164: str) -> str:
    """The number as people read it: `0912 345 678`, `+44 20 7946 0018`."""
    if _VN_MOBILE_E164.fullmatch(e164):
        return f"0{e164[3:6]} {e164[6:9]} {e164[9:]}"
    try:
        number = phonenumbers.parse(e164, "VN")
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == 84
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL))


def digits(text: str) -> str:
    """The digits of a text that is nothing but a number in any writing (three at least), else empty."""
    bare = _NOISE.sub("", text).removeprefix("+")
    return bare if bare.isascii() and bare.isdigit() and len(bare) >= 3 else ""


def beginnings(text: str) -> list[str]:
    """What a stored number may start with if someone begins to write it so: `0912.3` gives `+849123`.

    Empty for a text that is no number. Numbers of before 2018 are found under what they became.
    """
    found = digits(text)
    if not found:
        return []
    if text.strip().startswith("+"):
        home = found.removeprefix("84") if found.startswith("84") else ""
        return ["+" + found, *_renewed(home)]
    if found.startswith("00"):
        return ["+" + found[2:]]
    if found.startswith("0"):
        return ["+84" + found[1:], *_renewed(found[1:])]
    return ["+84" + found, "+" + found]


def _renewed(home: str) -> list[str]:
    """The present beginning of an 11-digit number given up in 2018, without its 0."""
    return ["+84" + OLD_PREFIXES[home[:3]] + home[3:]] if home[:3] in OLD_PREFIXES else []
