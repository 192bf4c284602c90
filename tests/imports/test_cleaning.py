"""Each kind of value: what is understood, what is not, and that the quick way gives what the slow one gives."""

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rapport.imports import cleaning, values
from rapport.imports.cleaning import NumberWriting
from rapport.imports.fields import Field, Kind
from rapport.people.rules import emails, phones
from tests.imports.columns import RAW, cleaned, of_each, one

DIGITS = st.text("0123456789 .-()+", min_size=1, max_size=16)
PHONES = st.one_of(
    DIGITS,
    st.builds(
        lambda prefix, rest: prefix + rest, st.sampled_from(["0", "84", "+84", "0084", "+84 (0)", "09", "016"]), DIGITS
    ),
    st.text(min_size=1, max_size=15),
)
NAMES = st.text("abcZÀ0123._+-'", min_size=1, max_size=12)
EMAILS = st.one_of(
    st.builds(
        lambda a, b, c: f"{a}@{b}.{c}", NAMES, NAMES, st.sampled_from(["com", "vn", "com.vn", "VN", "test", "x"])
    ),
    st.text(min_size=1, max_size=20),
)
NUMBERS = st.one_of(
    st.text("0123456789.,- ()", min_size=1, max_size=14),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.integers().map(str),
    st.sampled_from(["1e5", "1E+03", "-0", "٣", "１２", "₫ 1.500.000", "$1,234.50", "(12)", "5-", ".5", "5.", "1 234"]),
)


def flat(texts: list[str]) -> list[str]:
    """Texts as a cell holds them once it is read: trimmed, not empty."""
    return [told for each in texts if (told := of_each(cleaning.base(RAW), [each])[0])]


@given(st.lists(PHONES, min_size=1, max_size=10))
@example(["0912345678", "+84 912 345 678", "84912345678", "0162 345 6789", "０９１２３４５６７８", "9.12346E+08"])
def test_phones_the_quick_way_equals_the_slow(texts: list[str]) -> None:
    texts = flat(texts)
    found = cleaned(Kind.PHONE, texts, country="'VN'")
    assert found == [values.phone(told, "VN") for told in texts]
    assert all(number is None or number.isascii() for number in found)
    assert cleaned(Kind.PHONE, texts, country="'GB'") == [values.phone(told, "GB") for told in texts]


@given(st.lists(EMAILS, min_size=1, max_size=10))
@example(["AN@Example.com", "a..b@x.vn", "a@-x.com", "a@x", "Ḱ@x.com", "\u212a@x.com", "mailto:a@b.vn"])
def test_emails_the_quick_way_equals_the_slow(texts: list[str]) -> None:
    texts = flat(texts)
    assert cleaned(Kind.EMAIL, texts) == [emails.normal(told) for told in texts]


@given(st.lists(NUMBERS, min_size=1, max_size=10), st.sampled_from(["en", "vi"]))
def test_numbers_the_quick_way_equals_the_slow(texts: list[str], style: str) -> None:
    texts = flat(texts)
    found = cleaned(Kind.NUMBER, texts, style=style)
    assert [as_number(n) for n in found] == [as_number(values.number(told, style)) for told in texts]
    whole = cleaned(Kind.INTEGER, texts, style=style)
    assert [as_number(n) for n in whole] == [as_number(values.integer(told, style)) for told in texts]
    assert all(n is None or n.isascii() for n in found + whole)


def as_number(text: str | None) -> float | None:
    return None if text is None else float(text)


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=10))
def test_texts_and_tags_the_quick_way_equals_the_slow(texts: list[str]) -> None:
    texts = flat(texts)
    assert cleaned(Kind.TEXT, texts) == [values.sound_text(told) for told in texts]
    assert cleaned(Kind.TAGS, texts) == [values.tags(told) for told in texts]


@given(st.lists(st.text(st.sampled_from("ab  é\n\r\t\u00a0\x07ữ"), min_size=1), min_size=1, max_size=10))
@example(["a \r\n b", "\n\n", "a\n\n\nb", " a\n ", "a\r\rb"])
def test_long_texts_the_quick_way_equals_the_slow(texts: list[str]) -> None:
    texts = flat(texts)
    assert cleaned(Kind.LONG_TEXT, texts) == [values.long_text(told) for told in texts]


