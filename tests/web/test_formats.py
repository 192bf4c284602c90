"""Numbers, days and instants as people write them in each language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from rapport.web import formats


def local(*parts: int) -> datetime:
    """A local instant, as the templates hand it over."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


NOW = local(2026, 11, 21, 15, 30)


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (1200, "1.200", "1,200"),
        (Decimal("1200.5"), "1.200,5", "1,200.5"),
        (0, "0", "0"),
        (-3, "-3", "-3"),
        (None, "", ""),
    ],
)
def test_numbers(value: Decimal | None, vietnamese: str, english: str) -> None:
    assert formats.number(value, language="vi") == vietnamese
    assert formats.number(value, language="en") == english


def test_shares() -> None:
    assert formats.share(0.344, language="vi") == "34\N{NO-BREAK SPACE}%"
    assert formats.share(0.344, language="en", digits=1) == "34.4%"
    assert formats.share(None, language="en") == ""


def test_days() -> None:
    assert formats.day(date(2026, 1, 5), language="vi") == "05/01/2026"
    assert formats.day(date(2026, 1, 5), language="en") == "5 Jan 2026"
    assert formats.day(None, language="en") == ""
    assert formats.month(date(2026, 1, 5), language="vi") == "01/2026"
    assert formats.month(date(2026, 1, 5), language="en") == "Jan 2026"
    assert formats.day(date(987, 1, 5), language="vi") == "05/01/987"


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (local(2026, 11, 21, 9, 5), "Today 09:05", "Today 09:05"),
        (local(2026, 11, 20, 14, 0), "Yesterday 14:00", "Yesterday 14:00"),
        (local(2026, 11, 22, 8, 0), "Tomorrow 08:00", "Tomorrow 08:00"),
        (local(2026, 11, 18, 9, 30), "18/11 09:30", "18 Nov 09:30"),
        (local(2026, 11, 18), "18/11", "18 Nov"),
        (local(2025, 11, 18, 9, 30), "18/11/2025", "18 Nov 2025"),
    ],
)
def test_instants(value: datetime, vietnamese: str, english: str) -> None:
    with translation.override("en"):
        assert formats.when(value, now=NOW, language="vi") == vietnamese
        assert formats.when(value, now=NOW, language="en") == english


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 21), "Today"),
        (date(2026, 11, 22), "Tomorrow"),
        (date(2026, 11, 20), "1 day late"),
        (date(2026, 11, 16), "5 days late"),
        (date(2026, 11, 24), "In 3 days"),
        (date(2027, 1, 2), "2 Jan 2027"),
    ],
)
def test_days_to_come(value: date, words: str) -> None:
    with translation.override("en"):
        assert formats.due(value, today=NOW.date(), language="en") == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (45, "45 min"), (120, "2 h"), (130, "2 h 10 min"), (None, "")]
)
def test_durations(minutes: int | None, words: str) -> None:
    with translation.override("en"):
        assert formats.duration(minutes) == words


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (812, "812 B"), (4200, "4.2 kB"), (1_240_000_000, "1.2 GB"), (None, "")]
)
def test_sizes(size: int | None, words: str) -> None:
    assert formats.file_size(size, language="en") == words


@pytest.mark.parametrize(
    ("name", "of_company", "letters"),
    [
        ("Phạm Thu Trang", False, "PT"),
        ("Đỗ Lan", False, "ĐL"),
        ("An", False, "A"),
        ("", False, "?"),
        ("(…)", False, "?"),
        ("Công ty CP Thực phẩm Vạn Phúc", True, "VP"),
        ("Công ty TNHH MTV", True, "TM"),
        ("Acme Corporation", True, "A"),
        ("Warephase", True, "W"),
    ],
)
def test_initials(name: str, of_company: bool, letters: str) -> None:
    assert formats.initials(name, of_company=of_company) == letters
