"""Which column is which field: guessed, written in TOML, refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.imports import mapping
from rapport.imports.fields import TARGETS
from rapport.imports.mapping import BadMapping, Mapping
from rapport.imports.readers.source import tidy_header

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
VIETNAMESE = {
    "people": {
        "Mã khách hàng": "external_id", "Họ và tên": "full_name", "Địa chỉ email": "email", "Số điện thoại": "phone",
        "Công ty": "company", "Chức vụ": "title", "Tỉnh/Thành phố": "province", "Quốc gia": "country",
        "Ngôn ngữ": "language", "Ngày sinh": "birthday", "Người phụ trách": "owner", "Nhãn": "tags", "Nguồn": "source",
    },
    "companies": {
        "Mã doanh nghiệp": "external_id", "Tên công ty": "name", "Mã số thuế": "tax_id", "Website": "domain",
        "Ngành nghề": "industry", "Công ty mẹ": "parent", "Số nhân viên": "employees", "Doanh thu": "revenue",
        "Tỉnh thành": "province", "Quốc gia": "country", "Phụ trách": "owner", "Thẻ": "tags",
    },
    "deals": {
        "Mã cơ hội": "external_id", "Tên cơ hội": "name", "Doanh nghiệp": "company", "Người liên hệ": "person",
        "Quy trình": "pipeline", "Giai đoạn": "stage", "Giá trị": "amount", "Tiền tệ": "currency",
        "Nhân viên kinh doanh": "owner", "Sản phẩm": "product", "Ngày tạo": "created_at",
        "Dự kiến chốt": "expected_close_on", "Ngày chốt": "closed_at",
    },
    "order-lines": {
        "Số hóa đơn": "order", "Mã hàng": "product", "Tên hàng": "product_name", "Số lượng": "quantity",
        "Đơn giá": "unit_price", "Ngày mua": "placed_at", "Mã khách": "person", "Kênh": "channel",
    },
}  # fmt: skip
ENGLISH = {
    "people": {"Customer ID": "external_id", "Customer Name": "full_name", "E-mail Address": "email",
               "Mobile": "phone", "Account Name": "company", "Job Title": "title", "City": "province",
               "Date of Birth": "birthday", "Account Manager": "owner", "Lead Source": "source"},
    "orders": {"Order Number": "external_id", "CustomerID": "person", "Order Date": "placed_at", "Grand Total": "total",
               "Currency Code": "currency", "Store": "channel"},
    "interactions": {"Activity ID": "external_id", "Activity Type": "kind", "Timestamp": "at", "Contact": "person",
                     "Organisation": "company", "Opportunity": "deal", "Notes": "body", "Duration": "minutes"},
}  # fmt: skip


@given(st.data())
@pytest.mark.parametrize("known", [VIETNAMESE, ENGLISH], ids=["vi", "en"])
def test_any_order_of_known_headers_maps_right(known: dict[str, dict[str, str]], data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(sorted(known)))
    header = data.draw(st.permutations([*known[target], "Something else", "Ghi chép"]))
    guessed = mapping.guess(target, tidy_header(header))
    assert guessed.columns == {field: column for column, field in known[target].items()}


@pytest.mark.parametrize("target", list(TARGETS))
@given(st.data())
def test_a_header_of_field_names_needs_no_mapping(target: str, data: st.DataObject) -> None:
    header = data.draw(st.permutations([field.name for field in TARGETS[target]]))
    assert mapping.guess(target, header).columns == {name: name for name in header}


def test_a_field_of_its_own_name_beats_a_usual_one() -> None:
    guessed = mapping.guess("people", ["name", "full_name", "id"])
    assert guessed.columns == {"full_name": "full_name", "external_id": "id"}


def test_case_accents_and_signs_do_not_matter() -> None:
    assert mapping.guess("people", ["HO VA TEN", "so_dien_thoai", "E-Mail"]).columns == {
        "full_name": "HO VA TEN",
        "phone": "so_dien_thoai",
        "email": "E-Mail",
    }


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_examples_are_sound(path: Path) -> None:
    assert mapping.from_toml(path.read_text(encoding="utf-8"), target=path.stem).columns


def test_every_section_is_read() -> None:
    text = """
        [columns]
        "Mã  đơn" = "orders.external_id"
        "Khách" = "person"
        "Ngày" = "orders.placed_at"
        [constants]
        "orders.currency" = "USD"
        [formats]
        "orders.placed_at" = "%d/%m/%y"
        "total" = "1.234,56"
        [values.channel]
        "shop" = "store"
        "?" = ""
        [key]
        columns = ["Khách", "Ngày"]
    """
    assert mapping.from_toml(text, target="orders") == Mapping(
        columns={"external_id": "Mã đơn", "person": "Khách", "placed_at": "Ngày"},
        constants={"currency": "USD"},
        formats={"placed_at": "%d/%m/%y", "total": "1.234,56"},
        key=["Khách", "Ngày"],
        values={"channel": {"shop": "store", "?": ""}},
    )


def test_one_column_may_fill_several_fields_and_the_key_may_be_a_list() -> None:
    found = mapping.from_toml('key = ["p"]\n[columns]\n"p" = ["external_id", "products.name"]\n', target="products")
    assert found == Mapping(columns={"external_id": "p", "name": "p"}, key=["p"])


def test_a_stored_mapping_comes_back_as_it_was() -> None:
    made = Mapping(columns={"name": "n"}, stages={"open": ["A"]}, values={"name": {"a": "b"}})
    assert mapping.from_json(made.as_json()) == made
    assert mapping.from_json({"columns": {"name": "n"}, "gone": 1}) == Mapping(columns={"name": "n"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[columns", "not TOML"),
        ("[colums]\n", "colums"),
        ('[columns]\n"a" = "people.shoe_size"\n', "shoe_size"),
        ('[columns]\n"a" = "deals.name"\n', "no field of people"),
        ('[columns]\n"a" = 7\n', "columns.a"),
        ('[columns]\n"a" = [1]\n', "columns.a"),
        ('[columns]\n"a" = "email"\n"b" = "email"\n', "email"),
        ("columns = 3\n", "columns"),
        ('[constants]\n"x" = "y"\n', "no field"),
        ('[values]\ncountry = "VN"\n', "country"),
        ('[key]\ncolumns = "a"\n', "key"),
        ('[stages]\nmaybe = ["A"]\n', "stages.maybe"),
        ('[stages]\nopen = "A"\n', "stages.open"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(BadMapping, match=said.replace(".", r"\.")):
        mapping.from_toml(text, target="people")


@pytest.mark.parametrize(
    ("target", "chosen", "said"),
    [
        ("people", Mapping(columns={"email": "mail"}), "no column “mail”"),
        ("people", Mapping(columns={"email": "a"}, key=["k"]), "no column “k”"),
        ("people", Mapping(), "None of the file's columns"),
        ("people", Mapping(columns={"phone": "a"}, formats={"phone": "%d"}), "no format"),
        ("people", Mapping(columns={"email": "a", "birthday": "b"}, formats={"birthday": "dd/mm/yyyy"}), "no format"),
        ("people", Mapping(columns={"email": "a", "birthday": "b"}, formats={"birthday": "%d/%Q"}), "no format"),
        ("people", Mapping(columns={"title": "a"}), "At least one"),
        ("orders", Mapping(columns={"total": "a"}), "placed_at"),
        ("affiliations", Mapping(columns={"person": "a"}), "company"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_says_why(target: str, chosen: Mapping, said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        mapping.check(chosen, target=target, header=["a", "b"])


def test_a_good_mapping_passes() -> None:
    formats = {"birthday": "%d-%b-%y"}
    mapping.check(Mapping(columns={"email": "a", "birthday": "b"}, formats=formats), target="people", header=["a", "b"])
