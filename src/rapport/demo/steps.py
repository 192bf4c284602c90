"""How deals move: the steps of the two pipelines, and one deal's way through them.

Going back a step is rework; a deal may stall, be lost for a reason, and come back after it was lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from rapport.demo.accounts import Contact
from rapport.demo.drawing import LOCAL, Draw

WON, LOST = "Thắng", "Thua"


@dataclass(frozen=True)
class Step:
    """One open stage: chance to win from here, days it should take, and what happens in it.

    `goes_on`, `goes_back`, `is_lost` are the chances of what ends it; what they leave over to 1 means that
    the deal is forgotten there.
    """

    name: str
    probability: int
    expected_days: int
    goes_on: float
    goes_back: float
    is_lost: float


@dataclass(frozen=True)
class Process:
    """A pipeline: its open steps in order; won and lost follow them. `kind` is what it is for."""

    name: str
    steps: tuple[Step, ...]
    kind: str = "direct"


NEW_BUSINESS = Process("Bán hàng mới", (
    Step("Chào hàng", 10, 12, 0.84, 0.0, 0.12),
    Step("Demo", 20, 14, 0.82, 0.05, 0.09),
    Step("Tham quan nhà máy", 30, 14, 0.86, 0.05, 0.05),
    Step("Khảo sát năng lực", 45, 21, 0.74, 0.13, 0.09),
    Step("Đề xuất giải pháp", 60, 30, 0.58, 0.18, 0.18),
    Step("Hợp đồng", 80, 21, 0.76, 0.13, 0.08),
))  # fmt: skip
RENEWAL = Process("Tái ký hợp đồng", (
    Step("Rà soát nhu cầu", 50, 14, 0.92, 0.0, 0.05),
    Step("Đề xuất giải pháp", 65, 21, 0.76, 0.12, 0.10),
    Step("Hợp đồng", 85, 14, 0.84, 0.10, 0.05),
), kind="renewal")  # fmt: skip
PROCESSES = (NEW_BUSINESS, RENEWAL)
REASONS_LOST = {
    "Giá cao hơn đối thủ": 28, "Chọn nhà cung cấp khác": 20, "Dự án hoãn lại": 16,
    "Năng lực chưa đáp ứng": 12,
    "Điều khoản thanh toán": 10, "Không liên lạc được": 9, "Thời gian giao hàng quá dài": 5,
}  # fmt: skip
REASONS_BACK = {
    "Demo": ("Demo lại cho ban giám đốc",),
    "Tham quan nhà máy": ("Khách cử đoàn khác đến tham quan",),
    "Khảo sát năng lực": ("Bổ sung hồ sơ chất lượng", "Khảo sát lại sau khắc phục"),
    "Đề xuất giải pháp": ("Khách đổi quy cách", "Tính lại giá theo số lượng mới", "Đổi vật liệu"),
    "Hợp đồng": ("Điều khoản phải báo giá lại", "Đổi thời hạn giao hàng"),
}
COMES_BACK, COMES_BACK_AT = 0.18, "Đề xuất giải pháp"


@dataclass(frozen=True)
class Move:
    """A deal came into a stage."""

    stage: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Dealing:
    """A deal as it was drawn."""

    code: str
    account: int
    process: Process
    product: int
    amount: int
    owner: str
    committee: list[Contact]
    moves: list[Move]

    @property
    def won_at(self) -> datetime | None:
        """When it was won, if it was."""
        return self.moves[-1].at if self.moves[-1].stage == WON else None

    @property
    def is_open(self) -> bool:
        """Whether it is neither won nor lost."""
        return self.moves[-1].stage not in (WON, LOST)


def at_work(draw: Draw, at: datetime) -> datetime:
    """The same day, or the Monday after a weekend, at an hour of work."""
    local = at.astimezone(LOCAL)
    local += timedelta(days=max(local.weekday() - 4, 0) and 7 - local.weekday())
    return local.replace(hour=int(draw.integers(8, 17)), minute=int(draw.integers(60)), second=0, microsecond=0)


def moves(draw: Draw, *, process: Process, begun: datetime, now: datetime) -> list[Move]:
    """The way of one deal from its beginning as far as it came by now."""
    found: list[Move] = []
    for move in _way(draw, process, at_work(draw, begun)):
        if move.at >= now:
            break
        found.append(move)
    return found


def _way(draw: Draw, process: Process, at: datetime) -> Iterator[Move]:
    """All moves of a deal that has all the time it needs."""
    steps, position, came_back = process.steps, 0, False
    yield Move(steps[0].name, at)
    while True:
        step = steps[position]
        # Proposals wait on sums, samples and the customer's board: the slowest step, with the longest tail.
        spread = 0.9 if step.name == "Đề xuất giải pháp" else 0.6
        at = at_work(draw, at + timedelta(days=1 + step.expected_days * draw.lognormal(-0.15, spread)))
        fate = draw.random()
        if fate < step.goes_on:
            position += 2 if draw.random() < 0.06 and position + 2 < len(steps) else 1
            if position == len(steps):
                yield Move(WON, at)
                return
            yield Move(steps[position].name, at)
        elif fate < step.goes_on + step.goes_back:
            position -= int(position > 0)
            yield Move(steps[position].name, at, str(draw.choice(REASONS_BACK[step.name])))
        elif fate < step.goes_on + step.goes_back + step.is_lost:
            weights = np.asarray(list(REASONS_LOST.values()), dtype=np.float64)
            yield Move(LOST, at, str(draw.choice(list(REASONS_LOST), p=weights / weights.sum())))
            if came_back or draw.random() >= COMES_BACK:
                return
            came_back = True
            position = next(place for place, each in enumerate(steps) if each.name == COMES_BACK_AT)
            at = at_work(draw, at + timedelta(days=float(draw.integers(25, 110))))
            yield Move(COMES_BACK_AT, at, "Khách liên hệ lại")
        else:
            return
