"""What the accounts of the demo company judge by, their tenders, and what is made to measure for them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from rapport.deals.models import (
    Criterion,
    CriterionScore,
    Deal,
    Requirement,
    RequirementAcceptance,
    RequirementVersion,
    Rival,
    Tender,
    TenderDocument,
)
from rapport.demo import steps
from rapport.demo.drawing import LOCAL, Draw, stream
from rapport.people.models import Affiliation, CompanyLink

MOST_DEALS = 40
RIVALS = ("Bao bì Thuận Tay", "In ấn Đều Màu", "Nhựa Kín Nắp")
EVIDENCE = (
    "Trưởng phòng chất lượng nói khi tham quan nhà máy", "Theo bảng so sánh khách cho xem", "Qua buổi demo trên máy",
    "Phiếu thử mẫu lần hai", "Nghe từ nhà phân phối của họ", "Khách viết trong thư trả lời", "",
)  # fmt: skip
# Name, kind, weight, whether it is a gate, our usual score, our answer.
JUDGED_BY = (
    ("Chất lượng sản phẩm", "rational", 25, True, 8.0, "Mẫu thử đạt mọi chỉ tiêu của khách; phiếu kiểm kèm theo."),
    ("Giá", "rational", 20, False, 6.0, "Giữ giá sáu tháng khi đặt từ 2 tấn mỗi đợt."),
    ("Thời gian giao hàng", "rational", 15, True, 7.0, "12 ngày từ khi duyệt mẫu, 7 ngày cho đơn lặp lại."),
    ("Chứng chỉ an toàn thực phẩm", "rational", 15, True, 9.0, "ISO 22000 còn hạn, FSSC đang đánh giá."),
    ("Điều khoản thanh toán", "rational", 10, False, 6.5, ""),
    ("Kinh nghiệm với ngành hàng", "rational", 5, False, 7.5, "Mười một khách cùng ngành, ba khách cho phép nêu tên."),
    ("Tin người phụ trách", "emotional", 10, False, 8.0, ""),
    ("Dễ làm việc cùng", "emotional", 5, False, 7.5, ""),
)
PAPERS = (
    ("Giấy đăng ký kinh doanh", "ready"), ("Chứng nhận ISO 22000", "ready"), ("Hồ sơ năng lực", "in_work"),
    ("Bảo lãnh dự thầu", "missing"), ("Phiếu kiểm nghiệm mẫu", "in_work"), ("Bảng giá có đóng dấu", "missing"),
)  # fmt: skip
MADE = (
    ("Mở được bằng một tay", "Người lớn tuổi mở được mà không cần kéo",
     "Bán ở quầy tự chọn, khách thử ngay tại kệ", "Lực mở dưới 12 N; có gờ bấm bên phải; cao không quá 240 mm",
     "20 người dùng thử, 18 người mở được trong 5 giây"),
    ("Màu in giữ được trong tủ mát", "Nhãn vẫn rõ sau ba tuần trong tủ mát",
     "Chuỗi cà phê bày trong tủ 4 °C, ẩm cao", "In 8 màu, phủ mờ chống ẩm, độ lệch màu ΔE dưới 2",
     "Mẫu để tủ mát 21 ngày không phai, không bong"),
    ("Quy cách thùng hợp pallet của nhà phân phối", "Xếp đầy pallet, không phải đóng lại ở kho",
     "Kho của nhà phân phối dùng pallet 1000 × 1200", "Thùng 380 × 290 × 240, 5 lớp, tối đa 14 kg",
     "Chuyến giao đầu không phải xếp lại"),
)  # fmt: skip
REWORK = (
    ("end_customer_changed", "Chuỗi cà phê đổi tủ bày hàng", 240, 4_500_000),
    ("not_asked", "Chưa hỏi kích thước kệ", 90, None),
    ("customer_changed", "Phòng marketing đổi bộ nhận diện", 360, 12_000_000),
    ("misunderstood", "Hiểu nhầm độ dày vật liệu", None, 2_800_000),
)


def write(*, seed: int, at: datetime) -> None:
    """Criteria, scores, a tender and requirements for the demo's deals that went furthest; none where there are."""
    if Criterion.objects.exists() or Requirement.objects.exists():
        return
    draw = stream(seed, "criteria")
    deals = list(
        Deal.objects.filter(company__isnull=False, archived_at__isnull=True)
        .filter(Q(stage__position__gte=2) | Q(stage__status="won"))
        .select_related("stage", "owner")
        .order_by("-created_at", "pk")[:MOST_DEALS]
    )
    holders = _holders(deals)
    _judge(draw, deals, holders, at)
    _tenders(draw, [deal for deal in deals if deal.stage.status == "open"][:8], at)
    _tailor(draw, deals[::2], holders, at)


