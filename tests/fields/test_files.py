"""Own fields in files: guessed by their labels, read like typed, merged into what is there, refused where hidden."""

from pathlib import Path
from typing import Any

import pytest

from rapport.commerce.models import Order
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Right
from rapport.identity.rights import Reach
from rapport.imports import mapping
from rapport.imports.engine import Request, Result, run_file
from rapport.imports.mapping import BadMapping, Mapping
from rapport.imports.own import own_fields
from rapport.people.models import Company
from tests.factories import AT, make_company, make_order, make_person, make_product, make_user

pytestmark = pytest.mark.django_db
FILE = """Công ty,Ngân sách,Hạng,Thị trường,Ngày hết hạn,Điểm,Còn hoạt động,Người giới thiệu,Ghi chú
Thép Việt,12.500.000,vàng,Nhật; Đức,31/05/2026,"1,5",có,Trần Thị Ánh,Sắt thép
Gỗ Nam,7.000.000,bạc,,,2,không,,
Sai Một,5.000.000,kim cương,,,3,,,
"""


def define(code: str, type: str, label: str, **more: Any) -> FieldDefinition:
    given = {"kind": "company", "position": FieldDefinition.objects.count()}
    return FieldDefinition.objects.create(code=code, type=type, label_vi=label, **given | more)


def defined() -> None:
    tiers = [{"code": "gold", "label_vi": "Vàng", "label_en": "Gold"}, {"code": "silver", "label_vi": "Bạc"}]
    markets = [{"code": "jp", "label_vi": "Nhật"}, {"code": "de", "label_vi": "Đức"}]
    define("budget", "money", "Ngân sách")
    define("tier", "choice", "Hạng", choices=tiers)
    define("markets", "choices", "Thị trường", choices=markets)
    define("ends", "date", "Ngày hết hạn")
    define("points", "number", "Điểm")
    define("active", "yes_no", "Còn hoạt động", default=True)
    define("by", "link", "Người giới thiệu", target_kind="person")
    define("first", "link", "Đơn đầu tiên", target_kind="order")
    define("note", "text", "Ghi chú", filtered=True)
    define("secret", "text", "Mật", seen_by=["manager"])


def loaded(folder: Path, text: str, **more: Any) -> Result:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    chosen = more.pop("chosen", None)
    if chosen is None:
        header = text.splitlines()[0].split(",")
        chosen = mapping.guess("companies", header, own=own_fields("companies", by_id=more.get("by_id")))
    request = Request(target="companies", mapping=chosen, keep_good=True, **more)
    return run_file(path, request, at=AT, scratch=folder / "scratch")


def test_a_file_fills_own_fields_and_keeps_what_it_does_not_say(tmp_path: Path) -> None:
    defined()
    person = make_person(full_name="Trần Thị Ánh")
    known = make_company(name="Gỗ Nam", custom={"note": "cũ", "points": 9})
    result = loaded(tmp_path, FILE)
    assert (result.created, result.updated, result.rejected) == (1, 1, 1)
    assert [(each.field, each.code, each.value) for each in result.problems] == [
        ("custom_tier", "bad_own", "kim cương")
    ]  # fmt: skip
    made = Company.objects.get(name="Thép Việt")
    assert made.custom == {
        "budget": {"amount": "12500000.00", "currency": "VND"}, "tier": "gold", "markets": ["de", "jp"],
        "ends": "2026-05-31", "points": 1.5, "active": True, "by": person.pk, "note": "Sắt thép",
    }  # fmt: skip
    assert "sat" in made.search_text.split()
    known.refresh_from_db()
    assert known.custom == {
        "budget": {"amount": "7000000.00", "currency": "VND"}, "tier": "silver", "points": 2, "active": False,
        "note": "cũ",
    }  # fmt: skip
    again = loaded(tmp_path, FILE)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    bare = loaded(tmp_path, "Công ty\nMới Tinh\n")
    assert bare.created == 1
    assert Company.objects.get(name="Mới Tinh").custom == {"active": True}


def test_a_link_to_an_order_is_found_by_its_number_and_never_makes_one(tmp_path: Path) -> None:
    defined()
    order = make_order((make_product(), 1, 5), external_id="DH-7")
    result = loaded(tmp_path, "Công ty,Đơn đầu tiên\nGỗ Nam,DH-7\nThép Việt,DH-8\n")
    assert [(each.field, each.value) for each in result.problems] == [("custom_first", "DH-8")]
    assert [each.custom["first"] for each in Company.objects.all()] == [order.pk]
    assert Order.objects.count() == 1


def refused(folder: Path, name: str, *, by_id: int) -> None:
    toml = f'[columns]\n"Công ty" = "name"\n"Mật" = "custom.{name}"\n'
    loaded(folder, "Công ty,Mật\nA,x\n", chosen=mapping.from_toml(toml, target="companies"), by_id=by_id)


def test_fields_that_are_not_there_or_not_for_this_user_are_refused_by_name(tmp_path: Path) -> None:
    defined()
    seller = make_user(role="seller")
    assert "custom_secret" not in {one.name for one in own_fields("companies", by_id=seller.pk)}
    for name in ("secret", "nothing", "budget.amount"):
        with pytest.raises(BadMapping, match=f"custom.{name}|{name}"):
            refused(tmp_path, name, by_id=seller.pk)
    with pytest.raises(BadMapping, match="people"):
        mapping.from_toml('[columns]\n"A" = "companies.custom.note"\n', target="people")
    assert not Company.objects.exists()
    manager = make_user(role="manager")
    assert "custom_by" in {one.name for one in own_fields("companies", by_id=manager.pk)}
    Right.objects.filter(role__code="manager", kind="person", action="see").update(reach=Reach.TEAM)
    assert "custom_by" not in {one.name for one in own_fields("companies", by_id=manager.pk)}
    chosen = Mapping(columns={"name": "Công ty", "custom_secret": "Mật"})
    assert loaded(tmp_path, "Công ty,Mật\nA,x\n", chosen=chosen, by_id=manager.pk).created == 1
    assert Company.objects.get().custom == {"secret": "x", "active": True}
