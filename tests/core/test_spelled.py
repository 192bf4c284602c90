"""Numbers and money in words, against what a person would say."""

from decimal import Decimal

import pytest

from rapport.core import spelled

D = Decimal


@pytest.mark.parametrize(
    ("number", "vietnamese", "english"),
    [
        (0, "không", "zero"),
        (10, "mười", "ten"),
        (15, "mười lăm", "fifteen"),
        (21, "hai mươi mốt", "twenty-one"),
        (25, "hai mươi lăm", "twenty-five"),
        (40, "bốn mươi", "forty"),
        (105, "một trăm linh năm", "one hundred and five"),
        (111, "một trăm mười một", "one hundred and eleven"),
        (1005, "một nghìn không trăm linh năm", "one thousand and five"),
        (20_000, "hai mươi nghìn", "twenty thousand"),
        (1_000_010, "một triệu không trăm mười", "one million and ten"),
        (
            1_840_500_055,
            "một tỷ tám trăm bốn mươi triệu năm trăm nghìn không trăm năm mươi lăm",
            "one billion eight hundred and forty million five hundred thousand and fifty-five",
        ),
        (2 * 10**12, "hai nghìn tỷ", "two trillion"),
        (10**18, "một tỷ tỷ", "one thousand quadrillion"),
    ],
)
def test_numbers_in_words(number: int, vietnamese: str, english: str) -> None:
    assert (spelled.vietnamese(number), spelled.english(number)) == (vietnamese, english)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "expected"),
    [
        ("1200000.00", "VND", "vi", "Một triệu hai trăm nghìn đồng"),
        ("1200000", "VND", "en", "One million two hundred thousand Vietnamese dong"),
        ("1.00", "USD", "en", "One US dollar"),
        ("2.05", "USD", "en", "Two US dollars and 05/100"),
        ("2.05", "USD", "vi", "Hai đô la Mỹ và năm xu"),
        ("0", "VND", "vi", "Không đồng"),
    ],
)
def test_amounts_in_words(amount: str, currency: str, language: str, expected: str) -> None:
    assert spelled.amount(D(amount), currency=currency, language=language) == expected


def test_nothing_below_zero_is_spelled() -> None:
    for spell in (spelled.vietnamese, spelled.english):
        with pytest.raises(ValueError, match="from zero up"):
            spell(-1)
