"""Quotes of the demo company: its terms, who approves what, and offers for a few dozen deals as they stand."""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from random import Random
from typing import Any

from django.utils import timezone, translation

from rapport.deals.actions import quote_settings, quote_steps
from rapport.deals.actions import quotes as actions
from rapport.deals.actions.quotes import LineDraft
from rapport.deals.models import Approval, ApprovalRule, Deal, Quote
from rapport.deals.queries import quotes as queries
from rapport.deals.rules.quotes import line_amounts
from rapport.identity.models import RoleCode, User

QUOTED, OPEN_ONES = 44, 26
PROFILE = {
    "company_name": "Công ty cổ phần Bao bì Mây Lam (dữ liệu mẫu)",
    "address": "Lô số 0, khu công nghiệp mẫu, tỉnh Bình Dương",
    "email": "baogia@example.com",
    "bank_account": "0000 0000 0000, ngân hàng mẫu",
    "signer": "Lê Thu Hà",
    "payment_terms": "Đặt cọc 30 % khi ký hợp đồng, 70 % trong vòng 30 ngày kể từ ngày giao hàng và nhận hóa đơn.",
    "delivery_terms": "Giao tại kho bên mua trong 15 ngày làm việc sau khi duyệt mẫu in.",
    "valid_days": 45,
}
DISCOUNTS = (0, 0, 0, 2, 3, 5, 7, 12)
EXTRAS = ("Phí làm trục in và khuôn bế", "Thiết kế và in mẫu thử", "Vận chuyển và bốc xếp")
WHY_NOT = ("Giá cao hơn nhà cung cấp hiện tại", "Chọn nhà cung cấp gần nhà máy hơn", "Hoãn dự án sang năm sau")
LATE_STAGES = ("Đề xuất giải pháp", "Hợp đồng", "Thương lượng", "Báo giá")


def add_quotes(*, by: User, at: datetime, seed: int) -> None:
    """Write them through the actions, each at the time at which it would have happened; nothing where some are."""
    if Quote.objects.exists():
        return
    draw = Random(seed)
    quote_settings.save_profile(changes=PROFILE, by=by, at=at)
    with translation.override("vi"):
        quote_settings.first_tax_rates(by=by, at=at)
    for rule in (
        ApprovalRule(level=1, discount_above=Decimal(5), role=RoleCode.MANAGER),
        ApprovalRule(
            level=2, discount_above=Decimal(10), total_above=Decimal(3_000_000_000), role=RoleCode.ADMINISTRATOR
        ),
    ):
        quote_settings.save_approval_rule(rule=rule, by=by, at=at)
    for deal, when in sorted(_deals(draw, at), key=lambda each: each[1]):
        _quote(draw, deal, when=when, now=at)
    quote_steps.expire_quotes(at=at, today=timezone.localdate(at))


def _deals(draw: Random, now: datetime) -> list[tuple[Deal, datetime]]:
    """Open deals that are far enough, and some that are won or lost, each with the day of its quote."""
    rows = Deal.objects.filter(company__isnull=False, product__price__gt=0, amount__gt=0, owner__isnull=False)
    rows = rows.select_related("stage", "product", "owner", "company").order_by("pk")
    late = list(rows.filter(stage__status="open", stage__name__in=LATE_STAGES)[:OPEN_ONES])
    late += list(rows.filter(stage__status="open").exclude(pk__in=[each.pk for each in late])[:4])
    closed = list(rows.exclude(stage__status="open").filter(closed_at__isnull=False).order_by("-closed_at"))
    found = [(deal, now - timedelta(days=draw.randrange(1, 52), hours=draw.randrange(9, 16))) for deal in late]
    for deal in closed[: QUOTED - len(found)]:
        assert deal.closed_at is not None
        found.append((deal, deal.closed_at - timedelta(days=draw.randrange(8, 25))))
    return found


