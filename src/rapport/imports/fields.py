"""What each target can hold: its fields, what kind of value each takes, and how files name them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value must be; `cleaning` knows how each is read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    TAX_ID = "tax_id"
    DOMAIN = "domain"
    COUNTRY = "country"
    PROVINCE = "province"
    LANGUAGE = "language"
    CURRENCY = "currency"
    DATE = "date"
    INSTANT = "instant"
    NUMBER = "number"
    INTEGER = "integer"
    TAGS = "tags"
    INTERACTION_KIND = "interaction_kind"
    DIRECTION = "direction"
    ROLE = "role"
    OWN = "own"


@dataclass(frozen=True)
class Field:
    """One field of a target. `link` names what the value refers to; `folded` fields are also kept folded.

    `scale` is the number of decimals that are kept, `least` the smallest and `most` the first too large number;
    `past` days lie between 1900 and today.
    """

    name: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    link: str = ""
    folded: bool = False
    longest: int = 200
    scale: int = 4
    least: int | None = None
    most: int = 10**15
    past: bool = False


def _f(name: str, kind: Kind = Kind.TEXT, aliases: str = "", **more: object) -> Field:
    return Field(name, kind, tuple(a.strip() for a in aliases.split("|") if a.strip()), **more)  # type: ignore[arg-type]


_ID = "id|code|ma|ma so|external id|uid"
_OWNER = _f(
    "owner",
    Kind.TEXT,
    "owner|account manager|sales agent|sales rep|salesperson|assigned to|agent|"
    "nguoi phu trach|nhan vien|nhan vien kinh doanh|phu trach",
    link="user",
)
_TAGS = _f("tags", Kind.TAGS, "tag|labels|label|nhan|the")
_PROVINCE = _f(
    "province",
    Kind.PROVINCE,
    "state|city|region|tinh|thanh pho|tinh thanh|tinh thanh pho|tinh tp",
    longest=80,
)
_COUNTRY = _f("country", Kind.COUNTRY, "nation|country code|office location|quoc gia|nuoc")
_CURRENCY = _f("currency", Kind.CURRENCY, "currency code|tien te|loai tien|don vi tien")
_PERSON = _f(
    "person",
    Kind.TEXT,
    "customer|customer id|customerid|contact|contact id|buyer|khach hang|ma khach hang|"
    "nguoi mua|nguoi lien he|ma khach|khach|person id|email",
    link="person",
)
_COMPANY = _f(
    "company",
    Kind.TEXT,
    "account|account name|organisation|organization|company name|doanh nghiep|cong ty|ten cong ty|to chuc|company id",
    link="company",
)

TARGETS: dict[str, tuple[Field, ...]] = {
    "people": (
        _f("external_id", Kind.TEXT, _ID + "|customer id|contact id|ma khach hang|person id"),
        _f("full_name", Kind.TEXT, "name|customer name|contact|contact name|ho ten|ho va ten|ten|ten khach hang|"
           "ten day du|nguoi lien he", folded=True),
        _f("email", Kind.EMAIL, "e mail|email address|e mail address|mail|dia chi email|thu dien tu", longest=254),
        _f("phone", Kind.PHONE, "phone number|mobile|tel|telephone|cell|dien thoai|so dien thoai|sdt|di dong"),
        _f("company", Kind.TEXT, "|".join(_COMPANY.aliases), link="company"),
        _f("title", Kind.TEXT, "job title|position|role|chuc vu|chuc danh|vi tri"),
        _PROVINCE,
        _COUNTRY,
        _f("language", Kind.LANGUAGE, "lang|locale|ngon ngu"),
        _f("birthday", Kind.DATE, "birth date|date of birth|dob|ngay sinh|sinh nhat", past=True),
        _OWNER,
        _TAGS,
        _f("source", Kind.TEXT, "lead source|origin|nguon|nguon khach", longest=80),
    ),
    "companies": (
        _f("external_id", Kind.TEXT, _ID + "|account id|company id|ma cong ty|ma doanh nghiep"),
        _f("name", Kind.TEXT, "company|account|account name|company name|organisation|organization|ten|ten cong ty|"
           "ten doanh nghiep|doanh nghiep|cong ty", folded=True),
        _f("tax_id", Kind.TAX_ID, "tax code|vat|vat number|tax number|ma so thue|mst", longest=20),
        _f("domain", Kind.DOMAIN, "website|web|url|site|trang web", longest=253),
        _f("industry", Kind.TEXT, "sector|vertical|nganh|nganh nghe|linh vuc", longest=120),
        _f("parent", Kind.TEXT, "subsidiary of|parent company|group|cong ty me|tap doan|thuoc", link="company"),
        _f("employees", Kind.INTEGER, "employee count|headcount|size|so nhan vien|quy mo|nhan su", least=0),
        _f("revenue", Kind.NUMBER, "annual revenue|turnover|sales|doanh thu|doanh so", scale=2, least=0),
        _PROVINCE,
        _COUNTRY,
        _OWNER,
        _TAGS,
    ),
    "affiliations": (
        _f("person", Kind.TEXT, "|".join(_PERSON.aliases) + "|name|full name|ho ten", link="person", required=True),
        _f("company", Kind.TEXT, "|".join(_COMPANY.aliases), link="company", required=True),
        _f("title", Kind.TEXT, "job title|position|role|chuc vu|chuc danh|vi tri"),
        _f("department", Kind.TEXT, "dept|division|phong|phong ban|bo phan"),
        _f("since", Kind.DATE, "from|start|start date|tu|tu ngay|bat dau"),
        _f("until", Kind.DATE, "to|end|end date|den|den ngay|ket thuc"),
    ),
    "products": (
        _f("external_id", Kind.TEXT, _ID + "|sku|stock code|stockcode|product id|product code|ma san pham|ma hang"),
        _f("name", Kind.TEXT, "product|product name|description|title|san pham|ten san pham|ten hang|mat hang",
           folded=True, longest=300),
        _f("category", Kind.TEXT, "series|group|type|family|nhom|danh muc|loai|nhom hang", longest=120),
        _f("price", Kind.NUMBER, "sales price|unit price|list price|gia|gia ban|don gia", least=0),
        _CURRENCY,
    ),
    "deals": (
        _f("external_id", Kind.TEXT, _ID + "|opportunity id|deal id|ma co hoi"),
        _f("name", Kind.TEXT, "deal|deal name|opportunity|opportunity name|title|ten co hoi|co hoi|ten", folded=True,
           longest=300),
        _COMPANY,
        _PERSON,
        _f("pipeline", Kind.TEXT, "process|quy trinh|quy trinh ban hang", longest=120),
        _f("stage", Kind.TEXT, "deal stage|status|step|giai doan|trang thai|buoc", longest=120),
        _f("amount", Kind.NUMBER, "value|close value|deal value|revenue|gia tri|so tien|doanh so", scale=2,
           least=0),
        _CURRENCY,
        _OWNER,
        _f("product", Kind.TEXT, "product name|san pham|mat hang", link="product"),
        _f("created_at", Kind.INSTANT, "created|create date|engage date|open date|opened|ngay tao|ngay mo|"
           "ngay bat dau"),
        _f("expected_close_on", Kind.DATE, "expected close|expected close date|due|du kien|ngay du kien|du kien chot"),
        _f("closed_at", Kind.INSTANT, "closed|close date|closed date|won date|ngay dong|ngay chot|ngay ket thuc"),
        _f("runs_out_on", Kind.DATE, "runs out|expiry date|contract end|contract end date|renewal date|ngay het han|"
           "het han|ngay het han hop dong|han hop dong"),
    ),
    "stage-changes": (
        _f("deal", Kind.TEXT, "deal id|opportunity|opportunity id|external id|co hoi|ma co hoi", link="deal",
           required=True),
        _f("to_stage", Kind.TEXT, "stage|to|new stage|deal stage|giai doan|sang giai doan", required=True, longest=120),
        _f("at", Kind.INSTANT, "date|time|when|changed at|timestamp|ngay|luc|thoi diem", required=True),
        _f("by", Kind.TEXT, "user|owner|changed by|nguoi|nguoi chuyen|nguoi phu trach", link="user"),
        _f("reason", Kind.TEXT, "note|comment|loss reason|ly do|ghi chu", longest=300),
    ),
    "orders": (
        _f("external_id", Kind.TEXT, _ID + "|order|order id|order number|invoice|invoice no|invoiceno|ma don|"
           "ma don hang|so don hang|so hoa don"),
        _PERSON,
        _COMPANY,
        _f("placed_at", Kind.INSTANT, "date|order date|invoice date|purchased at|created at|ngay|ngay dat|ngay mua|"
           "ngay dat hang", required=True),
        _f("channel", Kind.TEXT, "sales channel|store|kenh|kenh ban|cua hang", longest=40),
        _f("total", Kind.NUMBER, "amount|value|order total|grand total|tong|tong tien|thanh tien|gia tri"),
        _CURRENCY,
    ),
    "order-lines": (
        _f("order", Kind.TEXT, "order id|order number|invoice|invoice no|invoiceno|ma don|ma don hang|so don hang|"
           "so hoa don", required=True),
        _f("product", Kind.TEXT, "product id|sku|stock code|stockcode|item|ma san pham|ma hang|san pham",
           link="product", required=True),
        _f("product_name", Kind.TEXT, "description|product title|item name|ten san pham|ten hang|mo ta", folded=True,
           longest=300),
        _f("quantity", Kind.NUMBER, "qty|count|units|so luong|sl", required=True, scale=3, most=10**9),
        _f("unit_price", Kind.NUMBER, "unitprice|price|gia|don gia", required=True, most=10**12),
        _f("placed_at", Kind.INSTANT, "date|order date|invoice date|invoicedate|ngay|ngay dat|ngay mua", required=True),
        _PERSON,
        _COMPANY,
        _f("channel", Kind.TEXT, "sales channel|store|kenh|kenh ban|cua hang", longest=40),
        _CURRENCY,
    ),
    "interactions": (
        _f("external_id", Kind.TEXT, _ID + "|activity id|interaction id"),
        _f("kind", Kind.INTERACTION_KIND, "type|activity|activity type|loai|hoat dong", required=True),
        _f("at", Kind.INSTANT, "date|time|when|timestamp|ngay|luc|thoi diem", required=True),
        _PERSON,
        _COMPANY,
        _f("deal", Kind.TEXT, "deal id|opportunity|opportunity id|co hoi|ma co hoi", link="deal"),
        _f("channel", Kind.TEXT, "medium|kenh", longest=40),
        _f("direction", Kind.DIRECTION, "in out|chieu|huong"),
        _f("subject", Kind.TEXT, "title|summary|chu de|tieu de", longest=300),
        _f("body", Kind.LONG_TEXT, "text|note|notes|content|description|noi dung|ghi chu", longest=100_000),
        _f("minutes", Kind.INTEGER, "duration|duration minutes|length|phut|thoi luong", least=0),
    ),
    "colleagues": (
        _f("full_name", Kind.TEXT, "name|colleague|user|employee|sales agent|sales rep|salesperson|agent|ho ten|"
           "ho va ten|ten|nhan vien|nhan vien kinh doanh|dong nghiep"),
        _f("email", Kind.EMAIL, "e mail|email address|mail|dia chi email|thu dien tu", longest=254),
        _f("role", Kind.ROLE, "vai tro|quyen"),
        _f("team", Kind.TEXT, "regional office|office|region|department|group|nhom|doi|phong|phong ban|khu vuc|"
           "chi nhanh|van phong", longest=120),
        _f("parent_team", Kind.TEXT, "part of|parent|parent group|thuoc nhom|thuoc phong|nhom cap tren", longest=120),
        _f("manager", Kind.TEXT, "team lead|supervisor|sales manager|quan ly|truong nhom|truong phong|cap tren",
           link="user"),
    ),
}  # fmt: skip


# A row that gives none of these says nothing; and a file must give one of the first list.
NEEDS_ONE_OF = {
    "people": ("external_id", "full_name", "email", "phone"),
    "companies": ("name", "external_id"),
    "products": ("name", "external_id"),
    "deals": ("name", "external_id"),
    "colleagues": ("full_name", "email"),
}
SAYS_WHO = NEEDS_ONE_OF | {"deals": ("name", "external_id", "product", "company", "person")}


def fields_of(target: str) -> dict[str, Field]:
    """The fields of a target by name."""
    return {field.name: field for field in TARGETS[target]}
