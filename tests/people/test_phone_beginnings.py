"""What a stored number may start with if someone begins to write it."""

import pytest

from rapport.people.rules import phones


@pytest.mark.parametrize(
    ("text", "beginnings"),
    [
        ("0912.345", ["+84912345"]),
        ("+84 91", ["+8491"]),
        ("912", ["+84912", "+912"]),
        ("0044 20", ["+4420"]),
        ("0123 98", ["+8412398", "+848398"]),
        ("+84123987", ["+84123987", "+8483987"]),
        ("12", []),
        ("09a2", []),
        ("", []),
        ("an 0912345678", []),
        ("٠٩١٢", []),
    ],
)
def test_a_number_is_found_as_one_begins_to_write_it(text: str, beginnings: list[str]) -> None:
    assert phones.beginnings(text) == beginnings
