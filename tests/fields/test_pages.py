"""Own fields on pages: defined in the settings, filled in, shown, hidden from roles, turned, deleted."""

from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core.models import AuditEntry
from rapport.fields import tasks
from rapport.fields.models import FieldDefinition
from rapport.people.models import Company
from tests.conftest import ClientMaker
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db
BASE = "/settings/fields/company/"


def define(client: Client, **given: Any) -> FieldDefinition:
    sent = {"label_vi": "Nhãn", "label_en": "", "type": "text"} | given
    answer = client.post(f"{BASE}new/", sent)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return FieldDefinition.objects.latest("pk")


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_field_is_defined_filled_in_shown_turned_and_deleted(client_as: ClientMaker) -> None:
    admin = client_as("administrator")
    define(
        admin, label_vi="<b>Ngân sách</b>", label_en="<b>Budget</b>", section="Mua hàng", type="money", required="on"
    )
    tier = define(admin, label_vi="Hạng", label_en="Tier", type="choice", choices="Vàng | Gold\nBạc | Silver")
    link = define(admin, label_vi="Người giới thiệu", type="link", target_kind="person")
    note = define(admin, label_vi="Ghi chú", code="email", seen_by=["manager"])
    assert [each["code"] for each in tier.choices] == ["vang", "bac"]
    assert list(FieldDefinition.objects.values_list("code", "position")) == [
        ("b_ngan_sach_b", 0), ("hang", 1), ("nguoi_gioi_thieu", 2), ("email", 3)
    ]  # fmt: skip
    assert "&lt;b&gt;Budget" in body(admin, BASE)
    seller = client_as("seller")
    ann = make_person(full_name="Ann", owner=seller.user)  # type: ignore[attr-defined]
    hidden = make_person(full_name="Hidden", owner=make_user())
    sent = {"name": "Thép Việt", "country": "VN", "owner": seller.user.pk}  # type: ignore[attr-defined]
    own = {"custom.b_ngan_sach_b_amount": "1.250.000", "custom.b_ngan_sach_b_currency": "VND", "custom.hang": "vang"}
    refused = seller.post("/companies/new/", sent | {"custom.nguoi_gioi_thieu": f"Hidden #{hidden.pk}"})
    assert refused.status_code == 422
    assert refused.content.decode().count("field-errors") == 2
    assert "custom.email" not in refused.content.decode()
    assert not Company.objects.exists()
    answer = seller.post(
        "/companies/new/", sent | own | {"custom.nguoi_gioi_thieu": f"Ann #{ann.pk}", "custom.email": "x"}
    )
    company = Company.objects.get()
    assert answer.status_code == 302
    assert company.custom == {
        "b_ngan_sach_b": {"amount": "1250000.00", "currency": "VND"}, "hang": "vang", "nguoi_gioi_thieu": ann.pk
    }  # fmt: skip
    shown = body(seller, f"/companies/{company.pk}/")
    assert "1,250,000" in shown
    assert f"/people/{ann.pk}/" in shown
    assert "Ghi chú" not in shown
    assert "Ghi chú" in body(client_as("manager"), f"/companies/{company.pk}/")
    form = body(seller, f"/companies/{company.pk}/edit/")
    assert 'value="1250000"' in form
    assert f"Ann #{ann.pk}" in form
    answer = admin.post(f"{BASE}{tier.pk}/type/", {"to": "text", "version": 1})
    assert "1" in answer.content.decode()
    assert Company.objects.get().custom["hang"] == "vang"
    admin.post(f"{BASE}{tier.pk}/type/", {"to": "text", "version": 1, "confirmed": "1"})
    company.refresh_from_db()
    assert company.custom["hang"] == "Vàng"
    tasks.find_again(**ProcrastinateJob.objects.get(task_name="rapport.fields.tasks.find_again").args)
    company.refresh_from_db()
    assert "vang" in company.search_text
    assert company.version == 2
    wrong = admin.post(f"{BASE}{link.pk}/delete/", {"typed": "Hạng", "version": 1})
    assert wrong.status_code == 422
    assert FieldDefinition.objects.filter(pk=link.pk).exists()
    admin.post(f"{BASE}{link.pk}/delete/", {"typed": "người giới thiệu", "version": 1})
    assert "nguoi_gioi_thieu" not in Company.objects.get().custom
    admin.post(f"{BASE}{note.pk}/retire/")
    assert "email" in body(admin, BASE)
    codes = AuditEntry.objects.filter(code__startswith="fields.").values_list("code", flat=True)
    assert {"fields.added", "fields.turned", "fields.deleted", "fields.retired"} <= set(codes)
