"""Fields of the demo company's own, filled in as people fill such fields: often, but not always."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from rapport.commerce.actions import change_order
from rapport.commerce.models import Order
from rapport.deals.actions import change_deal
from rapport.deals.models import Deal
from rapport.fields.actions import add_field
from rapport.fields.definitions import Choice, Type
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.people.actions import change_company, change_person
from rapport.people.models import Affiliation, Company

PROFILE, DELIVERY = "Hồ sơ khách hàng", "Giao hàng"
TIERS = (Choice("a", "Hạng A", "Tier A"), Choice("b", "Hạng B", "Tier B"), Choice("c", "Hạng C", "Tier C"))
MARKETS = (
    Choice("jp", "Nhật Bản", "Japan"), Choice("kr", "Hàn Quốc", "Korea"), Choice("eu", "Liên minh châu Âu", "EU"),
    Choice("us", "Hoa Kỳ", "United States"),
)  # fmt: skip
# kind, type, code, labels in Vietnamese and English, what else.
FIELDS: tuple[tuple[str, Type, str, str, str, dict[str, Any]], ...] = (
    ("company", Type.CHOICE, "tier", "Hạng khách hàng", "Customer tier",
     {"choices": TIERS, "section": PROFILE, "filtered": True}),
    ("company", Type.CHOICES, "markets", "Thị trường xuất khẩu", "Export markets",
     {"choices": MARKETS, "section": PROFILE}),
    ("company", Type.MONEY, "yearly_budget", "Ngân sách mua hàng năm", "Yearly buying budget", {"section": PROFILE}),
    ("company", Type.NUMBER, "packing_lines", "Số dây chuyền đóng gói", "Packing lines", {"section": PROFILE}),
    ("deal", Type.TEXT, "site", "Nơi lắp đặt", "Place of installation", {"section": DELIVERY}),
    ("deal", Type.DATE, "wanted_by", "Cần hàng trước ngày", "Wanted by", {"section": DELIVERY}),
    ("deal", Type.YES_NO, "trained", "Cần đào tạo vận hành", "Needs training", {"section": DELIVERY}),
    ("person", Type.LINK, "referred_by", "Người giới thiệu", "Referred by", {"target_kind": "person"}),
    ("order", Type.TEXT, "waybill", "Số vận đơn", "Waybill number", {}),
)  # fmt: skip
PLACES = ("KCN Nomura, Hải Phòng", "KCN VSIP, Bắc Ninh", "KCN Amata, Đồng Nai", "KCN Hòa Khánh, Đà Nẵng")


def add(*, by: User, at: datetime, seed: int) -> None:
    """Define the fields and fill them in for some of the records; nothing where that is done already."""
    if FieldDefinition.objects.exists():
        return
    for kind, type, code, vi, en, more in FIELDS:
        values = {"code": code, "label_vi": vi, "label_en": en} | more
        add_field(kind=kind, type=type, values=values, by=by, at=at)
    random = Random(f"own fields {seed}")
    for company in Company.objects.live().exclude(industry="").order_by("pk")[:60]:
        _say(change_company, "company", company, _of_company(random), by=by, at=at)
    for deal in Deal.objects.live().order_by("pk")[:40]:
        said = {
            "site": random.choice(PLACES), "trained": random.random() < 0.4,
            "wanted_by": (at.date() + timedelta(days=random.randrange(20, 200))).isoformat(),
        }  # fmt: skip
        _say(change_deal, "deal", deal, _some(random, said), by=by, at=at)
    posts = list(Affiliation.objects.filter(until=None).select_related("person").order_by("pk")[:24])
    for one, other in zip(posts[::2], posts[1::2], strict=False):
        if one.person_id != other.person_id:
            _say(change_person, "person", one.person, {"referred_by": other.person_id}, by=by, at=at)
    for order in Order.objects.filter(company__isnull=False).order_by("-placed_at", "-pk")[:30]:
        _say(change_order, "order", order, {"waybill": f"VD{random.randrange(10**7, 10**8)}"}, by=by, at=at)


def _of_company(random: Random) -> dict[str, Any]:
    """What is known of a customer."""
    markets = sorted(random.sample([each.code for each in MARKETS], random.randint(1, 3)))
    budget = {"amount": str(random.randrange(2, 90) * 100_000_000), "currency": "VND"}
    lines = random.randint(1, 12)
    said = {"tier": random.choice("abbccc"), "markets": markets, "yearly_budget": budget, "packing_lines": lines}
    return _some(random, said)


def _some(random: Random, said: dict[str, Any]) -> dict[str, Any]:
    """What somebody took the time to fill in."""
    return {code: value for code, value in said.items() if random.random() < 0.8}


def _say(change: Callable[..., Any], kind: str, record: Any, custom: dict[str, Any], *, by: User, at: datetime) -> None:
    change(**{kind: record}, version=record.version, changes={"custom": custom}, by=by, at=at)
