"""Names of people as they are spread over Vietnam, and how such people are reached, drawn at random.

Family names follow the published shares of the population; the rest is a plain mix of common middle and given
names, so that a name in the demo belongs to thousands or to nobody.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.core.text import fold
from rapport.demo.drawing import Draw, joined, numbered, picked

FAMILY = {
    "Nguyễn": 38.4, "Trần": 11.0, "Lê": 9.5, "Phạm": 7.1, "Hoàng": 3.1, "Huỳnh": 2.0, "Phan": 4.5, "Vũ": 2.2,
    "Võ": 1.7, "Đặng": 2.1, "Bùi": 2.0, "Đỗ": 1.9, "Hồ": 1.3, "Ngô": 1.3, "Dương": 1.0, "Lý": 0.5,
    "Đinh": 1.0,
    "Trịnh": 0.8, "Đoàn": 0.7, "Mai": 0.7, "Trương": 1.2, "Lâm": 0.6, "Cao": 0.6, "Lương": 0.7, "Tạ": 0.4,
    "Châu": 0.4, "Tô": 0.3, "Hà": 0.5, "Thái": 0.4, "Quách": 0.2, "Nông": 0.2, "Vi": 0.2, "Lò": 0.3,
    "Kiều": 0.2,
}  # fmt: skip
MIDDLE_OF_WOMEN = {
    "Thị": 30, "Ngọc": 8, "Thị Thanh": 5, "Thị Ngọc": 5, "Thu": 5, "Thị Kim": 4, "Thanh": 5, "Minh": 4,
    "Kim": 4,
    "Thùy": 4, "Phương": 4, "Bích": 3, "Hoàng": 3, "Thị Mỹ": 3, "Mỹ": 3, "Bảo": 3, "Khánh": 3, "Thị Hồng": 4,
}  # fmt: skip
GIVEN_OF_WOMEN = (
    "Lan", "Hương", "Hoa", "Mai", "Linh", "Trang", "Thảo", "Hằng", "Nga", "Ngọc", "Hạnh", "Phương", "Thúy",
    "Yến",
    "Nhung", "Hà", "Dung", "Oanh", "Loan", "Trinh", "My", "Vy", "Ngân", "Quỳnh", "Như", "Tuyết", "Diễm",
    "Châu",
    "Thư", "Trâm", "Uyên", "Vân", "Xuân", "Huyền", "Liên", "Nhi", "Ánh", "Hiền", "Thủy", "Đào", "Giang",
    "Khanh",
    "Tiên", "Duyên", "Cúc", "Lệ", "Mơ", "Nguyệt", "Thoa", "Hân",
)  # fmt: skip
MIDDLE_OF_MEN = {
    "Văn": 26, "Đức": 7, "Minh": 8, "Quốc": 6, "Hữu": 6, "Thanh": 6, "Ngọc": 5, "Hoàng": 5, "Anh": 4,
    "Công": 4,
    "Xuân": 4, "Đình": 4, "Trọng": 3, "Quang": 4, "Gia": 3, "Tuấn": 3, "Bá": 2, "Thành": 3, "Duy": 3,
    "Tấn": 3,
}  # fmt: skip
GIVEN_OF_MEN = (
    "Anh", "Dũng", "Hùng", "Tuấn", "Minh", "Nam", "Hải", "Long", "Sơn", "Thắng", "Hiếu", "Trung", "Kiên",
    "Phúc",
    "Khoa", "Bình", "An", "Cường", "Đạt", "Đức", "Giang", "Hoàng", "Huy", "Khánh", "Lâm", "Lộc", "Mạnh",
    "Nghĩa",
    "Nhân", "Phong", "Quân", "Quang", "Quý", "Tài", "Tâm", "Thành", "Thịnh", "Tiến", "Toàn", "Trí", "Tùng",
    "Việt",
    "Vinh", "Vũ", "Hậu", "Thiện", "Bảo", "Duy", "Khôi", "Tín",
)  # fmt: skip
# Mobile ranges of the numbering plan that no operator holds: well formed, and nobody answers.
UNUSED_RANGES = ("50", "53", "54", "57", "71", "72", "73", "74", "75")
DOMAINS = ("example.com", "example.net")


@dataclass(frozen=True)
class Names:
    """Full names, and each as the first part of an e-mail address (`an.nguyen`)."""

    full: pa.Array
    address: pa.Array
    women: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def people(draw: Draw, *, count: int, women: float = 0.5) -> Names:
    """Names of `count` people, a share of them women's."""
    is_woman = draw.random(count) < women
    family = picked(draw, tuple(FAMILY), count=count, weights=tuple(FAMILY.values()))
    middle = _by_sex(
        is_woman,
        picked(draw, tuple(MIDDLE_OF_WOMEN), count=count, weights=tuple(MIDDLE_OF_WOMEN.values())),
        picked(draw, tuple(MIDDLE_OF_MEN), count=count, weights=tuple(MIDDLE_OF_MEN.values())),
    )
    given = _by_sex(is_woman, picked(draw, GIVEN_OF_WOMEN, count=count), picked(draw, GIVEN_OF_MEN, count=count))
    return Names(
        full=joined(family, middle, given, by=" "),
        address=joined(_plain(given), _plain(family), by="."),
        women=is_woman,
    )


def _by_sex(is_woman: "np.ndarray[tuple[int], np.dtype[np.bool_]]", hers: pa.Array, his: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(is_woman), hers, his)


def _plain(names: pa.Array) -> pa.Array:
    """The same names folded: each distinct one is folded once."""
    coded = names.dictionary_encode()
    folded = pa.array([fold(name.as_py()).replace(" ", "") for name in coded.dictionary])
    return folded.take(coded.indices)


def emails(addresses: pa.Array, *, first: int = 1) -> pa.Array:
    """An address for each name, told apart by a running number: `an.nguyen17@example.com`."""
    number = np.arange(first, first + len(addresses))
    domain = pa.array(DOMAINS).take(pa.array((number % 4 == 0).astype(np.int8)))
    return joined(joined(addresses, numbered("", number), by=""), domain, by="@")


def phones(*, count: int, offset: int) -> pa.Array:
    """Mobile numbers in E.164 that nobody holds, all different; another `offset` gives others."""
    room = len(UNUSED_RANGES) * 10_000_000
    # 48_271 shares no factor with the room, so that consecutive numbers land far apart and never twice.
    spread = (np.arange(offset, offset + count, dtype=np.int64) * 48_271) % room
    ranges = pa.array(UNUSED_RANGES).take(pa.array(spread // 10_000_000))
    return joined(ranges, numbered("", spread % 10_000_000, digits=7), by="", before="+84")


def tax_id(serial: int) -> str:
    """A tax id with its right check digit, of the province 99, which there is not."""
    digits = f"99{serial:07d}"
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    check = 10 - sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
    return tax_id(serial + 1_000) if check == 10 else f"{digits}{check}"