@given(st.dates())
def test_every_day_in_every_writing(day: object) -> None:
    written = [f"{day:%Y-%m-%d}", f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day:%Y/%m/%d}"]
    within = 1800 <= int(f"{day:%Y}") <= 2200
    assert set(cleaned(Kind.DATE, written)) == {f"{day:%Y-%m-%d}" if within else None}
    first = {f"{day:%Y-%m-%d} 00:00:00"} if within else {None}
    assert set(cleaned(Kind.INSTANT, written)) == first


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0)))
def test_every_instant_in_every_writing(moment: object) -> None:
    iso = [f"{moment:%Y-%m-%dT%H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}"]
    other = [f"{moment:%d/%m/%Y %H:%M:%S}", f"{moment:%H:%M:%S %d/%m/%Y}", f"{moment:%d/%m/%Y %I:%M:%S %p}"]
    within = 1800 <= int(f"{moment:%Y}") <= 2200
    assert set(cleaned(Kind.INSTANT, iso + other)) == {f"{moment:%Y-%m-%d %H:%M:%S}" if within else None}


@given(st.text("0123456789-/: TZ+.", max_size=22))
def test_no_jumble_of_digits_is_taken_for_a_day_the_database_refuses(text: str) -> None:
    for told in flat([text]):
        day, moment = one(Kind.DATE, told), one(Kind.INSTANT, told)
        assert of_each("try_cast(v AS DATE)::VARCHAR", [day or "2000-01-01"]) == [day or "2000-01-01"]
        assert of_each("try_cast(v AS TIMESTAMPTZ) IS NOT NULL", [moment or "2000-01-01"]) == [True]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", "2026-11-21"),
        ("21/11/2026", "2026-11-21"),
        ("1/5/2026", "2026-05-01"),
        ("2026-1-5", "2026-01-05"),
        ("20261121", "2026-11-21"),
        ("21 Nov 2026", "2026-11-21"),
        ("21-Nov-2026", "2026-11-21"),
        ("Nov 21, 2026", "2026-11-21"),
        ("21 tháng 11 năm 2026", "2026-11-21"),
        ("Ngày 21 tháng 11 năm 2026", "2026-11-21"),
        ("2026-11-21 23:30:00", "2026-11-21"),
        ("2026-11-21T18:30:00Z", "2026-11-22"),
        ("2026-11-21T18:30:00+07:00", "2026-11-21"),
        ("45292", "2024-01-01"),
        ("45292.75", "2024-01-01"),
        ("31/02/2026", None),
        ("2026-02-30", None),
        ("21/11/26", None),
        ("12/31/2026", None),
        ("1799-12-31", None),
        ("4529", None),
        ("tomorrow", None),
    ],
)
def test_days(text: str, day: str | None) -> None:
    assert one(Kind.DATE, text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21", "2026-11-21 00:00:00"),
        ("21/11/2026 8:05", "2026-11-21 08:05:00"),
        ("8:05 21/11/2026", "2026-11-21 08:05:00"),
        ("21/11/2026 8:05 PM", "2026-11-21 20:05:00"),
        ("2026-11-21T08:05:09.123456+07:00", "2026-11-21 08:05:09.123456+07:00"),
        ("2026-11-21 08:05 +07:00", "2026-11-21 08:05 +07:00"),
        ("45292.5", "2024-01-01 12:00:00"),
        ("2026-11-21 08:05+99:99", None),
        ("2026-11-21 25:00", None),
        ("2026-11-21 10:00:60", None),
        ("2026-02-30 10:00", None),
    ],
)
def test_instants(text: str, moment: str | None) -> None:
    assert one(Kind.INSTANT, text) == moment


def test_a_format_of_its_own_is_kept_to() -> None:
    assert cleaned(Kind.DATE, ["31/12/24", "2024-12-31"], format="%d/%m/%y") == ["2024-12-31", None]
    with_zone = cleaned(Kind.INSTANT, ["31/12/2024 20:00 +0000"], format="%d/%m/%Y %H:%M %z")
    assert with_zone == ["2025-01-01 03:00:00"]


@pytest.mark.parametrize(
    ("days", "style"),
    [
        (["01/02/2026", "12/31/2026"], "mdy"),
        (["01/02/2026", "31/12/2026"], ""),
        (["31/12/2026", "12/31/2026"], ""),
        (["01/02/2026"], ""),
        (["2026-12-31"], ""),
        ([], ""),
    ],
)
def test_only_the_whole_column_tells_whether_the_month_comes_first(days: list[str], style: str) -> None:
    told = ", ".join(f"('{day}')" for day in days) or "(NULL)"
    with duckdb.connect() as alone:
        alone.execute(f"CREATE VIEW days AS SELECT d FROM (VALUES {told}) t(d)")
        assert cleaning.day_style(alone) == style


