"""What a value of an own field must be: as typed in both languages, as programs send it, as it is stored."""

from typing import Any

import pytest
from django.utils.translation import override

from rapport.fields import rules
from rapport.fields.definitions import Choice, Definition, Type
from rapport.fields.shown import shown
from rapport.identity.rights import Kind

CHOICES = (Choice("gold", "Vàng", "Gold"), Choice("silver", "Bạc", "Silver"), Choice("old", "Cũ", "Old", retired=True))


def field(type: Type, code: str = "x", **more: Any) -> Definition:
    given: dict[str, Any] = {
        "id": 1,
        "kind": Kind.PERSON,
        "code": code,
        "type": type,
        "label_vi": "Nhãn",
        "label_en": "Label",
    }
    return Definition(**given | {"choices": CHOICES if "choice" in type else ()} | more)


@pytest.mark.parametrize(
    ("type", "language", "given", "stored"),
    [
        ("text", "vi", "  Đỗ\u0000  Anh \n", "Đỗ Anh"),
        ("text", "vi", "<b>x</b>", "<b>x</b>"),
        ("text", "vi", "   ", None),
        ("number", "vi", "1.250", 1250),
        ("number", "en", "1.250", 1.25),
        ("number", "vi", "1.234,5", 1234.5),
        ("number", "en", "1,234.5", 1234.5),
        ("number", "", "1.250", 1.25),
        ("number", "", 3, 3),
        ("number", "", "-0.000001", -0.000001),
        ("number", "", "999999999999999", 999999999999999),
        ("money", "vi", "12.500.000", {"amount": "12500000.00", "currency": "VND"}),
        ("money", "en", "USD 1,200.50", {"amount": "1200.50", "currency": "USD"}),
        ("money", "vi", {"amount": "", "currency": "VND"}, None),
        ("money", "vi", {"amount": "12.50", "currency": "usd"}, {"amount": "12.50", "currency": "USD"}),
        ("date", "vi", "31/05/2026", "2026-05-31"),
        ("date", "en", "2026-05-31", "2026-05-31"),
        ("choice", "vi", "gold", "gold"),
        ("choice", "en", "vang", "gold"),
        ("choice", "vi", "Silver", "silver"),
        ("choices", "vi", "Gold; bạc", ["gold", "silver"]),
        ("choices", "vi", ["silver", "gold", "gold"], ["gold", "silver"]),
        ("choices", "vi", [], None),
        ("yes_no", "vi", "Không", False),
        ("yes_no", "en", "yes", True),
        ("yes_no", "", False, False),
        ("link", "", "12", 12),
    ],
)
def test_what_was_given_is_stored(type: str, language: str, given: Any, stored: Any) -> None:
    kept = rules.clean_one(field(Type(type)), given, language=language)
    assert kept == stored
    assert rules.clean_one(field(Type(type)), kept, language="vi") == stored
    assert rules.clean_one(field(Type(type)), kept, language="") == stored


@pytest.mark.parametrize(
    ("type", "given"),
    [
        ("text", "x" * 501), ("text", {"a": 1}), ("text", True),
        ("number", "1.2.3"), ("number", "NaN"), ("number", float("inf")), ("number", True), ("number", "9" * 16),
        ("number", "1e400"), ("number", "1e1000000"), ("number", "0.0000001"), ("number", 1234567890.123456),
        ("number", [1]), ("money", {"amount": "1e1000000", "currency": "VND"}),
        ("money", {"amount": "1.234", "currency": "USD"}), ("money", {"amount": 1, "currency": "XXQ"}),
        ("money", {"amount": {"amount": 1}}), ("money", "abc"),
        ("date", "31/02/2026"), ("date", "tomorrow"), ("date", 5), ("date", "05/31/2026"),
        ("choice", "platinum"), ("choice", 3), ("choices", ["gold", "platinum"]), ("choices", 3), ("choices", [["a"]]),
        ("yes_no", "perhaps"), ("yes_no", 7),
        ("link", "0"), ("link", "-1"), ("link", "12a"), ("link", True), ("link", "9" * 19), ("link", "١٢"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(type: str, given: Any) -> None:
    values, errors = rules.clean([field(Type(type))], {"x": given}, language="")
    assert not values
    assert errors["x"]


def test_required_defaults_and_unknown_fields_are_told_by_code() -> None:
    fields = [field(Type.TEXT, "a", required=True), field(Type.CHOICE, "b", default="gold"), field(Type.NUMBER, "c")]
    values, errors = rules.clean(fields, {"email": "x"}, whole=True)
    assert values == {"b": "gold"}
    assert set(errors) == {"a", "email"}
    values, errors = rules.clean(fields, {"c": "", "a": " "})
    assert values == {"c": None}
    assert set(errors) == {"a"}
    assert rules.merged({"a": "1", "c": 3}, {"c": None, "b": "gold"}) == {"a": "1", "b": "gold"}


@pytest.mark.parametrize(
    ("type", "value", "vi", "en"),
    [
        ("number", 1234567.5, "1.234.567,5", "1,234,567.5"),
        ("money", {"amount": "12500000.00", "currency": "VND"}, "12.500.000\N{NO-BREAK SPACE}₫", None),
        ("date", "2026-05-01", "01/05/2026", "1 May 2026"),
        ("choice", "gold", "Vàng", "Gold"),
        ("choice", "gone", "gone", "gone"),
        ("choices", ["gold", "old"], "Vàng, Cũ", "Gold, Old"),
        ("link", 7, "", ""),
        ("text", None, "", ""),
    ],
)
def test_values_are_shown_in_both_languages(type: str, value: Any, vi: str, en: str | None) -> None:
    for language, wanted in (("vi", vi), ("en", en)):
        with override(language):
            said = shown(field(Type(type)), value)
        assert wanted is None or said.replace(" ", "\N{NO-BREAK SPACE}") == wanted.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_field_limited_to_roles_is_open_to_those_alone() -> None:
    limited = field(Type.TEXT, seen_by=frozenset({"manager", "seller"}), edited_by=frozenset({"manager"}))
    assert [role for role in ("manager", "seller", "viewer") if limited.is_seen_by(role)] == ["manager", "seller"]
    assert [role for role in ("manager", "seller", "viewer") if limited.is_edited_by(role)] == ["manager"]
