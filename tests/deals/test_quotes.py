"""Quotes from the draft to the answer: what is written, what is refused, and what nobody can change any more."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.db.models import Model

from rapport.commerce.models import Order
from rapport.core.errors import ChangedByAnother, NotAllowed, RapportError
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import queries as queries_of_deals
from rapport.deals.actions import quote_settings, quote_steps
from rapport.deals.actions import quotes as actions
from rapport.deals.actions.quote_steps import AlreadyDecided, EmptyQuote, NobodyToDecide, QuoteTooOld
from rapport.deals.actions.quotes import LineDraft, QuoteStandsElsewhere, WrongLine
from rapport.deals.models import Approval, ApprovalRule, Deal, Quote, QuoteLine, TaxRate
from rapport.deals.queries import approvals
from rapport.deals.queries import quotes as queries
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from tests.factories import make_company, make_deal, make_product, make_team, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
TODAY = date(2026, 3, 16)
D = Decimal
REFUSED_BY_THE_DATABASE = (InternalError, ProgrammingError)


@pytest.fixture
def seller() -> User:
    """Who writes the quotes."""
    return make_user(role="seller")


@pytest.fixture
def deal(seller: User) -> Deal:
    """A deal of a company, of the seller."""
    return make_deal(company=make_company(name="Công ty Vạn Phúc"), owner=seller, amount=D(5))


@pytest.fixture
def quote(deal: Deal, seller: User) -> Quote:
    """A draft with a product at 8 % and a free line at 10 %."""
    made = actions.make_quote(deal=deal, by=seller, at=AT, today=TODAY)
    return fill(made, by=seller)


def fill(quote: Quote, *, by: User, discount: str = "0", price: str = "1000000") -> Quote:
    """Write two lines into a draft."""
    lines = [
        LineDraft(
            product=make_product(name="Màng ghép"), quantity=D(2), unit_price=D(price), discount=D(discount),
            tax_rate=rate(8),
        ),
        LineDraft(description="Vận chuyển", quantity=D(1), unit_price=D(500000), tax_rate=rate(10)),
    ]  # fmt: skip
    return actions.change_quote(quote=quote, version=quote.version, values={}, lines=lines, by=by, at=AT)


def rate(percent: int) -> TaxRate:
    """The tax rate of this height that counts today."""
    return queries.tax_rates_on(TODAY).get(percent=percent)


def given() -> dict[str, Any]:
    """When an action happens."""
    return {"at": AT, "today": TODAY}


def submitted(quote: Quote, by: User) -> Quote:
    """The quote, finished."""
    return quote_steps.submit(quote=quote, version=quote.version, by=by, **given())


def sent(quote: Quote, by: User) -> Quote:
    """The quote, finished and sent."""
    ready = submitted(quote, by)
    return quote_steps.send(quote=ready, version=ready.version, by=by, **given())


def test_a_draft_has_a_number_the_usual_terms_and_the_product_of_the_deal(seller: User) -> None:
    quote_settings.save_profile(changes={"payment_terms": "30 ngày", "valid_days": 10}, by=seller, at=AT)
    deal = make_deal(product=make_product(price=D("1250.50"), currency="VND"))
    first, second = (actions.make_quote(deal=deal, by=seller, at=AT, today=TODAY) for _ in range(2))
    assert (first.number, second.number) == ("BG-2026-0001", "BG-2026-0002")
    assert (first.payment_terms, first.valid_until) == ("30 ngày", TODAY + timedelta(days=10))
    line = first.lines.get()
    assert (line.product, line.quantity, line.unit_price, line.tax_percent) == (deal.product, 1, D("1250.50"), 10)
    first.refresh_from_db()
    assert (first.net, first.tax, first.total) == (1251, 125, 1376)
    assert OutboxEntry.objects.last().payload == {"quote_id": second.pk, "deal_id": deal.pk, "status": "draft"}  # type: ignore[union-attr]


def test_the_lowered_rate_counts_on_its_days_alone(seller: User) -> None:
    quote_settings.first_tax_rates(by=seller, at=AT)
    assert quote_settings.first_tax_rates(by=seller, at=AT) == []
    for day, is_lowered in (
        (date(2022, 1, 31), False), (date(2022, 2, 1), True), (date(2023, 6, 30), False), (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ):  # fmt: skip
        assert queries.tax_rates_on(day).filter(percent=8).exists() is is_lowered, day
        assert list(queries.tax_rates_on(day).values_list("percent", flat=True))[-1] is None


def test_lines_are_summed_by_rate(quote: Quote) -> None:
    assert (quote.gross, quote.net, quote.tax, quote.total) == (2500000, 2500000, 210000, 2710000)
    assert [(line.position, line.net, line.tax) for line in quote.lines.order_by("position")] == [
        (1, 2000000, 160000), (2, 500000, 50000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": D(-1)}, "quantity"),
        ({"quantity": D(0)}, "quantity"),
        ({"quantity": D("NaN")}, "quantity"),
        ({"unit_price": D(-1)}, "unit_price"),
        ({"unit_price": D(10) ** 15}, "quantity"),
        ({"discount": D("100.01")}, "discount"),
        ({"discount": D(-1)}, "discount"),
        ({"description": "  "}, "description"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(quote: Quote, seller: User, change: dict[str, Any], field: str) -> None:
    line: dict[str, Any] = {"description": "Màng", "quantity": D(1), "unit_price": D(1), "tax_rate": rate(8)} | change
    with pytest.raises(WrongLine) as error:
        actions.change_quote(
            quote=quote, version=quote.version, values={}, lines=[LineDraft(**line)], by=seller, at=AT
        )  # fmt: skip
    assert (error.value.line, error.value.field) == (1, field)
    assert quote.lines.count() == 2


def test_a_rate_that_does_not_count_on_the_day_is_refused(quote: Quote, seller: User) -> None:
    old = TaxRate.objects.filter(percent=8).order_by("since_on")[0]
    line = LineDraft(description="Màng", quantity=D(1), unit_price=D(1), tax_rate=old)
    with pytest.raises(WrongLine, match="does not count"):
        actions.change_quote(quote=quote, version=quote.version, values={}, lines=[line], by=seller, at=AT)


def test_a_stale_version_and_days_in_the_wrong_order(quote: Quote, seller: User) -> None:
    with pytest.raises(ChangedByAnother):
        actions.change_quote(quote=quote, version=quote.version - 1, values={}, lines=[], by=seller, at=AT)
    values = {"valid_until": TODAY - timedelta(days=1)}
    with pytest.raises(WrongValue):
        actions.change_quote(quote=quote, version=quote.version, values=values, lines=[], by=seller, at=AT)


def test_what_cannot_be_finished(deal: Deal, quote: Quote, seller: User) -> None:
    empty = actions.make_quote(deal=deal, by=seller, at=AT, today=TODAY)
    with pytest.raises(EmptyQuote):
        submitted(empty, seller)
    nobody = fill(actions.make_quote(deal=make_deal(), by=seller, at=AT, today=TODAY), by=seller)
    with pytest.raises(WrongValue, match="customer"):
        submitted(nobody, seller)
    with pytest.raises(QuoteTooOld):
        quote_steps.submit(
            quote=quote, version=quote.version, by=seller, at=AT, today=quote.valid_until + timedelta(days=1)
        )  # fmt: skip


def taking_off(quote: Quote, off: str, kind: str, *, by: User) -> Quote:
    """The quote with a discount over the whole of its two lines."""
    values = {"discount": D(off), "discount_in": kind}
    line = LineDraft(description="Màng", quantity=D(2), unit_price=D(1000000), discount=D(4), tax_rate=rate(8))
    other = LineDraft(description="Vận chuyển", quantity=D(1), unit_price=D(500000), tax_rate=rate(10))
    return actions.change_quote(
        quote=quote, version=quote.version, values=values, lines=[line, other], by=by, at=AT
    )  # fmt: skip


@pytest.mark.parametrize(
    ("off", "kind"), [("100.01", "percent"), ("-1", "percent"), ("2420001", "sum"), ("NaN", "sum"), ("1e16", "sum")]
)
def test_a_discount_beyond_the_whole_is_refused(quote: Quote, seller: User, off: str, kind: str) -> None:
    with pytest.raises(WrongValue) as error:
        taking_off(quote, off, kind, by=seller)
    assert error.value.field == "discount"


def test_a_discount_over_the_whole_is_taxed_sent_accepted_and_approved(quote: Quote, deal: Deal, seller: User) -> None:
    make_user(role="manager")
    assert rule(discount_above=D(8)).discount_above == 8
    # 1 920 000 and 500 000 less 121 001 (4 % and less: line 4 %, whole 5.0000…): 96 001 and 25 000 by remainder.
    drafted = taking_off(quote, "121001", "sum", by=seller)
    assert [(line.net, line.tax) for line in drafted.lines.order_by("position")] == [
        (1823999, 145920), (475000, 47500),
    ]  # fmt: skip
    assert (drafted.gross, drafted.net, drafted.tax, drafted.total) == (2500000, 2298999, 193420, 2492419)
    # 100 − 96 × 0.95 is 8.8 % of the first line, more than 8, though neither discount alone is.
    assert submitted(drafted, seller).status == "waiting"
    drafted = quote_steps.take_back(quote=drafted, version=drafted.version + 1, by=seller, at=AT)
    ApprovalRule.objects.all().delete()
    other = sent(fill(actions.make_quote(deal=deal, by=seller, at=AT, today=TODAY), by=seller), seller)
    held = sent(drafted, seller)
    with pytest.raises(REFUSED_BY_THE_DATABASE), transaction.atomic():
        Quote.objects.filter(pk=held.pk).update(discount=1)
    again = actions.revise(quote=held, by=seller, at=AT, today=TODAY)
    assert (again.discount, again.discount_in, again.net) == (121001, "sum", 2298999)
    with pytest.raises(QuoteStandsElsewhere):
        quote_steps.decline_others(quote=held, version=held.version, by=seller, at=AT)
    accepted = quote_steps.accept(quote=held, version=held.version, with_order=True, by=seller, **given())
    deal.refresh_from_db()
    assert (deal.amount, Order.objects.get().total) == (2298999, 2298999)
    assert quote_steps.decline_others(quote=accepted, version=accepted.version, by=seller, at=AT) == 1
    assert quote_steps.decline_others(quote=accepted, version=accepted.version, by=seller, at=AT) == 0
    other.refresh_from_db()
    assert (other.status, str(accepted) in other.answer_note) == ("declined", True)


def test_a_sent_quote_never_changes(quote: Quote, deal: Deal, seller: User) -> None:
    sent(quote, seller)
    company = deal.company
    assert company is not None
    type(company).objects.filter(pk=company.pk).update(name="Another")
    quote.refresh_from_db()
    assert queries.parties_of(quote)["customer"]["name"] == "Công ty Vạn Phúc"
    line = quote.lines.first()
    assert line is not None
    attempts: list[Callable[[], object]] = [
        lambda: Quote.objects.filter(pk=quote.pk).update(total=1),
        lambda: Quote.objects.filter(pk=quote.pk).update(note="x"),
        lambda: Quote.objects.filter(pk=quote.pk).update(sent_at=None, status="draft"),
        lambda: QuoteLine.objects.filter(pk=line.pk).update(quantity=5),
        lambda: QuoteLine.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda: Quote.objects.filter(pk=quote.pk)._raw_delete("default"),
    ]
    for attempt in attempts:
        with pytest.raises(REFUSED_BY_THE_DATABASE), transaction.atomic():
            attempt()
    for verb in (quote_steps.take_back, actions.discard):
        with pytest.raises(QuoteStandsElsewhere):
            verb(quote=quote, version=quote.version, by=seller, at=AT)


def test_a_new_version_replaces_the_sent_one_when_it_is_sent(quote: Quote, seller: User) -> None:
    old = sent(quote, seller)
    new = actions.revise(quote=old, by=seller, at=AT, today=date(2027, 1, 4))
    assert (new.number, new.edition, str(new), new.status) == (old.number, 2, f"{old.number}-2", "draft")
    # The lowered rate ended with 2026; the line is taxed as usual.
    assert [line.tax_percent for line in new.lines.order_by("position")] == [10, 10]
    with pytest.raises(QuoteStandsElsewhere, match="newer version"):
        actions.revise(quote=old, by=seller, at=AT, today=TODAY)
    old.refresh_from_db()
    assert old.status == "sent"
    ready = quote_steps.submit(quote=new, version=new.version, by=seller, at=AT, today=date(2027, 1, 4))
    quote_steps.send(quote=ready, version=ready.version, by=seller, at=AT, today=date(2027, 1, 4))
    old.refresh_from_db()
    assert (old.status, old.total) == ("replaced", 2710000)
    with pytest.raises(QuoteStandsElsewhere):
        quote_steps.accept(quote=old, version=old.version, by=seller, **given())


@pytest.mark.parametrize("with_order", [True, False])
def test_accepting_sets_the_amount_and_makes_an_order(quote: Quote, deal: Deal, seller: User, with_order: bool) -> None:
    fill(quote, by=seller, discount="12.5", price="333333")
    quote.refresh_from_db()
    old = sent(quote, seller)
    accepted = quote_steps.accept(
        quote=old, version=old.version, with_order=with_order, note="Đồng ý", by=seller, **given()
    )
    deal.refresh_from_db()
    # 2 × 333 333 = 666 666, less 12.5 % = 583 333 (83 333.25 goes down), and 500 000 of freight.
    assert (deal.amount, deal.currency, accepted.status) == (1083333, "VND", "accepted")
    assert Order.objects.count() == with_order
    if with_order:
        order = Order.objects.get()
        assert (order.total, order.company, order.external_id, accepted.order) == (
            1083333, deal.company, str(quote), order,
        )  # fmt: skip
        assert [(line.quantity, line.unit_price) for line in order.lines.all()] == [(2, D("291666.5"))]
    with pytest.raises(RapportError):
        quote_steps.accept(quote=accepted, version=accepted.version, by=seller, **given())
    assert "deals.quote_accepted" in AuditEntry.objects.values_list("code", flat=True)


def test_what_ran_out_is_not_accepted_and_expires(quote: Quote, seller: User) -> None:
    old = sent(quote, seller)
    late = old.valid_until + timedelta(days=1)
    with pytest.raises(QuoteTooOld):
        quote_steps.accept(quote=old, version=old.version, by=seller, at=AT, today=late)
    assert quote_steps.expire_quotes(at=AT, today=old.valid_until) == 0
    assert quote_steps.expire_quotes(at=AT, today=late) == 1
    assert quote_steps.expire_quotes(at=AT, today=late) == 0
    old.refresh_from_db()
    assert old.status == "expired"


def rule(level: int = 1, *, role: str = "manager", **fields: Any) -> ApprovalRule:
    """An approval rule for discounts above 10 %."""
    found = {"discount_above": D(10), "role": role, "level": level} | fields
    return quote_settings.save_approval_rule(rule=ApprovalRule(**found), by=make_user(role="administrator"), at=AT)


def decide(approval: Approval, by: User, *, yes: bool = True, comment: str = "") -> Approval:
    """Say yes or no."""
    return quote_steps.decide(approval=approval, is_approved=yes, comment=comment, by=by, **given())


def asked(quote: Quote) -> list[Approval]:
    """What the quote waits for, lower levels first."""
    return list(quote.approvals.filter(decision="pending").order_by("level"))


def test_levels_decide_one_after_another(quote: Quote, seller: User) -> None:
    boss = make_user(role="manager")
    chief = make_user(role="administrator")
    rule()
    rule(2, role="", approver=chief, discount_above=D(20))
    submitted(fill(quote, by=seller, discount="25"), seller)
    first, second = asked(quote)
    with pytest.raises(NotAllowed, match="level before"):
        decide(second, chief)
    with pytest.raises(NotAllowed):
        decide(first, seller)
    assert [each.pk for each in approvals.waiting_for(user=boss, today=TODAY)] == [first.pk]
    assert approvals.waiting_for(user=chief, today=TODAY) == []
    decide(first, boss)
    with pytest.raises(AlreadyDecided):
        decide(first, make_user(role="manager"))
    assert [each.pk for each in approvals.waiting_for(user=chief, today=TODAY)] == [second.pk]
    decide(second, chief, comment="Khách lớn")
    quote.refresh_from_db()
    assert quote.status == "approved"
    with pytest.raises(REFUSED_BY_THE_DATABASE), transaction.atomic():
        Approval.objects.filter(pk=second.pk).update(decision="refused")


def test_a_refusal_needs_a_reason_and_makes_a_draft(quote: Quote, seller: User) -> None:
    boss = make_user(role="manager")
    rule()
    rule(2)
    submitted(fill(quote, by=seller, discount="11"), seller)
    first, second = asked(quote)
    with pytest.raises(WrongValue):
        decide(first, boss, yes=False)
    decide(first, boss, yes=False, comment="Quá thấp")
    quote.refresh_from_db()
    second.refresh_from_db()
    assert (quote.status, second.decision) == ("draft", "withdrawn")
    submitted(quote, seller)
    assert [each.level for each in asked(quote)] == [1, 2]


def test_nobody_approves_their_own_nor_through_another(quote: Quote) -> None:
    manager, other = make_user(role="manager"), make_user(role="seller")
    rule()
    mine = fill(actions.make_quote(deal=quote.deal, by=manager, at=AT, today=TODAY), by=manager, discount="50")
    with pytest.raises(NobodyToDecide):
        submitted(mine, manager)
    second = make_user(role="manager")
    submitted(mine, manager)
    (approval,) = asked(mine)
    quote_settings.delegate(giver=manager, taker=other, since_on=TODAY, until_on=TODAY, by=manager, at=AT)
    for who in (manager, other, make_user(role="viewer"), make_user(role="marketer")):
        with pytest.raises(NotAllowed):
            decide(approval, who)
    quote_settings.delegate(giver=second, taker=other, since_on=TODAY, until_on=TODAY, by=second, at=AT)
    decided = decide(approval, other)
    assert (decided.decided_by, decided.on_behalf_of) == (other, second)


def test_a_delegation_counts_on_its_days_alone(quote: Quote, seller: User) -> None:
    boss, deputy = make_user(role="manager"), make_user(role="marketer")
    rule(role="", approver=boss)
    submitted(fill(quote, by=seller, discount="11"), seller)
    (approval,) = asked(quote)
    tomorrow = TODAY + timedelta(days=1)
    held = quote_settings.delegate(giver=boss, taker=deputy, since_on=tomorrow, until_on=tomorrow, by=boss, at=AT)
    with pytest.raises(NotAllowed):
        decide(approval, deputy)
    assert approvals.seat(approval=approval, quote=quote, user=deputy, today=tomorrow) is not None
    with pytest.raises(WrongValue):
        quote_settings.end_delegation(delegation=held, by=deputy, at=AT)
    quote_settings.end_delegation(delegation=held, by=boss, at=AT)
    assert approvals.seat(approval=approval, quote=quote, user=deputy, today=tomorrow) is None


def test_a_foreign_currency_without_a_rate_is_asked_for(quote: Quote, seller: User) -> None:
    make_user(role="manager")
    rule(discount_above=None, total_above=D(10) ** 12)
    assert approvals.rules_that_ask(quote=quote, on=TODAY) == []
    quote.currency = "USD"
    assert len(approvals.rules_that_ask(quote=quote, on=TODAY)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"discount_above": None},
        {"discount_above": D(100)},
        {"role": "viewer"},
        {"role": "service"},
        {"role": ""},
    ],
)
def test_a_rule_that_cannot_work_is_told(fields: dict[str, Any]) -> None:
    make_user(role="manager")
    with pytest.raises(WrongValue):
        rule(**fields)


def test_taking_back_asks_nobody_any_more(quote: Quote, seller: User) -> None:
    make_user(role="manager")
    rule()
    waiting = submitted(fill(quote, by=seller, discount="11"), seller)
    (approval,) = asked(quote)
    quote_steps.take_back(quote=waiting, version=waiting.version, by=seller, at=AT)
    with pytest.raises(AlreadyDecided):
        decide(approval, make_user(role="manager"))
    quote.refresh_from_db()
    assert quote.status == "draft"


def test_an_approver_who_cannot_see_the_deal_is_no_approver(seller: User) -> None:
    elsewhere = make_user(role="seller", team=make_team())
    deal = make_deal(company=make_company(), owner=seller, team=make_team())
    rule(role="", approver=elsewhere)
    hidden = fill(actions.make_quote(deal=deal, by=seller, at=AT, today=TODAY), by=seller, discount="11")
    with pytest.raises(NobodyToDecide):
        submitted(hidden, seller)


def test_tax_rates_do_not_overlap_and_used_ones_stay(quote: Quote, seller: User) -> None:
    double = TaxRate(name=" VAT ", percent=D(12), since_on=TODAY)
    with pytest.raises(WrongValue):
        quote_settings.save_tax_rate(rate=double, by=seller, at=AT)
    with pytest.raises(quote_settings.RateInUse):
        quote_settings.remove_tax_rate(rate=rate(8), by=seller, at=AT)
    quote_settings.remove_tax_rate(rate=rate(5), by=seller, at=AT)
    models: list[type[Model]] = [TaxRate, QuoteLine]
    assert [model.objects.count() for model in models] == [9, 2]  # type: ignore[attr-defined]


def test_the_timeline_of_the_deal_tells_of_its_quotes(quote: Quote, deal: Deal, seller: User) -> None:
    held = sent(quote, seller)
    later = AT + timedelta(days=2)
    quote_steps.decline(quote=held, version=held.version, note="Quá cao", by=seller, at=later)
    actions.make_quote(deal=deal, by=seller, at=later, today=TODAY)
    found = queries_of_deals.timeline(user=seller, deal=deal)
    told = [(entry.title, entry.body) for entry in found if "BG-" in entry.title]
    assert told == [(f"Quote {quote} declined", "Quá cao"), (f"Quote {quote} sent: 2,500,000 ₫", "")]
    again = queries_of_deals.timeline(user=seller, deal=deal, before=(found[0].at, found[0].key))
    assert [entry.key for entry in again] == [entry.key for entry in found[1:]]