@pytest.mark.parametrize(
    ("texts", "vnd", "style"),
    [
        (["1.500", "2.000"], True, "vi"),
        (["1.500", "2.000"], False, "en"),
        (["1.500", "2.55"], True, "en"),
        (["1,5", "2"], False, "vi"),
        (["1.234.567"], False, "vi"),
        (["1,234,567"], True, "en"),
        (["1.234,56"], False, "vi"),
        (["1,234.56"], True, "en"),
        (["1.125,5", "1.5"], True, "en"),
        (["12", "7"], True, "en"),
        (["1.1250"], True, "en"),
        (["0.333", "2"], True, "en"),
        (["0,333"], True, "vi"),
    ],
)
def test_how_a_column_writes_numbers(texts: list[str], vnd: bool, style: str) -> None:
    told = ", ".join(f"('{text}')" for text in texts)
    with duckdb.connect() as alone:
        alone.execute(f"CREATE VIEW numbers AS SELECT n FROM (VALUES {told}) t(n)")
        writing = cleaning.number_writing(alone)
    nothing = NumberWriting()
    assert cleaning.number_style(writing, file=nothing, example="", grouped_means_vi=vnd) == style
    assert cleaning.number_style(writing, file=nothing, example="1.234,56", grouped_means_vi=vnd) == "vi"
    assert cleaning.number_style(writing, file=nothing, example="1,234.56", grouped_means_vi=vnd) == "en"


@pytest.mark.parametrize(
    ("writing", "file", "style"),
    [
        (NumberWriting(grouped=True), NumberWriting(en=True), "en"),
        (NumberWriting(grouped=True), NumberWriting(vi=True), "vi"),
        (NumberWriting(grouped=True), NumberWriting(), "vi"),
        (NumberWriting(vi=True), NumberWriting(en=True, vi=True), "vi"),
        (NumberWriting(en=True), NumberWriting(en=True, vi=True), "en"),
        (NumberWriting(), NumberWriting(), "en"),
    ],
)
def test_a_column_that_says_nothing_is_read_as_the_others(
    writing: NumberWriting, file: NumberWriting, style: str
) -> None:
    assert cleaning.number_style(writing, file=file, example="", grouped_means_vi=True) == style


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("1,234.50", "en", "1234.50"),
        ("1.234,50", "vi", "1234.50"),
        ("1.234,50", "en", None),
        ("1,234.50", "vi", None),
        ("1.5", "vi", None),
        ("1.500", "vi", "1500"),
        ("1,5", "en", None),
        ("1,00,000", "en", "100000"),
        ("₫ 1.500.000", "vi", "1500000"),
        ("1.500.000 đ", "vi", "1500000"),
        ("1 500 000 VNĐ", "vi", "1500000"),
        ("USD 1,200.50", "en", "1200.50"),
        ("(1,200)", "en", "-1200"),
        ("1200-", "en", "-1200"),
        ("−5", "en", "-5"),
        ("+5", "en", "5"),
        ("1'200", "en", "1200"),
        ("5.", "en", "5"),
        ("12%", "en", None),
        ("1e3", "en", "1000"),
        ("1e15", "en", None),
        ("1.2.3", "en", None),
        (".", "en", None),
        ("٣", "en", None),
        ("2 tỷ", "vi", None),
        ("", "en", None),
    ],
)
def test_numbers_one_by_one(text: str, style: str, number: str | None) -> None:
    assert values.number(text, style) == number


