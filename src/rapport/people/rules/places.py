"""Countries, and the provinces of Vietnam: the 34 since July 2025 and the 63 before them."""

import csv
from functools import cache
from pathlib import Path

from babel import Locale

from rapport.core.text import fold, tidy, words

_PROVINCES = Path(__file__).parent.parent / "provinces.csv"
_PREFIXES = ("thanh pho ", "tinh ", "tp ")
_SHORT_NAMES = {
    "hcm": "Hồ Chí Minh", "tphcm": "Hồ Chí Minh", "sai gon": "Hồ Chí Minh", "saigon": "Hồ Chí Minh",
    "ho chi minh city": "Hồ Chí Minh", "hn": "Hà Nội", "hanoi": "Hà Nội", "danang": "Đà Nẵng",
    "hue": "Huế", "vung tau": "Hồ Chí Minh", "brvt": "Hồ Chí Minh", "dak lak": "Đắk Lắk", "dac lac": "Đắk Lắk",
    "haiphong": "Hải Phòng", "cantho": "Cần Thơ",
}  # fmt: skip
_COUNTRY_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "eire": "IE", "korea": "KR", "usa": "US", "u s a": "US",
    "united states of america": "US", "viet nam": "VN", "vietnam": "VN", "holland": "NL", "uae": "AE",
    "czech republic": "CZ", "hong kong": "HK", "taiwan": "TW", "russia": "RU", "han quoc": "KR",
}  # fmt: skip


@cache
def provinces() -> tuple[str, ...]:
    """The names of the 34 provinces, in the order of the alphabet."""
    return tuple(sorted({row[1] for row in _rows()}, key=fold))


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    """(name until July 2025, name since)."""
    with _PROVINCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple((row["province_until_2025"], row["province_since_2025_07_01"]) for row in rows)


@cache
def _by_name() -> dict[str, str]:
    found = {" ".join(words(old)): new for old, new in _rows()}
    found |= {" ".join(words(new)): new for _old, new in _rows()}
    return found | _SHORT_NAMES


def province(text: str) -> str | None:
    """The present name of the province a text means, old names and short ones included; None if none."""
    name = " ".join(words(text))
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return _by_name().get(name)


def place(text: str, *, country: str) -> str | None:
    """A province of Vietnam by its present name, or as it is written where the country is another one."""
    return province(text) if country in ("", "VN") else tidy(text)[:80]


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "vi"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "EZ", "XA", "XB"):
                found[" ".join(words(name))] = code
                found[code.lower()] = code
    return found | _COUNTRY_NAMES


def country(text: str) -> str | None:
    """The ISO 3166 code of a country named by its code, or by its name in English or Vietnamese."""
    return _countries().get(" ".join(words(text)))


def country_name(code: str, *, language: str) -> str:
    """The name of a country in the given language."""
    return str(Locale(language).territories.get(code, code))


@cache
def country_codes() -> tuple[str, ...]:
    """The codes of all countries that are understood."""
    return tuple(sorted(set(_countries().values())))