def _holders(deals: Iterable[Deal]) -> dict[int, list[int]]:
    """The people at each company, by its id."""
    found: dict[int, list[int]] = {}
    posts = Affiliation.objects.filter(company__in={deal.company_id for deal in deals}, until__isnull=True)
    for company, person in posts.order_by("pk").values_list("company", "person"):
        found.setdefault(company, []).append(person)
    return found


def _judge(draw: Draw, deals: list[Deal], holders: dict[int, list[int]], at: datetime) -> None:
    criteria, rivals = [], []
    for deal in deals:
        people = holders.get(deal.company_id or 0, [])
        for place, (name, kind, weight, is_must, _score, answer) in enumerate(JUDGED_BY):
            holder = people[int(draw.integers(len(people)))] if people and draw.random() < 0.7 else None
            criteria.append(
                Criterion(
                    deal=deal, position=place, name=name, kind=kind, weight=weight, is_must=is_must,
                    pass_mark=6 if is_must else 5, holder_id=holder, answer=answer,
                )
            )  # fmt: skip
        names = draw.permutation(RIVALS)[: int(draw.integers(1, 4))]
        rivals += [Rival(deal=deal, name=str(name)) for name in names]
    criteria, rivals = Criterion.objects.bulk_create(criteria), Rival.objects.bulk_create(rivals)
    of_deal: dict[int, list[Rival]] = {}
    for rival in rivals:
        of_deal.setdefault(rival.deal_id, []).append(rival)
    scores = []
    for criterion in criteria:
        scores += _scores(draw, criterion, of_deal.get(criterion.deal_id, []), at)
    CriterionScore.objects.bulk_create(scores)


def _scores(draw: Draw, criterion: Criterion, rivals: list[Rival], at: datetime) -> list[CriterionScore]:
    """Our score, now and then with an earlier one, and those of the rivals as far as known."""
    usual = JUDGED_BY[criterion.position][4]
    deal = criterion.deal
    begun = deal.created_at or at - timedelta(days=30)
    end = min(deal.closed_at or at, at)
    found = []
    for rival in (None, *rivals):
        if draw.random() < (0.06 if rival is None else 0.2):
            continue
        level = usual + (0.4 if rival is None and deal.stage.status == "won" else -0.3 if rival else 0)
        value = _half(level + float(draw.normal(0, 1.3)))
        since = begun + (end - begun) * float(0.2 + 0.5 * draw.random())
        given: dict[str, Any] = {"criterion": criterion, "rival": rival, "by": deal.owner}
        said = str(EVIDENCE[int(draw.integers(len(EVIDENCE)))])
        if rival is None and draw.random() < 0.25:
            later = since + (end - since) * 0.6
            found.append(CriterionScore(**given, score=_half(float(value) - 1), since=since, until=later))
            since = later
        found.append(CriterionScore(**given, score=value, evidence=said, since=since))
    return found


def _half(value: float) -> Decimal:
    """The nearest half point from 0 to 10."""
    return Decimal(round(min(max(value, 0.0), 10.0) * 2)) / 2


