"""One value at a time: the slow, sure way of reading it, in Python. `cleaning` has quick ways for the usual ones.

Every function takes the text of a cell and gives its canonical text, or None where it makes no sense of it.
"""

import re
from functools import lru_cache

from babel import Locale
from babel.numbers import list_currencies

from rapport.core.text import fold, search_text, tidy, words
from rapport.people.rules import emails, phones, places, tax_ids

_LINES = re.compile(r"\r\n?|\n")
_DOMAIN = re.compile(r"^(?:https?://)?(?:www\.)?([^/\s:?#]+\.[^/\s:?#]+)(?:[/:?#].*)?$", re.IGNORECASE)
_NUMBER_NOISE = re.compile(r"[\s\u00a0\u202f'’]|[$€£¥₫₩฿]|(?i:vnd|vnđ|usd|eur|gbp|đồng|đ$)")
_POWER = r"(?:[eE][+-]?[0-9]{1,2})?"
_EN = re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{2,3})*,[0-9]{3})?(?:\.[0-9]*)?" + _POWER)
_VI = re.compile(r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)?(?:,[0-9]*)?" + _POWER)
# What people and programs write where they have nothing to say. Never in names: a person may be called Null.
PLACEHOLDERS = (
    "-", "--", "---", "–", "—", ".", "?", "/", "n/a", "na", "n.a.", "#n/a", "#value!", "#ref!", "null", "(null)",
    "none", "nil", "nan", "nat", "không", "không có", "khong", "khong co", "chưa có", "chua co", "unknown",
    "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "\\n",
)  # fmt: skip
_TAG_SPLIT = re.compile(r"[;,|]")
LONGEST_TAG, LONGEST_PHONE = 60, 32
INTERACTION_KINDS = {
    "call": "call", "phone": "call", "phone call": "call", "cuoc goi": "call", "goi": "call", "dien thoai": "call",
    "meeting": "meeting", "hop": "meeting", "cuoc hop": "meeting", "gap": "meeting",
    "email": "email", "e mail": "email", "mail": "email", "thu": "email", "letter": "email",
    "chat": "chat", "zalo": "chat", "message": "chat", "tin nhan": "chat", "nhan tin": "chat",
    "visit": "visit", "tham": "visit", "tham quan": "visit", "ghe tham": "visit", "demo": "visit",
    "workshop": "workshop", "hoi thao": "workshop", "dao tao": "workshop",
    "livestream": "livestream", "live": "livestream", "phat truc tiep": "livestream",
    "ticket": "ticket", "complaint": "ticket", "case": "ticket", "khieu nai": "ticket", "yeu cau": "ticket",
    "note": "note", "ghi chu": "note", "comment": "note",
}  # fmt: skip
DIRECTIONS = {
    "in": "in", "inbound": "in", "incoming": "in", "den": "in", "vao": "in", "goi den": "in",
    "out": "out", "outbound": "out", "outgoing": "out", "di": "out", "ra": "out", "goi di": "out",
}  # fmt: skip


def long_text(text: str) -> str | None:
    """Text of several lines, each tidied."""
    return "\n".join(tidy(line) for line in _LINES.split(text)).strip() or None


def domain(text: str) -> str | None:
    """The bare host of a website: `https://www.Acme.vn/about` gives `acme.vn`."""
    found = _DOMAIN.match(text.strip())
    return found[1].lower() if found else None


def number(text: str, style: str = "en") -> str | None:
    """A decimal number, written with a point (`en`) or a comma (`vi`) before the decimals; no unit, no grouping."""
    bare = _NUMBER_NOISE.sub("", text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    bare = bare.replace("−", "-").removeprefix("+")
    if not (_VI if style == "vi" else _EN).fullmatch(bare) or not any(map(str.isdigit, bare)):
        return None
    bare = bare.replace(".", "").replace(",", ".") if style == "vi" else bare.replace(",", "")
    try:
        value = float(bare)
    except ValueError:
        return None
    if abs(value) >= 1e15:
        return None
    return f"{value:.4f}".rstrip("0").rstrip(".") if "e" in bare.lower() else bare.rstrip(".")


def integer(text: str, style: str = "en") -> str | None:
    """A whole number that fits a database integer."""
    found = number(text, style)
    if found is None or float(found) != int(float(found)) or not -(2**31) < float(found) < 2**31:
        return None
    return str(int(float(found)))


def tags(text: str) -> str | None:
    """Tags split at `;`, `,` or `|`, as the text of a PostgreSQL array, each once in any case."""
    names: dict[str, str] = {}
    for part in _TAG_SPLIT.split(text):
        if name := tidy(part):
            names.setdefault(name.lower(), name)
    if any(len(name) > LONGEST_TAG for name in names.values()):
        return None
    quoted = ('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names.values())
    return "{" + ",".join(quoted) + "}" if names else None


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for spoken in ("en", "vi"):
        for code, name in Locale(spoken).languages.items():
            if len(code) == 2:
                found[" ".join(words(name))] = code
                found[code] = code
    found["vn"] = "vi"
    return found


def language(text: str) -> str | None:
    """The ISO 639 code of a language named by its code (`vi`, `vi-VN`), or in English or Vietnamese."""
    bare = text.strip().lower()
    return (
        _languages().get(bare[:2])
        if re.fullmatch(r"[a-z]{2}[-_][a-z]{2}", bare)
        else _languages().get(" ".join(words(text)))
    )


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def currency(text: str) -> str | None:
    """The ISO 4217 code of a currency."""
    signs = {"₫": "VND", "đ": "VND", "VNĐ": "VND", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
    bare = text.strip().upper()
    code = signs.get(text.strip(), signs.get(bare, bare))
    return code if code in _currencies() else None


def interaction_kind(text: str) -> str | None:
    """The kind of an interaction by its code or a usual word for it."""
    return INTERACTION_KINDS.get(" ".join(words(text)))


def direction(text: str) -> str | None:
    """Whether the customer or we began."""
    return DIRECTIONS.get(" ".join(words(text)))


def phone(text: str, country: str = "VN") -> str | None:
    """A phone number in E.164; None for one that does not fit its column, and for one of noughts alone."""
    if not text.strip("0 .()+-–"):
        return None
    found = phones.normal(text, country=country or "VN")
    return found if found and len(found) <= LONGEST_PHONE else None


def tax_id(text: str, country: str = "VN") -> str | None:
    """A tax id, proved where it is Vietnamese."""
    return tax_ids.normal(text, country=country or "VN")


def province(text: str, country: str = "") -> str | None:
    """A province by its present name, or a region of another country as written."""
    return places.place(text, country=country)


email = emails.normal
country = places.country
folded = fold
search_words = search_text


def sound_text(value: str) -> str | None:
    """Text made tidy; None where nothing is left of it."""
    return tidy(value) or None
