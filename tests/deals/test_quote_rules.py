"""The arithmetic of quotes, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from rapport.deals.rules import quotes as rules
from rapport.deals.rules.quotes import Period, Whole

D = Decimal


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "tax", "currency", "expected"),
    [
        ("3", "1250000", "0", "8", "VND", ("3750000", "0", "3750000", "300000")),
        # 1234.5 is half a đồng: up. 7.5 % of 1235 is 92.625, so 93; 10 % of 1142 is 114.2, so 114.
        ("1", "1234.5", "7.5", "10", "VND", ("1235", "93", "1142", "114")),
        ("3", "9.99", "33.33", "10", "USD", ("29.97", "9.99", "19.98", "2.00")),
        ("0.005", "1", "0", "10", "USD", ("0.01", "0.00", "0.01", "0.00")),
        ("1", "100", "100", "10", "EUR", ("100.00", "100.00", "0.00", "0.00")),
        ("2", "50", "0", None, "EUR", ("100.00", "0.00", "100.00", "0.00")),
        ("2", "50", "0", "0", "JPY", ("100", "0", "100", "0")),
    ],
)
def test_a_line_is_rounded_step_by_step(
    quantity: str, price: str, discount: str, tax: str | None, currency: str, expected: tuple[str, ...]
) -> None:
    found = rules.line_amounts(
        quantity=D(quantity), unit_price=D(price), discount=D(discount), tax_percent=D(tax) if tax else None,
        currency=currency,
    )  # fmt: skip
    assert (found.gross, found.off, found.net, found.tax) == tuple(D(each) for each in expected)


def test_rates_are_summed_apart_and_what_is_not_taxed_is_not_taxed_at_zero() -> None:
    lines = [("1", "1000", "8.00"), ("2", "500", "10"), ("1", "300", "0"), ("1", "200", None), ("1", "100", "8")]
    counted = [
        (
            rules.line_amounts(
                quantity=D(many),
                unit_price=D(price),
                discount=D(0),
                tax_percent=D(tax) if tax else None,
                currency="VND",
            ),
            D(tax) if tax else None,
        )
        for many, price, tax in lines
    ]
    found = rules.totals(counted)
    assert [(rate.percent, rate.net, rate.tax) for rate in found.rates] == [
        (D(10), D(1000), D(100)), (D(8), D(1100), D(88)), (D(0), D(300), D(0)), (None, D(200), D(0)),
    ]  # fmt: skip
    assert (found.gross, found.net, found.tax, found.total, found.off) == (2600, 2600, 188, 2788, 0)


@pytest.mark.parametrize(
    ("value", "is_percent", "currency", "lines", "expected"),
    [
        # 5 % of 1 000 001 is 50 000.05, so 50 000; parts 33 333.33…, 16 666.63… and 0.03…: the one đồng left goes to
        # the second. 8 % of 633 333 and 10 % of 316 666 are 50 666.64 and 31 666.6, each rounded by itself.
        ("5", True, "VND", [("666667", "8"), ("333333", "10"), ("1", None)],
         [("33333", "633334", "50667"), ("16667", "316666", "31667"), ("0", "1", "0")]),
        # Three equal lines, one đồng off: the first one bears it.
        ("1", False, "VND", [("10", "10"), ("10", "10"), ("10", "10")],
         [("1", "9", "1"), ("0", "10", "1"), ("0", "10", "1")]),
        ("10", False, "USD", [("20.00", "8"), ("10.00", "10"), ("0.00", "10")],
         [("6.67", "13.33", "1.07"), ("3.33", "6.67", "0.67"), ("0.00", "0.00", "0.00")]),
        ("100", True, "VND", [("7", "8"), ("0", "10")], [("7", "0", "0"), ("0", "0", "0")]),
        # More than there is takes all of it, never more.
        ("99", False, "VND", [("7", "8"), ("5", "10")], [("7", "0", "0"), ("5", "0", "0")]),
        ("0", True, "VND", [("7", "8")], [("0", "7", "1")]),
        ("5", False, "VND", [], []),
    ],
)  # fmt: skip
def test_a_discount_over_the_whole_lies_on_the_lines_to_the_last_unit(
    value: str,
    is_percent: bool,
    currency: str,
    lines: list[tuple[str, str | None]],
    expected: list[tuple[str, str, str]],
) -> None:
    whole = Whole(value=D(value), is_percent=is_percent)
    given = []
    for price, percent in lines:
        tax = D(percent) if percent else None
        alone = rules.line_amounts(
            quantity=D(1), unit_price=D(price), discount=D(0), tax_percent=tax, currency=currency
        )  # fmt: skip
        given.append((alone, tax))
    counted = rules.shared(given, whole=whole, currency=currency)
    assert [(row.share, row.net, row.tax) for row, _ in counted] == [tuple(map(D, each)) for each in expected]
    totals = rules.totals(counted)
    assert totals.off_whole == whole.off(totals.lines, currency=currency)
    assert totals.net == sum(rate.net for rate in totals.rates)


def test_the_deepest_discount_is_that_of_a_line_or_of_the_whole() -> None:
    assert rules.deepest_discount(discounts=[D(20), D(0)], gross=D(1000), net=D(980)) == 20
    assert rules.deepest_discount(discounts=[], gross=D(1000), net=D(980)) == 2
    assert rules.discount_of(gross=D(0), net=D(0)) == 0
    # 10 % of the line and then 5 % of the whole: 100 − 90 × 0.95.
    assert rules.deepest_discount(discounts=[D(10), D(0)], whole=D(5), gross=D(2000), net=D(1805)) == D("14.5")
    assert Whole(value=D(30), is_percent=False).percent(D(200)) == 15
    assert Whole(value=D(30), is_percent=False).percent(D(0)) == 0


@pytest.mark.parametrize(
    ("discount_above", "total_above", "discount", "total", "expected"),
    [
        ("10", None, "10", "5", False),
        ("10", None, "10.01", "5", True),
        (None, "100", "50", "100", False),
        (None, "100", "0", "100.01", True),
        (None, "100", "0", None, True),
        ("10", None, "0", None, False),
        ("10", "100", "0", "101", True),
    ],
)
def test_when_a_rule_asks(
    discount_above: str | None, total_above: str | None, discount: str, total: str | None, expected: bool
) -> None:
    found = rules.asks(
        discount_above=D(discount_above) if discount_above else None,
        total_above=D(total_above) if total_above else None,
        discount=D(discount),
        own_total=D(total) if total else None,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(1, 5, False), (1, 10, True), (20, 31, True), (21, 31, False), (21, None, False), (1, None, True), (12, 13, True)],
)
def test_spans_that_share_a_day(since: int, until: int | None, expected: bool) -> None:
    span = Period(since=date(2026, 1, 10), until=date(2026, 1, 20))
    other = Period(since=date(2026, 1, since), until=date(2026, 1, until) if until else None)
    assert rules.overlap(span, other) is rules.overlap(other, span) is expected
