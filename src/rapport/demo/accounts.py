"""Who buys made-to-order packaging: food and drink makers, their groups, their customers, their people."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from rapport.core.text import fold
from rapport.demo import names
from rapport.demo.drawing import Draw, rows_table
from rapport.demo.places import NORTH

ACCOUNTS, GROUPS, OUTLETS, CONTACTS = 60, 5, 48, 300
COMPANY_SCHEMA = pa.schema([
    ("external_id", pa.string()), ("name", pa.string()), ("tax_id", pa.string()), ("domain", pa.string()),
    ("industry", pa.string()), ("parent", pa.string()), ("employees", pa.int64()), ("revenue", pa.int64()),
    ("province", pa.string()), ("country", pa.string()), ("owner", pa.string()), ("tags", pa.string()),
])  # fmt: skip
CONTACT_SCHEMA = pa.schema([
    ("external_id", pa.string()), ("full_name", pa.string()), ("email", pa.string()), ("phone", pa.string()),
    ("title", pa.string()), ("province", pa.string()), ("country", pa.string()), ("language", pa.string()),
    ("owner", pa.string()), ("tags", pa.string()), ("source", pa.string()),
])  # fmt: skip
AFFILIATION_SCHEMA = pa.schema([
    ("person", pa.string()), ("company", pa.string()), ("title", pa.string()), ("department", pa.string()),
    ("since", pa.date32()), ("until", pa.date32()),
])  # fmt: skip
FIRST_WORDS = ("Nắng", "Mây", "Suối", "Lúa", "Trăng", "Sương", "Gió", "Đồi", "Bến", "Sóng", "Lá", "Cỏ")
SECOND_WORDS = ("Khẽ", "Lành", "Hiền", "Tím", "Ấm", "Chín", "Biếc", "Ngoan", "Thưa", "Mềm", "Giòn", "Sớm")
INDUSTRIES = {
    "Bánh kẹo": 12, "Sữa và sản phẩm từ sữa": 7, "Nước giải khát": 8, "Cà phê và trà": 10,
    "Gia vị và nước chấm": 7,
    "Thực phẩm đông lạnh": 6, "Thủy sản chế biến": 5, "Mì và thực phẩm ăn liền": 5,
}  # fmt: skip
OUTLET_KINDS = ("Chuỗi siêu thị", "Chuỗi cà phê", "Nhà phân phối", "Khách sạn", "Chuỗi cửa hàng tiện lợi",
                "Nhà nhập khẩu")  # fmt: skip
TOWNS = ("Hồ Chí Minh", "Đồng Nai", "Tây Ninh", "Hà Nội", "Bắc Ninh", "Hưng Yên", "Hải Phòng", "Đà Nẵng",
    "Cần Thơ",
         "Lâm Đồng", "Đồng Tháp", "Vĩnh Long")  # fmt: skip
TOWN_WEIGHTS = (22, 9, 8, 12, 7, 7, 5, 4, 5, 4, 4, 3)
# Department, then the titles in it from the top down.
POSTS = (
    ("Mua hàng", ("Trưởng phòng mua hàng", "Chuyên viên mua hàng", "Nhân viên mua hàng")),
    ("Ban giám đốc", ("Tổng giám đốc", "Phó tổng giám đốc", "Giám đốc điều hành")),
    ("Sản xuất", ("Giám đốc sản xuất", "Quản đốc xưởng", "Trưởng ca đóng gói")),
    ("Chất lượng", ("Trưởng phòng chất lượng", "Kỹ sư chất lượng", "Nhân viên kiểm nghiệm")),
    ("Marketing", ("Trưởng phòng marketing", "Quản lý nhãn hàng", "Chuyên viên thiết kế bao bì")),
    ("Nghiên cứu phát triển", ("Trưởng phòng R&D", "Chuyên viên R&D", "Kỹ sư thực phẩm")),
    ("Tài chính", ("Giám đốc tài chính", "Kế toán trưởng", "Kế toán công nợ")),
    ("Kho vận", ("Trưởng phòng kho vận", "Điều phối giao nhận", "Thủ kho")),
)


@dataclass(frozen=True)
class Contact:
    """One person at an account."""

    code: str
    account: int
    department: str


@dataclass(frozen=True)
class Accounts:
    """The companies, their people, and how the companies belong together."""

    companies: pa.Table
    contacts: pa.Table
    affiliations: pa.Table
    supplies: list[tuple[str, str, date]]
    people: list[Contact]
    owners: list[str]


def account_code(place: int) -> str:
    """The customer number of an account by its place, from 0."""
    return f"DN{place + 1:04d}"


def make(draw: Draw, *, sellers: dict[bool, list[str]], today: date) -> Accounts:
    """All companies with their people. `sellers` names our colleagues of the north (True) and the south."""
    companies = _companies(draw, sellers)
    people, contacts, posts = _contacts(draw, companies[:ACCOUNTS], today)
    return Accounts(
        companies=rows_table(companies, COMPANY_SCHEMA),
        contacts=rows_table(contacts, CONTACT_SCHEMA),
        affiliations=rows_table(posts, AFFILIATION_SCHEMA),
        supplies=_supplies(draw, today),
        people=people,
        owners=[str(company["owner"]) for company in companies[:ACCOUNTS]],
    )


def _companies(draw: Draw, sellers: dict[bool, list[str]]) -> list[dict[str, object]]:
    """Accounts first, then the groups above some of them, then the accounts' own customers."""
    brands = [f"{first} {second}" for first in FIRST_WORDS for second in SECOND_WORDS]
    order = draw.permutation(len(brands))
    industries = [name for name, count in INDUSTRIES.items() for _ in range(count)]
    found: list[dict[str, object]] = []
    for place in range(ACCOUNTS + GROUPS + OUTLETS):
        brand = brands[order[place]]
        town = str(draw.choice(TOWNS, p=np.asarray(TOWN_WEIGHTS) / sum(TOWN_WEIGHTS)))
        staff = int(draw.lognormal(5.4, 0.8)) + 20
        row = {
            "external_id": account_code(place),
            "tax_id": names.tax_id(place * 70_000 + int(draw.integers(1, 60_000))),
            "domain": fold(brand).replace(" ", "") + ".example.com",
            "employees": staff,
            "revenue": round(staff * draw.lognormal(0.6, 0.4)) * 1_000_000_000,
            "province": town,
            "country": "VN",
            "owner": str(draw.choice(sellers[town in NORTH])),
        }
        found.append(row | _kind_of_company(draw, place=place, brand=brand, industries=industries))
    for place in draw.permutation(ACCOUNTS)[: GROUPS * 3]:
        found[place]["parent"] = account_code(ACCOUNTS + int(place) % GROUPS)
    return found


