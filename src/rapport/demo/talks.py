"""Calls, meetings, visits and mails about the deals with companies, and the tasks that came of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from rapport.demo.accounts import account_code
from rapport.demo.drawing import LOCAL, Draw, rows_table
from rapport.demo.steps import LOST, WON, Dealing, Move, at_work

SCHEMA = pa.schema([
    ("external_id", pa.string()), ("kind", pa.string()), ("at", pa.timestamp("us", tz="UTC")),
    ("person", pa.string()), ("company", pa.string()), ("deal", pa.string()), ("channel", pa.string()),
    ("direction", pa.string()), ("subject", pa.string()), ("body", pa.string()), ("minutes", pa.int64()),
])  # fmt: skip
# What happens in each stage: kind, channel, who began, subject, what happened, minutes.
HELD = {
    "Chào hàng": (
        ("call", "điện thoại", "out", "Gọi giới thiệu năng lực", "Khách quan tâm, hẹn gửi hồ sơ.", 15),
        ("email", "email", "out", "Gửi hồ sơ năng lực", "Đã gửi hồ sơ và danh mục sản phẩm.", 5),
        ("meeting", "hội chợ", "in", "Gặp tại gian hàng hội chợ", "Khách xem mẫu và để lại danh thiếp.", 20),
    ),
    "Demo": (
        (
            "meeting",
            "trực tiếp",
            "out",
            "Demo mẫu tại văn phòng khách",
            "Khách thử mẫu, góp ý về độ dày.",
            75,
        ),
        ("meeting", "trực tuyến", "out", "Demo trực tuyến", "Trình bày mẫu 3D và bảng màu.", 45),
        ("email", "email", "in", "Góp ý sau buổi demo", "Yêu cầu thêm mẫu vật liệu tái chế.", 10),
    ),
    "Tham quan nhà máy": (
        (
            "visit",
            "trực tiếp",
            "in",
            "Đoàn khách tham quan nhà máy",
            "Xem dây chuyền in và kho thành phẩm.",
            180,
        ),
        ("call", "điện thoại", "out", "Xác nhận lịch tham quan", "Chốt thành phần đoàn và giờ đón.", 8),
    ),
    "Khảo sát năng lực": (
        (
            "visit",
            "trực tiếp",
            "in",
            "Đánh giá hệ thống chất lượng",
            "Kiểm tra hồ sơ HACCP và truy xuất.",
            240,
        ),
        ("workshop", "trực tiếp", "out", "Hội thảo kỹ thuật bao bì", "Thống nhất tiêu chí thử nghiệm.", 150),
        ("email", "email", "in", "Bảng câu hỏi năng lực nhà cung cấp", "Khách gửi 42 câu hỏi.", 30),
    ),
    "Đề xuất giải pháp": (
        ("email", "email", "out", "Gửi đề xuất và báo giá", "Báo giá theo ba mức số lượng.", 40),
        ("meeting", "trực tiếp", "out", "Trình bày giải pháp", "Ban giám đốc hỏi về tiến độ và giá.", 90),
        ("call", "điện thoại", "out", "Hỏi phản hồi báo giá", "Khách đang so sánh, hẹn tuần sau.", 12),
        ("chat", "Zalo", "in", "Đề nghị chỉnh quy cách", "Đổi kích thước, cần tính lại giá.", 10),
    ),
    "Hợp đồng": (
        ("email", "email", "out", "Gửi dự thảo hợp đồng", "Dự thảo kèm phụ lục chất lượng.", 20),
        (
            "meeting",
            "trực tiếp",
            "in",
            "Thương lượng điều khoản thanh toán",
            "Khách đề nghị công nợ 45 ngày.",
            60,
        ),
        ("call", "điện thoại", "in", "Hỏi tiến độ ký", "Chờ chữ ký tổng giám đốc.", 6),
    ),
    "Rà soát nhu cầu": (
        ("meeting", "trực tiếp", "out", "Rà soát sản lượng năm tới", "Khách dự kiến tăng 15 %.", 60),
        ("call", "điện thoại", "out", "Hỏi kế hoạch tái ký", "Khách hài lòng về giao hàng.", 15),
    ),
    WON: (("call", "điện thoại", "out", "Cảm ơn và bàn giao", "Chuyển sang bộ phận sản xuất.", 10),),
    LOST: (("note", "", "", "Ghi nhận lý do không mua", "Hẹn liên hệ lại sau sáu tháng.", 5),),
}
TO_DO = (
    "Gửi báo giá điều chỉnh", "Gọi hỏi phản hồi", "Chuẩn bị mẫu thử", "Hẹn lịch tham quan nhà máy",
    "Gửi hồ sơ chất lượng", "Soạn dự thảo hợp đồng", "Hẹn gặp ban giám đốc", "Xác nhận quy cách in",
)  # fmt: skip
DEPARTMENTS_OF = {
    "Khảo sát năng lực": ("Chất lượng", "Sản xuất", "Nghiên cứu phát triển"),
    "Hợp đồng": ("Ban giám đốc", "Tài chính", "Mua hàng"),
    "Demo": ("Marketing", "Nghiên cứu phát triển", "Mua hàng"),
}


@dataclass(frozen=True)
class Talks:
    """Interactions as the import takes them; (interaction, person) of who took part beside the first."""

    rows: pa.Table
    participants: list[tuple[str, str]]


@dataclass(frozen=True)
class ToDo:
    """A task about a deal with a company."""

    what: str
    account: int
    person: str
    owner: str
    made_at: datetime
    due_on: date
    done_at: datetime | None


def about(draw: Draw, *, dealings: list[Dealing], now: datetime) -> Talks:
    """One to four talks in every stage a deal passed, at instants within the stage."""
    rows: list[dict[str, Any]] = []
    participants: list[tuple[str, str]] = []
    for dealing, move, until in _stays(dealings, now):
        for _ in range(1 if move.stage in (WON, LOST) else int(draw.integers(1, 5))):
            row, others = _talk(draw, dealing, move, min(until, move.at + timedelta(days=50)))
            if row["at"] < now:
                row["external_id"] = f"TD{len(rows) + 1:05d}"
                rows.append(row)
                participants += [(row["external_id"], other) for other in others]
    return Talks(rows_table(rows, SCHEMA), participants)


def _stays(dealings: list[Dealing], now: datetime) -> Iterator[tuple[Dealing, Move, datetime]]:
    """Every stay of a deal in a stage, with its end."""
    for dealing in dealings:
        ends = [move.at for move in dealing.moves[1:]]
        for move, until in zip(dealing.moves, [*ends, now], strict=True):
            yield dealing, move, until


def _talk(draw: Draw, dealing: Dealing, move: Move, until: datetime) -> tuple[dict[str, Any], list[str]]:
    """One talk of a stage with one to three of the committee, those it concerns most coming first."""
    held = HELD[move.stage]
    kind, channel, direction, subject, body, minutes = held[int(draw.integers(len(held)))]
    wanted = DEPARTMENTS_OF.get(move.stage, ())
    order = draw.permutation(len(dealing.committee)).tolist()
    people = [dealing.committee[place] for place in order]
    people.sort(key=lambda each: each.department not in wanted)
    present = int(draw.integers(1, 4)) if kind in ("meeting", "visit", "workshop") else 1
    at = at_work(draw, move.at + (until - move.at) * float(draw.random() ** 1.3))
    return {
        "kind": kind,
        "at": max(at, move.at + timedelta(minutes=5)),
        "person": people[0].code,
        "company": account_code(dealing.account),
        "deal": dealing.code,
        "channel": channel,
        "direction": direction,
        "subject": subject,
        "body": body,
        "minutes": max(minutes + int(draw.integers(-minutes // 4, minutes // 3 + 2)), 1),
    }, [each.code for each in people[1:present]]


def to_do(draw: Draw, *, dealings: list[Dealing], now: datetime) -> list[ToDo]:
    """Two tasks for every open deal, due two weeks ago to three weeks ahead; one done for most others."""
    found: list[ToDo] = []
    today = now.astimezone(LOCAL).date()
    for dealing in dealings:
        last = dealing.moves[-1].at
        for _ in range(2 if dealing.is_open else int(draw.random() < 0.7)):
            due_on = today + timedelta(days=int(draw.integers(-14, 22)))
            made_at, done_at = max(last, now - timedelta(days=20)), None
            if not dealing.is_open:
                made_at = max(dealing.moves[0].at, last - timedelta(days=9))
                due_on, done_at = (
                    last.astimezone(LOCAL).date(),
                    made_at + (last - made_at) * float(draw.random()),
                )
            person = dealing.committee[int(draw.integers(len(dealing.committee)))].code
            what = TO_DO[int(draw.integers(len(TO_DO)))]
            found.append(ToDo(what, dealing.account, person, dealing.owner, made_at, due_on, done_at))
    return found
