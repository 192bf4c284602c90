"""Where people live: the 34 provinces by their rounded population in millions, cities buying more online."""

import pyarrow as pa

from rapport.demo.drawing import Draw, picked

POPULATION = {
    "Hồ Chí Minh": 14.0, "Hà Nội": 8.8, "An Giang": 5.0, "Hải Phòng": 4.7, "Đồng Nai": 4.5, "Ninh Bình": 4.4,
    "Đồng Tháp": 4.4, "Thanh Hóa": 4.3, "Vĩnh Long": 4.3, "Cần Thơ": 4.2, "Phú Thọ": 4.0, "Lâm Đồng": 3.9,
    "Nghệ An": 3.8, "Bắc Ninh": 3.6, "Gia Lai": 3.6, "Hưng Yên": 3.6, "Đắk Lắk": 3.3, "Tây Ninh": 3.3,
    "Đà Nẵng": 3.1, "Cà Mau": 2.6, "Khánh Hòa": 2.2, "Quảng Ngãi": 2.2, "Quảng Trị": 1.9, "Tuyên Quang": 1.9,
    "Lào Cai": 1.8, "Thái Nguyên": 1.8, "Hà Tĩnh": 1.6, "Quảng Ninh": 1.5, "Huế": 1.4, "Sơn La": 1.4,
    "Lạng Sơn": 0.9, "Điện Biên": 0.7, "Cao Bằng": 0.6, "Lai Châu": 0.5,
}  # fmt: skip
ONLINE = {"Hồ Chí Minh": 2.0, "Hà Nội": 2.0, "Đà Nẵng": 1.5, "Cần Thơ": 1.2, "Hải Phòng": 1.2}
NORTH = frozenset({
    "Hà Nội", "Hải Phòng", "Ninh Bình", "Thanh Hóa", "Phú Thọ", "Nghệ An", "Bắc Ninh", "Hưng Yên",
    "Tuyên Quang",
    "Lào Cai", "Thái Nguyên", "Hà Tĩnh", "Quảng Ninh", "Sơn La", "Lạng Sơn", "Điện Biên", "Cao Bằng",
    "Lai Châu",
})  # fmt: skip


def of_shoppers(draw: Draw, *, count: int) -> pa.Array:
    """Provinces of people who buy online."""
    weights = [million * ONLINE.get(name, 1.0) for name, million in POPULATION.items()]
    return picked(draw, tuple(POPULATION), count=count, weights=weights)
