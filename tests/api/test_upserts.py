"""Many rows at once over the API."""

from typing import Any

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.identity.models import Team
from rapport.people.models import Affiliation, Company, Person
from tests.api.conftest import Program, ProgramMaker
from tests.factories import make_company, make_person


def test_each_row_is_created_changed_left_or_refused(program_as: ProgramMaker, team: Team) -> None:
    ask = program_as("manager", team=team)
    make_company(name="An Phát")
    make_person(full_name="Đỗ Bình", email="binh@example.com")
    rows: list[Any] = [
        {"external_id": "A1", "full_name": "Nguyễn Thị  An", "email": "AN@example.com", "phone": "0901 234 567",
         "company": "an phát", "title": "Giám đốc", "owner_id": ask.user.pk, "tags": ["vip", "VIP"]},
        {"email": "binh@example.com", "full_name": "Đỗ Bình", "province": "Hà Nội"},
        {"email": "an@example.com", "birthday": "1990-02-14"},
        {"full_name": "Ai đó", "email": "nobody.example.com", "nickname": "x"},
        {"full_name": "Ai đó", "email": "nobody.example.com"},
        {"full_name": "Người Mới", "company": "Không ai biết"},
        {"province": "Hà Nội"},
        "text",
        {"external_id": "A2", "full_name": "Owned", "owner_id": 999_999},
    ]  # fmt: skip
    told = ask("POST", "/people/upsert", {"rows": rows})
    assert told.status_code == 200, told.content
    found = told.json()
    statuses = [row["status"] for row in found["rows"]]
    assert statuses == ["created", "changed", "created", *["rejected"] * 6], found
    assert {name: found[name] for name in ("created", "changed", "unchanged", "rejected")} == {
        "created": 2, "changed": 1, "unchanged": 0, "rejected": 6,
    }  # fmt: skip
    fields = [[error["field"] for error in row.get("errors", ())] for row in found["rows"]]
    assert fields == [[], [], [], ["nickname"], ["email"], ["company"], ["row"], ["row"], ["owner_id"]]
    an = Person.objects.get(pk=found["rows"][0]["id"])
    assert found["rows"][2]["id"] == an.pk
    assert (an.full_name, an.email, an.phone, an.tags) == ("Nguyễn Thị An", "an@example.com", "+84901234567", ["vip"])
    assert (an.owner_id, an.team_id, str(an.birthday)) == (ask.user.pk, team.pk, "1990-02-14")
    assert (an.sort_name, an.search_text) == ("nguyen thi an", "nguyen thi an")
    assert Affiliation.objects.get().title == "Giám đốc"
    assert Person.objects.count() == 2
    assert Person.objects.get(email="binh@example.com").province == "Hà Nội"
    entry, event = AuditEntry.objects.get(code="api.upserted"), OutboxEntry.objects.get(name="PeopleUpserted")
    assert entry.data["created"] == 1
    assert event.payload["created"] == [an.pk]

    again = ask("POST", "/people/upsert", {"rows": rows[:2]}).json()
    assert [row["status"] for row in again["rows"]] == ["unchanged", "unchanged"]


def test_companies_and_products(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    sent = [{"name": "Công ty Bình Minh", "tax_id": "0100109106"}, {"tax_id": "0100109106", "name": "Bình Minh"}]
    told = ask("POST", "/companies/upsert", {"rows": sent}).json()
    assert told["created"] == 2
    assert told["rows"][0]["id"] == told["rows"][1]["id"]
    company = Company.objects.get()
    assert company.name == "Bình Minh"
    assert company.search_text.startswith("binh minh 0100109106")
    product = ask("POST", "/products/upsert", {"rows": [{"external_id": "S1", "name": "Bàn", "price": "12.5"}]})
    assert product.json()["rows"][0]["status"] == "created"
    assert ask("GET", "/products?q=ban").json()["items"][0]["price"] == "12.5000"


def test_only_who_reaches_all_may_and_a_call_has_bounds(program_as: ProgramMaker, team: Team) -> None:
    for ask in (program_as("seller", team=team), program_as("viewer")):
        refused = ask("POST", "/people/upsert", {"rows": [{"full_name": "An"}]})
        assert refused.status_code == 403, refused.content
    admin: Program = program_as("administrator")
    assert admin("POST", "/people/upsert", {"rows": []}).status_code == 422
    assert admin("POST", "/people/upsert", {"rows": [{"full_name": "An"}] * 1001}).status_code == 422
    assert not Person.objects.exists()
