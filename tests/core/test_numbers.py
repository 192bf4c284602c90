"""Numbers as people type them."""

from decimal import Decimal

import pytest

from rapport.core.numbers import NotANumber, number_from, typed


@pytest.mark.parametrize(
    ("text", "vietnamese", "english"),
    [
        ("1.234,5", "1234.5", "1234.5"),
        ("1,234.5", "1234.5", "1234.5"),
        ("1.250.000", "1250000", "1250000"),
        ("1,250,000", "1250000", "1250000"),
        ("1 250 000", "1250000", "1250000"),
        ("1\xa0250,5", "1250.5", "1250.5"),
        (" 7 ", "7", "7"),
        ("7,5", "7.5", "7.5"),
        ("7.5", "7.5", "7.5"),
        ("\N{MINUS SIGN}0.125", "-0.125", "-0.125"),
        ("1234.567", "1234.567", "1234.567"),
        (",5", "0.5", "0.5"),
        # The one writing that means two numbers: the language of the page decides.
        ("1.250", "1250", "1.25"),
        ("1,250", "1.25", "1250"),
        *((text, None, None) for text in (
            "", ".", "-", "1.2.3", "1,2,3", "1.23,456.7", "1.234,567,8", "12.34,5", "1 2", "0.250.000", "1e5", "nan",
            "Infinity", "٣", "1_000", "5 %", "--5", "1" * 61,
        )),
    ],
)  # fmt: skip
def test_a_number_as_it_is_typed(text: str, vietnamese: str | None, english: str | None) -> None:
    for language, expected in (("vi", vietnamese), ("en", english)):
        if expected is None:
            with pytest.raises(NotANumber):
                number_from(text, language=language)
        else:
            assert number_from(text, language=language) == Decimal(expected)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("value", ["1250000.0000", "1.1250", "0.125", "-3.5", "0", "1E+3"])
def test_what_is_shown_is_read_back(value: str, language: str) -> None:
    assert number_from(typed(Decimal(value), language=language), language=language) == Decimal(value)
