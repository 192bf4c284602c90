"""More of the demo's network: who supplies the accounts, whom their customers supply, and an account entered twice."""

from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from rapport.demo.accounts import ACCOUNTS, account_code
from rapport.identity.models import User
from rapport.people import actions
from rapport.people.models import Company, CompanyLink
from rapport.timeline.actions import record_interaction

IMPORTER, DISTRIBUTOR = "Nhà nhập khẩu", "Nhà phân phối"
CHAINS = ("Chuỗi siêu thị", "Chuỗi cửa hàng tiện lợi", "Chuỗi cà phê", "Khách sạn")
TWICE = "DN9001"


def weave(*, by: User, at: datetime, seed: int) -> None:
    """Tie importers to the accounts that buy from them, and distributors to the chains that they supply.

    One account stands twice, as a colleague entered it by hand: something to merge. Running again changes nothing.
    """
    draw = np.random.default_rng(seed + 44)
    kinds: dict[str, list[int]] = {}
    for pk, industry in Company.objects.filter(external_id__startswith="DN").values_list("pk", "industry"):
        kinds.setdefault(industry, []).append(pk)
    codes = [account_code(place) for place in range(ACCOUNTS)]
    accounts = list(Company.objects.filter(external_id__in=codes).order_by("external_id").values_list("pk", flat=True))
    chains = sorted(pk for kind in CHAINS for pk in kinds.get(kind, []))
    today = timezone.localtime(at).date()
    pairs = [
        (seller, int(buyer))
        for sellers, buyers, number in (
            (sorted(kinds.get(IMPORTER, []))[:3], accounts, 6),
            (sorted(kinds.get(DISTRIBUTOR, [])), chains, 4),
        )
        if len(buyers) >= number
        for seller in sellers
        for buyer in draw.choice(buyers, size=number, replace=False)
    ]
    known = set(CompanyLink.objects.filter(kind="supplies").values_list("to_company", "from_company"))
    links = [
        CompanyLink(from_company_id=seller, to_company_id=buyer, kind=CompanyLink.Kind.SUPPLIES,
                    since=today - timedelta(days=int(draw.integers(100, 2000))))
        for seller, buyer in pairs
        # In the demo nobody buys from their own customer; it happens, and would only tangle the picture.
        if (seller, buyer) not in known
    ]  # fmt: skip
    CompanyLink.objects.bulk_create(links, ignore_conflicts=True)
    _enter_twice(by=by, at=at)


def _enter_twice(*, by: User, at: datetime) -> None:
    """The first account once more, in another writing, with a call that belongs to the other record."""
    first = Company.objects.filter(external_id=account_code(0)).first()
    if first is None or Company.objects.filter(external_id=TWICE).exists():
        return
    values = {"name": first.name.upper(), "domain": first.domain, "province": first.province, "external_id": TWICE,
              "owner": first.owner, "source": "Gọi điện", "country": "VN"}  # fmt: skip
    twin = actions.add_company(values=values, by=by, at=at - timedelta(days=3))
    record_interaction(
        kind="call", happened_at=at - timedelta(days=3), direction="in", subject="Hỏi báo giá túi đứng", company=twin,
        people=[], by=first.owner or by, at=at - timedelta(days=3),
    )  # fmt: skip