def _kind_of_company(draw: Draw, *, place: int, brand: str, industries: list[str]) -> dict[str, object]:
    """Name, industry and tags by what the company is to us."""
    if place < ACCOUNTS:
        form = ("Công ty TNHH", "Công ty Cổ phần")[int(draw.integers(2))]
        words = {"Sữa và sản phẩm từ sữa": "Sữa", "Cà phê và trà": "Cà phê", "Bánh kẹo": "Bánh kẹo"}
        trade = words.get(industries[place], "Thực phẩm")
        tags = "khách hàng;ưu tiên" if draw.random() < 0.2 else "khách hàng"
        return {"name": f"{form} {trade} {brand}", "industry": industries[place], "tags": tags}
    if place < ACCOUNTS + GROUPS:
        return {
            "name": f"Tập đoàn {brand}",
            "industry": "Đầu tư thực phẩm",
            "tags": "tập đoàn",
            "owner": None,
        }
    kind = OUTLET_KINDS[place % len(OUTLET_KINDS)]
    return {"name": f"{kind} {brand}", "industry": kind, "tags": "khách của khách hàng", "owner": None}


def _supplies(draw: Draw, today: date) -> list[tuple[str, str, date]]:
    """Which account sells to which of the outlets, and since when: two to five each."""
    outlets = range(ACCOUNTS + GROUPS, ACCOUNTS + GROUPS + OUTLETS)
    return [
        (
            account_code(place),
            account_code(int(outlet)),
            today - timedelta(days=int(draw.integers(200, 2500))),
        )
        for place in range(ACCOUNTS)
        for outlet in draw.choice(outlets, size=int(draw.integers(2, 6)), replace=False)
    ]


def _contacts(
    draw: Draw, companies: list[dict[str, object]], today: date
) -> tuple[list[Contact], list[dict[str, object]], list[dict[str, object]]]:
    """Every account has three people at least; the rest are spread by the accounts' size."""
    size = np.asarray([float(str(company["employees"])) ** 0.5 for company in companies])
    extra = draw.choice(len(companies), size=CONTACTS - 3 * len(companies), p=size / size.sum())
    at_account = np.sort(np.concatenate([np.repeat(np.arange(len(companies)), 3), extra]))
    drawn = names.people(draw, count=CONTACTS, women=0.45)
    phones = names.phones(count=CONTACTS, offset=0).to_pylist()
    people, contacts, posts = [], [], []
    nth: dict[int, int] = {}
    for place, account in enumerate(at_account.tolist()):
        position = nth[account] = nth.get(account, -1) + 1
        department, titles = POSTS[position % len(POSTS)]
        title = titles[min(position // len(POSTS) + int(draw.random() < 0.4), 2)]
        company, code = companies[account], f"LH{place + 1:04d}"
        since = today - timedelta(days=int(draw.gamma(2.0, 700)) + 60)
        people.append(Contact(code, account, department))
        contacts.append({
            "external_id": code, "full_name": drawn.full[place].as_py(), "phone": phones[place],
            "title": title,
            "email": f"{drawn.address[place].as_py()}{place + 1}@{company['domain']}", "country": "VN",
            "province": company["province"], "language": "vi", "owner": company["owner"],
            "tags": "người liên hệ", "source": ("Hội chợ", "Giới thiệu", "Website",
            "Gọi điện")[int(draw.integers(4))],
        })  # fmt: skip
        posts.append({
            "person": code, "company": company["external_id"], "title": title, "department": department,
            "since": since,
        })  # fmt: skip
        if draw.random() < 0.08:
            before = companies[(account + 7) % len(companies)]["external_id"]
            posts.append({
                "person": code, "company": before, "title": titles[-1], "department": department,
                "since": since - timedelta(days=900), "until": since - timedelta(days=20),
            })  # fmt: skip
    return people, contacts, posts
