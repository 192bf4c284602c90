"""How the demo company leads its deals: what stages ask for, why deals are lost, changed amounts, papers, checks."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from rapport.core import sniffing, storage
from rapport.core.text import fold
from rapport.deals.actions import reasons
from rapport.deals.models import Deal, DealChange, DealDocument, LossReason, Stage, StageChange, StageCheck
from rapport.deals.models import StageRequirement as Requirement
from rapport.deals.queries import requirements
from rapport.deals.rules.requirements import Verdict
from rapport.demo import steps
from rapport.identity.models import RoleCode, User

CHANGED, WITH_PAPERS, CHECKED = 70, 36, 40
# Stage, kind, subject, whether it stops a deal.
ASKED = (
    ("Demo", "field", "person", False),
    ("Khảo sát năng lực", "step", "visit", False),
    ("Đề xuất giải pháp", "field", "amount", True),
    ("Đề xuất giải pháp", "role", "influencer", False),
    ("Hợp đồng", "role", "decision_maker", True),
    ("Hợp đồng", "document", "proposal", False),
    ("Hợp đồng", "approval", "approved", False),
    ("Thắng", "field", "amount", True),
    ("Thắng", "document", "contract", False),
    ("Thua", "field", "loss_reason", False),
)
PAPERS = (
    ("request", "Yêu cầu báo giá.pdf"), ("profile", "Hồ sơ năng lực Mây Lam.pdf"),
    ("survey", "Biên bản khảo sát năng lực.pdf"), ("proposal", "Đề xuất giải pháp bao bì.pdf"),
    ("contract", "Hợp đồng nguyên tắc.pdf"),
)  # fmt: skip
WHY_LET_THROUGH = (
    "Giám đốc khách hàng đã đồng ý qua điện thoại, gặp trực tiếp tuần sau",
    "Khách cần ký gấp trước kỳ nghỉ, bổ sung sau",
)


def prepare(*, by: User, at: datetime) -> None:
    """What is there before the deals come: reasons for loss, and what the stages ask for."""
    for name in steps.REASONS_LOST:
        if not LossReason.objects.filter(name=name).exists():
            reasons.add_reason(name=name, by=by, at=at)
    for name, kind, subject, is_hard in ASKED:
        for stage in Stage.objects.filter(name=name):
            Requirement.objects.get_or_create(
                stage=stage, kind=kind, subject=subject, step=None, defaults={"is_hard": is_hard}
            )


def lead(*, at: datetime, seed: int) -> None:
    """What happened on the way of a few dozen deals; nothing where it was written before."""
    if StageCheck.objects.exists():
        return
    draw = Random(seed)
    deals = list(Deal.objects.filter(amount__gt=0, owner__isnull=False, created_at__isnull=False)
                 .select_related("stage", "owner").order_by("external_id"))  # fmt: skip
    _change(draw, draw.sample(deals, min(CHANGED, len(deals))), at)
    still_open = [deal for deal in deals if deal.stage.status == "open"]
    closed = [deal for deal in deals if deal.stage.status == "won"]
    _file_papers(draw, still_open[:WITH_PAPERS] + closed[:4], at)
    _check(draw, still_open + closed[-10:])


def _change(draw: Random, deals: list[Deal], now: datetime) -> None:
    """Amounts and expected days that were corrected on the way to what they are today."""
    rows: list[DealChange] = []
    for deal in deals:
        assert deal.created_at is not None
        assert deal.amount is not None
        known = DealChange.objects.filter(deal=deal).order_by("at").first()
        end = min(deal.closed_at or now, known.at if known else now)
        amount = Decimal(known.before) if known and known.field == "amount" and known.before else deal.amount
        instants = _instants(draw, deal.created_at, end, draw.randint(1, 3))
        values = [_rounded(amount * Decimal(draw.uniform(0.75, 1.3))) for _step in instants] + [amount]
        for place, instant in enumerate(instants):
            if values[place] != values[place + 1]:
                rows.append(_row(deal, "amount", f"{values[place]:.2f}", f"{values[place + 1]:.2f}", instant))
        if deal.expected_close_on is None:
            continue
        later = sorted(_instants(draw, deal.created_at, end, draw.randint(0, 2)))
        days = [deal.expected_close_on]
        for _step in later:
            days.insert(0, days[0] - timedelta(days=draw.randint(7, 40)))
        for place, instant in enumerate(later):
            rows.append(_row(deal, "expected_close_on", str(days[place]), str(days[place + 1]), instant))
    DealChange.objects.bulk_create(sorted(rows, key=lambda row: row.at))


def _instants(draw: Random, begun: datetime, end: datetime, number: int) -> list[datetime]:
    return sorted(begun + (end - begun) * draw.uniform(0.1, 0.95) for _each in range(number))


def _rounded(amount: Decimal) -> Decimal:
    return max(round(amount / 5_000_000), 1) * Decimal(5_000_000)


def _row(deal: Deal, field: str, before: str, after: str, at: datetime) -> DealChange:
    return DealChange(deal=deal, field=field, before=before, after=after, at=at, by=deal.owner)


def _file_papers(draw: Random, deals: list[Deal], now: datetime) -> None:
    """Papers as far as the deal came; written straight, since they are dated when the deal was there."""
    for deal in deals:
        assert deal.created_at is not None
        furthest = len(PAPERS) if deal.stage.status == "won" else min(deal.stage.position, len(PAPERS) - 1)
        end = deal.closed_at or now
        kept = [paper for paper in PAPERS[:furthest] if draw.random() < 0.75]
        for (kind, name), instant in zip(kept, _instants(draw, deal.created_at, end, len(kept)), strict=True):
            written = storage.write([_pdf(f"{deal.external_id}: {name}")])
            DealDocument.objects.create(
                deal=deal, kind=kind, name=name, stored=written.name, content_type=sniffing.PDF,
                size=written.size, digest=written.digest, added_at=instant, by=deal.owner,
            )  # fmt: skip


def _pdf(text: str) -> bytes:
    """A page that says it is a sample; plain letters, so that no font need go along."""
    said = fold(text).replace("(", "").replace(")", "")
    stream = f"BT /F1 18 Tf 60 760 Td (Rapport demo) Tj 0 -30 Td /F1 11 Tf ({said}) Tj ET".encode("ascii", "replace")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    found, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return found + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(found))
    )


def _check(draw: Random, deals: list[Deal]) -> None:
    """What was looked at when a deal came where it is; where something strict was missing, who let it pass."""
    manager = User.objects.filter(role=RoleCode.MANAGER).order_by("pk").first()
    rows: list[StageCheck] = []
    for deal in deals:
        change = StageChange.objects.filter(deal=deal, to_stage=deal.stage).order_by("-at", "-pk").first()
        found = requirements.standing(deal, deal.stage) if change else []
        if change is None or not found or len({row.change_id for row in rows}) >= CHECKED:
            continue
        why = draw.choice(WHY_LET_THROUGH)
        rows += [_check_row(change, verdict, manager, why) for verdict in found]
    StageCheck.objects.bulk_create(rows)


def _check_row(change: StageChange, verdict: Verdict, manager: User | None, why: str) -> StageCheck:
    outcome = StageCheck.Outcome
    needed = verdict.needed
    return StageCheck(
        change=change, kind=needed.kind, subject=needed.subject, step_id=needed.step, is_hard=needed.is_hard,
        outcome=outcome.PASS if verdict.is_met else outcome.OVERRIDDEN if verdict.stops else outcome.FAIL,
        by=manager if verdict.stops else change.by, at=change.at, reason=why if verdict.stops else "",
    )  # fmt: skip
