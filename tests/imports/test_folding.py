"""The SQL twins of `core.text` fold and split every letter as Python does."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rapport.core import text
from rapport.imports import cleaning
from tests.imports.columns import RAW, of_each

LETTERS = [chr(code) for block in (range(0x20, 0x250), range(0x1E00, 0x1F00)) for code in block]
AWKWARD = st.text(
    st.sampled_from([*LETTERS, "\u0301", "\u0323", "\u031b", "ﬁ", "İ", "ß", "Ω", "中", "\u200b", "_", "ǅ"])
)


def folded(texts: list[str]) -> list[str | None]:
    return of_each(cleaning.fold(RAW), texts)


def words(texts: list[str]) -> list[str | None]:
    return of_each(cleaning.words(cleaning.fold(RAW)), texts)


def test_every_latin_letter_folds_alike() -> None:
    sql = dict(zip(LETTERS, folded(LETTERS), strict=True))
    assert {letter: found for letter, found in sql.items() if found != text.fold(letter)} == {}


def test_every_latin_letter_within_a_word_folds_alike() -> None:
    within = [f"a{letter}B {letter.upper()}" for letter in LETTERS]
    sql = dict(zip(within, folded(within), strict=True))
    assert {told: found for told, found in sql.items() if found != text.fold(told)} == {}


def test_every_latin_letter_splits_words_alike() -> None:
    within = [f"{letter}a{letter} b{letter}c" for letter in LETTERS]
    sql = dict(zip(within, words(within), strict=True))
    assert {told: found for told, found in sql.items() if found != text.search_text(told)} == {}


@given(st.lists(st.one_of(AWKWARD, st.text()), min_size=1, max_size=20))
def test_any_text_folds_alike(texts: list[str]) -> None:
    texts = [unicodedata.normalize("NFC", told).replace("\x00", "") for told in texts]
    assert folded(texts) == [text.fold(told) for told in texts]
    assert words(texts) == [text.search_text(told) for told in texts]


def test_vietnamese_names() -> None:
    assert folded(["Đỗ Nguyên", "NGUYỄN VĂN ĐỨC", "Hồ Chí Minh"]) == ["do nguyen", "nguyen van duc", "ho chi minh"]
    assert words(["Công ty TNHH Đại-Phát (2019)"]) == ["cong ty tnhh dai phat 2019"]
