"""The 300 products: 288 of the web shop in twelve categories, and twelve that are made to order."""

from dataclasses import dataclass

import pyarrow as pa

from rapport.demo.drawing import rows_table

SCHEMA = pa.schema([
    ("external_id", pa.string()), ("name", pa.string()), ("category", pa.string()), ("price", pa.int64()),
    ("currency", pa.string()),
])  # fmt: skip
MADE_TO_ORDER_CATEGORY = "Bao bì may đo"
MADE_TO_ORDER = {
    "Hộp giấy in offset theo yêu cầu": 4_200, "Thùng carton sóng in flexo": 11_500,
    "Khay định hình PP": 2_600,
    "Màng ghép nhiều lớp in ống đồng": 86_000, "Túi đứng đáy có khóa kéo": 3_400, "Nhãn co thân chai": 620,
    "Hộp cứng cao cấp": 28_000, "Ly giấy in thương hiệu": 1_150, "Khay bã mía ép khuôn riêng": 1_900,
    "Chai PET khuôn riêng": 2_300, "Túi giấy kraft in logo": 2_750, "Giải pháp đóng gói trọn bộ": 64_000,
}  # fmt: skip


@dataclass(frozen=True)
class Category:
    """Six kinds of product in four variants each, the price in đồng of the smallest, what goes with it."""

    name: str
    kinds: tuple[str, str, str, str, str, str]
    variants: tuple[str, str, str, str]
    price: int
    goes_with: int


SIZES = ("nhỏ", "vừa", "lớn", "đại")
COLOURS = ("trắng", "nâu", "đen", "trong")
VOLUMES = ("240 ml", "360 ml", "480 ml", "700 ml")
SHOP = (
    Category("Hộp bánh", ("Hộp bánh kem", "Hộp bánh bông lan", "Hộp bánh su kem", "Hộp cupcake", "Hộp pizza",
                          "Hộp bánh mì"), SIZES, 38_000, 9),
    Category("Ly giấy", ("Ly giấy kraft", "Ly giấy trắng", "Ly giấy hai lớp", "Ly giấy gân sóng",
    "Ly sữa chua",
                         "Ly kem giấy"), VOLUMES, 45_000, 2),
    Category("Nắp và ống hút", ("Nắp cầu", "Nắp bằng", "Nắp trái tim", "Ống hút giấy", "Ống hút gạo",
                                "Quai xách ly"), COLOURS, 22_000, 1),
    Category("Túi giấy", ("Túi kraft quai xoắn", "Túi giấy quai dẹt", "Túi bánh mì giấy",
    "Túi giấy chống dầu",
                          "Túi giấy đáy vuông", "Túi giấy cửa sổ"), SIZES, 52_000, 8),
    Category("Hộp cơm", ("Hộp cơm giấy kraft", "Hộp cơm hai ngăn", "Hộp cơm ba ngăn", "Hộp salad", "Hộp mì",
                         "Hộp sushi"), SIZES, 61_000, 3),
    Category("Tô và chén", ("Tô giấy súp", "Tô giấy phở", "Chén chè giấy", "Tô giấy kraft", "Tô giấy hai lớp",
                            "Chén sốt"), VOLUMES, 48_000, 2),
    Category("Khay bã mía", ("Khay bã mía tròn", "Khay bã mía vuông", "Đĩa bã mía", "Hộp bã mía nắp gập",
                             "Khay bã mía ba ngăn", "Khay trái cây"), SIZES, 57_000, 4),
    Category("Hũ và chai", ("Hũ thủy tinh tròn", "Hũ thủy tinh vuông", "Chai nước ép", "Hũ nhựa nắp nhôm",
                            "Chai sữa hạt", "Hũ mật ong"), VOLUMES, 72_000, 8),
    Category("Nhãn dán", ("Nhãn tròn cảm ơn", "Nhãn vuông kraft", "Nhãn chống nước", "Nhãn hạn sử dụng",
                          "Nhãn niêm phong", "Nhãn viết tay"), COLOURS, 25_000, 7),
    Category("Ruy băng và lót", ("Ruy băng lụa", "Dây cói", "Giấy lót rơm", "Giấy nến", "Đế bánh",
    "Giấy gói hoa"),
             SIZES, 29_000, 0),
    Category("Hộp quà Tết", ("Hộp quà Tết nắp rời", "Hộp quà Tết quai xách", "Hộp mứt", "Hộp hạt dinh dưỡng",
                             "Giỏ quà Tết", "Túi quà Tết"), SIZES, 95_000, 9),
    Category("Hộp bánh trung thu", ("Hộp trung thu hai bánh", "Hộp trung thu bốn bánh",
    "Hộp trung thu sáu bánh",
                                    "Khay bánh trung thu", "Túi bánh trung thu", "Hộp trung thu mini"),
             SIZES, 84_000, 9),
)  # fmt: skip
PER_CATEGORY = 24
SHOP_SIZE = PER_CATEGORY * len(SHOP)


def code(position: int) -> str:
    """The code of a product by its place in the catalogue, from 0."""
    return f"SP{position + 1:04d}"


def shop_prices() -> list[int]:
    """Today's prices of the shop's products in đồng, a pack each, in the order of the catalogue."""
    return [
        round(category.price * (1 + 0.38 * size) * (1 + 0.07 * kind) / 500) * 500
        for category in SHOP
        for kind in range(6)
        for size in range(4)
    ]


def goes_with() -> list[int]:
    """For each product of the shop the one that is bought with it more often than any other."""
    return [category.goes_with * PER_CATEGORY + within for category in SHOP for within in range(PER_CATEGORY)]


def table() -> pa.Table:
    """All products, as the import takes them."""
    names = [
        (f"{kind} {variant}", category.name)
        for category in SHOP
        for kind in category.kinds
        for variant in category.variants
    ]
    priced = [*zip(names, shop_prices(), strict=True)]
    priced += [((name, MADE_TO_ORDER_CATEGORY), price) for name, price in MADE_TO_ORDER.items()]
    return rows_table(
        [
            {
                "external_id": code(position),
                "name": name,
                "category": category,
                "price": price,
                "currency": "VND",
            }
            for position, ((name, category), price) in enumerate(priced)
        ],
        SCHEMA,
    )
