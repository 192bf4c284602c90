"""Papers are set from data alone: the same bytes for the same data, and what people write is never markup."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rapport.core.typesetting import typeset

QUOTE: dict[str, Any] = {
    "language": "vi", "title": "Báo giá", "heading": "Báo giá", "foot": "", "number": "BG-2026-0001",
    "seller": {"name": "Mây Lam", "lines": []}, "customer": {"label": "", "name": "", "lines": []}, "facts": [],
    "columns": [{"name": "#", "number": False, "wide": False}, {"name": "Diễn giải", "number": False, "wide": True}],
    "rows": [], "sums": [["Tổng", "1"]], "words": "", "words_label": "", "sections": [], "signatures": [],
}  # fmt: skip
MARKUP = '#import "/etc/passwd" \\ *đậm* $x$ @nowhere <label> // [ ] #panic("no")'


def test_the_same_data_gives_the_same_bytes() -> None:
    at = datetime(2026, 3, 16, tzinfo=UTC)
    first, second = (typeset("quote", QUOTE, at=at) for _ in range(2))
    assert first.startswith(b"%PDF-")
    assert first == second


def test_what_people_write_is_text() -> None:
    rows = [["1", MARKUP + "\nhai dòng"]]
    assert typeset("quote", QUOTE | {"rows": rows, "heading": MARKUP, "sections": [[MARKUP, MARKUP]]})


def test_many_lines_run_over_several_pages() -> None:
    rows = [[str(number), "Thùng carton sóng " * 9] for number in range(200)]
    assert len(typeset("quote", QUOTE | {"rows": rows})) > len(typeset("quote", QUOTE))


def test_a_paper_that_does_not_exist() -> None:
    with pytest.raises(FileNotFoundError):
        typeset("no-such-paper", {})