def _tenders(draw: Draw, deals: list[Deal], at: datetime) -> None:
    today = at.astimezone(LOCAL).date()
    papers = []
    for number, deal in enumerate(deals, start=1):
        ahead = int(draw.integers(6, 30))
        due = at.astimezone(LOCAL).replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
        Tender.objects.create(
            deal=deal, reference=f"TB-{today.year}-{number:02d}", questions_until=today + timedelta(days=ahead - 6),
            due_at=due, opened_on=due.date() + timedelta(days=1), decided_on=due.date() + timedelta(days=15),
            note="Giá chào có hiệu lực 60 ngày.\nNộp bản cứng có đóng dấu và một bản điện tử.",
        )  # fmt: skip
        Criterion.objects.filter(deal=deal, kind="rational").update(due_on=today + timedelta(days=ahead - 3))
        for name, state in PAPERS:
            on = today + timedelta(days=int(draw.integers(-3, max(ahead, 2))))
            papers.append(TenderDocument(deal=deal, name=name, state=state, due_on=on, preparer=deal.owner))
    TenderDocument.objects.bulk_create(papers)


def _tailor(draw: Draw, deals: list[Deal], holders: dict[int, list[int]], at: datetime) -> None:
    serves: dict[int, list[int]] = {}
    for seller, outlet in (
        CompanyLink.objects.filter(kind="supplies").order_by("pk").values_list("from_company", "to_company")
    ):
        serves.setdefault(seller, []).append(outlet)
    requirements, versions, accepted = [], [], []
    for deal in deals:
        outlets = serves.get(deal.company_id or 0, [])
        for number in range(1, int(draw.integers(1, 4)) + 1):
            served = outlets[number % len(outlets)] if outlets else None
            requirement = Requirement(deal=deal, number=number, serves_company_id=served)
            requirements.append(requirement)
            said, noted = _versions(draw, requirement, at)
            versions += said
            people = holders.get(deal.company_id or 0, [])
            for version, on in noted:
                accepted.append(
                    RequirementAcceptance(
                        accepted=version, on=on.astimezone(LOCAL).date(), person_id=people[0] if people else None,
                        evidence="Biên bản họp", at=on, by=deal.owner,
                    )
                )  # fmt: skip
    Requirement.objects.bulk_create(requirements)
    RequirementVersion.objects.bulk_create(versions)
    RequirementAcceptance.objects.bulk_create(accepted)


def _versions(
    draw: Draw, requirement: Requirement, at: datetime
) -> tuple[list[RequirementVersion], list[tuple[RequirementVersion, datetime]]]:
    """A requirement's versions and which were accepted when: most accepted once, some changed after that."""
    title, goal, context, specification, accepted_when = MADE[requirement.number - 1]
    deal = requirement.deal
    begun = deal.created_at or at - timedelta(days=30)
    end = min(deal.closed_at or at, at)

    def after(share: float) -> datetime:
        return min(steps.at_work(draw, begun + (end - begun) * share), end)

    said = {
        "requirement": requirement, "title": title, "goal": goal, "context": context,
        "accepted_when": accepted_when, "by": deal.owner,
    }  # fmt: skip
    first = RequirementVersion(**said, number=1, specification=specification, at=after(0.3))
    if draw.random() < 0.25 or end - begun < timedelta(days=20):
        return [first], []
    noted = [(first, after(0.5))]
    if draw.random() < 0.5:
        return [first], noted
    cause, note, minutes, cost = REWORK[int(draw.integers(len(REWORK)))]
    second = RequirementVersion(
        **said, number=2, specification=f"{specification}; chỉnh theo mẫu ngày duyệt", is_rework=True, cause=cause,
        cause_note=note, minutes=minutes, cost=cost, currency=deal.currency if cost is not None else "",
        at=after(0.7),
    )  # fmt: skip
    if draw.random() < 0.6:
        noted.append((second, after(0.9)))
    return [first, second], noted