@pytest.mark.parametrize(
    ("kind", "text", "clean"),
    [
        (Kind.DOMAIN, "https://www.Acme.vn/about?x=1", "acme.vn"),
        (Kind.DOMAIN, "acme.vn", "acme.vn"),
        (Kind.DOMAIN, "acme", None),
        (Kind.COUNTRY, "Việt Nam", "VN"),
        (Kind.COUNTRY, "vietnam", "VN"),
        (Kind.COUNTRY, "UNITED STATES", "US"),
        (Kind.COUNTRY, "NA", "NA"),
        (Kind.COUNTRY, "Atlantis", None),
        (Kind.LANGUAGE, "vi-VN", "vi"),
        (Kind.LANGUAGE, "Tiếng Việt", "vi"),
        (Kind.LANGUAGE, "English", "en"),
        (Kind.CURRENCY, "vnđ", "VND"),
        (Kind.CURRENCY, "€", "EUR"),
        (Kind.CURRENCY, "usd", "USD"),
        (Kind.CURRENCY, "XXY", None),
        (Kind.INTERACTION_KIND, "Cuộc gọi", "call"),
        (Kind.INTERACTION_KIND, "E-mail", "email"),
        (Kind.INTERACTION_KIND, "dance", None),
        (Kind.DIRECTION, "Inbound", "in"),
        (Kind.DIRECTION, "gọi đi", "out"),
        (Kind.TAGS, "vip; VIP, mới|x", '{"vip","mới","x"}'),
        (Kind.TAGS, 'a "b"; c\\d', '{"a \\"b\\"","c\\\\d"}'),
        (Kind.TAGS, "y" * 61, None),
        (Kind.LONG_TEXT, " one \r\n two\x07 \rthree ", "one\ntwo\nthree"),
        (Kind.TEXT, "  An \t Bình ", "An Bình"),
        (Kind.TEXT, "Nguye\u0302\u0303n", "Nguyễn"),
    ],
)
def test_other_kinds(kind: Kind, text: str, clean: str | None) -> None:
    assert one(kind, text) == clean


@pytest.mark.parametrize(
    ("country", "text", "clean"),
    [
        ("'VN'", "0312345678", None),
        ("'VN'", "0100109106", "0100109106"),
        ("'VN'", "0100109106-001", "0100109106-001"),
        ("'VN'", "012345678901", "012345678901"),
        ("'DE'", "de 123", "DE 123"),
    ],
)
def test_tax_ids(country: str, text: str, clean: str | None) -> None:
    assert one(Kind.TAX_ID, text, country=country) == clean


@pytest.mark.parametrize(
    ("country", "text", "clean"),
    [
        ("''", "TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("''", "Thừa Thiên Huế", "Huế"),
        ("''", "tỉnh Bình Dương", "Hồ Chí Minh"),
        ("''", "Bavaria", None),
        ("'DE'", "Bavaria", "Bavaria"),
    ],
)
def test_provinces(country: str, text: str, clean: str | None) -> None:
    assert one(Kind.PROVINCE, text, country=country) == clean


@pytest.mark.parametrize("text", ["-", "N/A", "null", "NaN", "#N/A", "không có", "0000-00-00", "\\N"])
@pytest.mark.parametrize("kind", [Kind.EMAIL, Kind.PHONE, Kind.DATE, Kind.NUMBER, Kind.TAX_ID, Kind.DOMAIN])
def test_what_means_nothing_is_no_mistake(kind: Kind, text: str) -> None:
    assert one(kind, text, country="'VN'") is None
    assert of_each(cleaning.is_placeholder(RAW, Field("f", kind)), [text]) == [True]


@pytest.mark.parametrize("text", ["0", "000 000", "00-00", "(0)", "0000000000"])
def test_a_phone_of_noughts_is_none(text: str) -> None:
    assert one(Kind.PHONE, text) is None
    assert of_each(cleaning.is_placeholder(RAW, Field("f", Kind.PHONE)), [text]) == [True]


@pytest.mark.parametrize("text", ["NA", "Null", "None", "-"])
def test_a_name_is_never_a_placeholder(text: str) -> None:
    assert one(Kind.TEXT, text) == text
    assert of_each(cleaning.is_placeholder(RAW, Field("f", Kind.TEXT)), [text]) == [False]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+84", "+84"),
        ("'-x", "-x"),
        ("'@a", "@a"),
        ("'quoted'", "'quoted'"),
        ("=1+1", "=1+1"),
        ("  ", None),
    ],
)
def test_the_guard_of_a_formula_is_taken_off(cell: str, text: str | None) -> None:
    assert of_each(cleaning.base(RAW), [cell]) == [text]


def test_a_phone_that_a_spreadsheet_spoilt() -> None:
    assert phones.normal("912345678") == "+84912345678"  # its leading nought lost
    assert phones.normal("84912345678") == "+84912345678"  # its plus sign lost
    assert phones.normal("9.12346E+08") is None  # digits lost
