"""Text as people write it, and as it is searched."""

import re
import unicodedata

_MARKS = re.compile(r"[̀-ͯ᪰-᫿᷀-᷿︠-︯]+")
_NO_WORD = re.compile(r"[^\w]+|_+")
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """The same text in NFC, single-spaced, without control characters or surrounding blanks."""
    visible = unicodedata.normalize("NFC", text)
    if not visible.isprintable():
        visible = "".join(c for c in visible if c.isspace() or c.isprintable())
    return _SPACE.sub(" ", visible).strip()


def fold(text: str) -> str:
    """Lower case without accents, đ as d: two writings of one name fold to the same text."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return unicodedata.normalize("NFC", bare).replace("đ", "d")


def words(text: str) -> list[str]:
    """The folded words of a text, in order: `Đỗ-Nguyên 2` gives `do`, `nguyen`, `2`."""
    return [word for word in _NO_WORD.split(fold(text)) if word]


def search_text(*parts: str | None) -> str:
    """The folded words of all parts in a row: what the search column of a record holds."""
    return " ".join(word for part in parts if part for word in words(part))


def prefix_query(text: str) -> str:
    """A PostgreSQL tsquery that finds records having, for each word, a word that starts with it."""
    return " & ".join(f"'{word}':*" for word in words(text))
