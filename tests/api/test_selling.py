"""Deals, their parts, quotes, segments and imports over the API: one walk through each."""

from typing import Any

from rapport.deals.models import Deal, Stage, StageRequirement
from rapport.imports.models import Import
from tests.api.conftest import ProgramMaker
from tests.factories import make_company, make_person, make_pipeline


def test_a_deal_moves_where_its_stage_lets_it(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    company, person = make_company(), make_person()
    stages = list(Stage.objects.filter(pipeline=make_pipeline()).order_by("position"))
    made = ask("POST", "/deals", {"name": "Chairs", "company_id": company.pk, "stage_id": stages[0].pk, "amount": "5"})
    assert made.status_code == 201, made.content
    deal = made.json()
    place = f"/deals/{deal['id']}"
    assert (deal["status"], deal["amount"]) == ("open", "5.00")
    assert ask("POST", "/deals", {"name": "Nobody's"}).json()["errors"][0]["field"] == "company_id"

    StageRequirement.objects.create(stage=stages[1], kind="role", subject="buyer", is_hard=True)
    unmet = ask("POST", place + "/move", {"stage_id": stages[1].pk, "version": 1})
    assert unmet.status_code == 409
    assert unmet.json()["type"].endswith("requirements-unmet")
    assert (unmet.json()["unmet"][0]["subject"], unmet.json()["may_override"]) == ("buyer", True)
    assert Deal.objects.get().stage_id == stages[0].pk
    seat = ask("POST", place + "/committee", {"person_id": person.pk, "roles": ["buyer"], "coverage": "several"})
    assert seat.status_code == 201, seat.content
    assert ask("GET", place + "/committee/coverage").status_code == 200
    moved = ask("POST", place + "/move", {"stage_id": stages[1].pk, "override": "Boss said so"}, If_Match='"1"')
    assert moved.json()["stage_id"] == stages[1].pk
    assert len(ask("GET", place + "/stage-changes").json()["items"]) == 2
    changed = ask("PATCH", place, {"amount": "7", "version": 2}).json()
    assert [each["after"] for each in ask("GET", place + "/changes").json()["items"]] == [changed["amount"]]

    quote = ask("POST", place + "/quotes").json()
    rate = ask("GET", "/tax-rates").json()["items"][0]["id"]
    lines: list[Any] = [{"description": "Chair", "quantity": "2", "unit_price": "100", "tax_rate_id": rate}]
    drafted = ask("PATCH", f"/quotes/{quote['id']}", {"version": quote["version"], "lines": lines})
    assert drafted.json()["net"] == "200.00", drafted.content
    wrong = ask("PATCH", f"/quotes/{quote['id']}", {"version": 2, "lines": [lines[0] | {"description": ""}]})
    assert wrong.json()["errors"][0]["field"].startswith("lines.0.")
    done = ask("POST", f"/quotes/{quote['id']}/submit", {"version": drafted.json()["version"]})
    assert done.json()["status"] == "approved", done.content


def test_a_segment_and_what_is_wrong_with_its_rule(program_as: ProgramMaker) -> None:
    ask = program_as("marketer")
    rule = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
    made = ask("POST", "/segments", {"name": "Vip", "rule": rule})
    assert made.status_code == 201, made.content
    wrong = ask("POST", "/segments", {"name": "Other", "rule": {"all": [{"field": "nonsense", "is": "x"}]}})
    assert wrong.json()["errors"][0]["field"] == "rule"
    assert ask("POST", "/segments", {"name": "Vip", "rule": rule}).json()["errors"][0]["field"] == "name"
    assert ask("GET", f"/segments/{made.json()['id']}/members").json() == {"items": [], "next": None}


def test_a_file_is_sent_as_it_is_and_loaded_in_the_background(
    program_as: ProgramMaker, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path
    ask = program_as("administrator")
    sent = ask("POST", "/imports?target=people&file_name=a.csv", {"data": 1})
    assert sent.status_code in (201, 422)
    made = ask.client.generic(
        "POST", "/api/v1/imports?target=people&file_name=a.csv", "full_name,phone\nAn,0901234567\n", "text/csv"
    )
    assert made.status_code == 201, made.content
    place = f"/imports/{made.json()['id']}"
    assert [each["name"] for each in ask("GET", place + "/columns").json()["items"]] == ["full_name", "phone"]
    assert ask("POST", place + "/check").status_code == 409
    wrong = ask("PUT", place + "/mapping", {"columns": {"nonsense": "full_name"}})
    assert wrong.json()["errors"][0]["field"] == "columns"
    assert ask("PUT", place + "/mapping", {}).json()["mapping"]["columns"]["phone"] == "phone"
    assert ask("POST", place + "/load").json()["status"] == "queued"
    assert ask("DELETE", place).status_code == 409
    assert Import.objects.filter(status="queued").count() == 1