def _quote(draw: Random, deal: Deal, *, when: datetime, now: datetime) -> None:
    """One offer, brought to where it would be by now."""
    assert deal.owner is not None
    seller, today = deal.owner, timezone.localdate(when)
    quote = actions.make_quote(deal=deal, by=seller, at=when, today=today)
    quote = actions.change_quote(
        quote=quote,
        version=quote.version,
        values=_whole(deal, quote),
        lines=_lines(draw, deal, quote),
        by=seller,
        at=when,
    )
    if deal.stage.status == "open" and (now - when).days < 5 and draw.random() < 0.5:
        return
    quote = quote_steps.submit(quote=quote, version=quote.version, by=seller, at=when, today=today)
    is_undecided = deal.stage.status == "open" and (now - when).days < 12
    if quote.status == Quote.Status.WAITING and not is_undecided:
        quote = _approved(quote, at=when + timedelta(hours=5))
    if quote.status != Quote.Status.APPROVED or (deal.stage.status == "open" and draw.random() < 0.1):
        return
    at = min(when + timedelta(hours=8), now)
    quote = quote_steps.send(quote=quote, version=quote.version, by=seller, at=at, today=today)
    if deal.stage.status == "open" or deal.closed_at is None:
        return
    if deal.stage.status == "won":
        day = timezone.localdate(deal.closed_at)
        quote_steps.accept(quote=quote, version=quote.version, by=seller, at=deal.closed_at, today=day)
    else:
        note = draw.choice(WHY_NOT)
        quote_steps.decline(quote=quote, version=quote.version, note=note, by=seller, at=deal.closed_at)


def _whole(deal: Deal, quote: Quote) -> dict[str, Any]:
    """Some that are still open take something off the whole: 2 percent, or a round sum."""
    if deal.stage.status != "open" or quote.number[-1] not in "25":
        return {}
    if quote.number.endswith("2"):
        return {"discount": Decimal(2), "discount_in": Quote.DiscountIn.PERCENT}
    return {"discount": Decimal(1_000_000), "discount_in": Quote.DiscountIn.SUM}


def _lines(draw: Random, deal: Deal, quote: Quote) -> list[LineDraft]:
    """The product, and something beside it, which together come to the amount of the deal before tax."""
    assert deal.product is not None
    assert deal.product.price is not None
    assert deal.amount is not None
    rates = {rate.percent: rate for rate in queries.tax_rates_on(quote.quoted_on)}
    usual = rates[Decimal(10)]
    discount = Decimal(draw.choice(DISCOUNTS))
    share = 1 - discount / 100
    price = deal.product.price
    quantity = (deal.amount * Decimal("0.96") / (price * share)).to_integral_value(rounding=ROUND_FLOOR)
    quantity = max(quantity - quantity % (100 if quantity > 1000 else 1), Decimal(1))
    goods = LineDraft(
        product=deal.product, unit="cái", quantity=quantity, unit_price=price, discount=discount,
        tax_rate=rates.get(Decimal(8), usual),
    )  # fmt: skip
    taken = line_amounts(
        quantity=quantity, unit_price=price, discount=discount, tax_percent=goods.tax_rate.percent,
        currency=quote.currency,
    )  # fmt: skip
    rest = deal.amount - taken.net
    if rest <= 0:
        return [goods]
    extra = LineDraft(description=draw.choice(EXTRAS), unit="gói", quantity=Decimal(1), unit_price=rest, tax_rate=usual)
    return [goods, extra]


def _approved(quote: Quote, *, at: datetime) -> Quote:
    """Everybody who is asked says yes, the lowest level first."""
    for approval in Approval.objects.filter(quote=quote, decision="pending").order_by("level", "pk"):
        decider = User.objects.filter(role=approval.role, is_active=True).order_by("pk")[0]
        quote_steps.decide(
            approval=approval, is_approved=True, comment="Đồng ý", by=decider, at=at, today=timezone.localdate(at)
        )
    quote.refresh_from_db()
    return quote
