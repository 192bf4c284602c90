"""Pages of lists: filters as chips, columns, kept views, the list as a file."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Right, Role, User
from rapport.lists.models import FirstView, SavedView
from tests.factories import make_company, make_deal, make_order, make_person, make_team

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def file(response: object) -> bytes:
    """What was streamed."""
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_filter_is_added_changed_and_taken_away(client_as: ClientMaker) -> None:
    make_company(name="Large", employees=1200)
    make_company(name="Small", employees=3)
    client = client_as("manager")
    form = client.get("/companies/?adding=employees&op=at_least", headers=HTMX | {"HX-Target": "filter-form"})
    assert form.content.decode().lstrip().startswith("<form")
    sent = {"with": "employees", "op": "at_least", "given": "1,000", "sort": "name", "view": "all"}
    plain = client.get("/companies/", sent)
    assert (plain.status_code, plain["Location"]) == (302, "/companies/?employees.at_least=1000&sort=name&view=all")
    part = client.get("/companies/", sent, headers=HTMX)
    assert part["HX-Push-Url"] == plain["Location"]
    assert [row.record.name for row in part.context["page"].rows] == ["Large"]
    [chip] = part.context["list"].chips
    assert (chip.label, chip.said) == ("Employees", "at least 1,000")
    assert [row.record.name for row in client.get(chip.remove).context["page"].rows] == ["Large", "Small"]
    changing = client.get(chip.change).context["filter_form"]
    assert (changing.operator.name, changing.first, changing.instead) == ("at_least", "1000", "employees.at_least")
    wrong = client.get("/companies/", sent | {"given": "lots"})
    assert (wrong.status_code, wrong.context["filter_form"].problem) == (422, "This is not a number.")
    assert client.get("/companies/?employees.between=9..1&nope=1").content.decode().count("was left out") == 2


def test_columns_are_chosen_and_moved(client_as: ClientMaker) -> None:
    make_company()
    client = client_as("manager")
    page = client.get("/companies/?columns=owner&columns=industry&columns=tags").context["page"]
    assert [column.code for column in page.columns] == ["name", "owner", "industry", "tags"]
    moved = client.get("/companies/?columns=name&columns=owner&columns=industry&up=industry&sort=name&view=all")
    assert "columns=name,industry,owner" in moved["Location"]


def test_a_view_is_kept_shared_and_shows_each_what_is_theirs(client_as: ClientMaker) -> None:
    team = make_team()
    client, other = client_as("seller", team=team), client_as("seller", team=make_team())
    make_company(name="Ours", team=team, industry="Rice")
    state = "industry=Rice&columns=name,industry&sort=-name"
    client.post("/lists/company/views/", {"name": "Rice", "state": state, "shared": "own"})
    view = SavedView.objects.get()
    address = f"/companies/?view={view.pk}"
    assert [row.record.name for row in client.get(address).context["page"].rows] == ["Ours"]
    assert other.get(address).context["list"].view.code == "all"
    client.post(f"/lists/views/{view.pk}/", {"name": "Rice again", "shared": "all"})
    seen = other.get(address)
    assert (seen.context["list"].view.label, seen.context["page"].rows) == ("Rice again", [])
    assert other.post(f"/lists/views/{view.pk}/remove/").status_code == 403
    other.post("/lists/company/begin/", {"view": str(view.pk)})
    assert other.get("/companies/").context["list"].view.label == "Rice again"
    client.post(f"/lists/views/{view.pk}/update/", {"state": "sort=name"})
    assert other.get("/companies/").context["list"].asked.filters == ()
    doubled = client.post("/lists/company/views/", {"name": "rice AGAIN", "state": state, "shared": "own"}, follow=True)
    assert "a view of this name already" in doubled.content.decode()
    client.post(f"/lists/views/{view.pk}/remove/")
    assert not SavedView.objects.exists() | FirstView.objects.exists()
    assert other.post("/lists/company/begin/", {"view": str(view.pk)}).status_code == 404


def test_the_file_holds_what_is_asked_for_and_is_noted(client_as: ClientMaker) -> None:
    make_person(full_name="=cmd()", phone="+84912345678", province="Huế", tags=["+a"])
    make_person(full_name="Other", province="Hà Nội")
    client = client_as("manager")
    lines = file(client.get("/lists/person/export/?province=Huế&columns=phone,name,tags&sort=name")).decode()
    assert lines.splitlines() == ["\ufeffPhone,Name,Tags", "+84912345678,'=cmd(),'+a"]
    bare = file(client.get("/lists/person/export/?columns=name&mark=no&sort=-name")).decode()
    assert bare.splitlines() == ["Name", "Other", "'=cmd()"]
    note = AuditEntry.objects.filter(code="lists.export_done").order_by("pk").first()
    assert note is not None
    assert (note.data["rows"], note.data["complete"]) == (1, True)
    assert note.data["filters"] == [["province", "one_of", ["Huế"]]]
    assert client.get("/lists/person/export/?nope=1").status_code == 422
    assert client.get("/lists/nothing/export/").status_code == 404
    make_order(external_id="HD-1", total=Decimal("1500.5"))
    book = openpyxl.load_workbook(io.BytesIO(file(client.get("/lists/order/export/?format=xlsx&columns=number,total"))))
    assert [list(row) for row in book.worksheets[0].iter_rows(values_only=True)] == [
        ["Order", "Total", "Total: currency"], ["HD-1", 1500.5, "VND"],
    ]  # fmt: skip


def test_no_cell_of_a_file_runs(client_as: ClientMaker) -> None:
    choice = {"code": "x", "label_vi": "=2+2", "label_en": "=2+2", "retired": False}
    for place, (type_, more) in enumerate((("text", {}), ("choice", {"choices": [choice]}), ("money", {}))):
        FieldDefinition.objects.create(kind="company", code=f"f{place}", type=type_, label_vi=f"@f{place}", **more)
    bad = "=cmd|' /C calc'!A0"
    custom = {"f0": f"a;{bad}", "f1": "x", "f2": {"amount": "-0.00000100", "currency": "VND"}}
    make_company(name=bad, tags=["@a", "＝b"], industry="-1", custom=custom)
    client, columns = client_as("manager"), "columns=name,tags,industry,custom.f0,custom.f1,custom.f2"
    text = file(client.get(f"/lists/company/export/?{columns}&mark=no")).decode()
    assert list(csv.reader(io.StringIO(text))) == [
        ["Name", "Tags", "Industry", "'@f0", "'@f1", "'@f2", "'@f2: currency"],
        ["'=cmd|' /C calc'!A0", "'@a, ＝b", "'-1", "a;'=cmd|' /C calc'!A0", "'=2+2", "-0.000001", "VND"],
    ]
    assert not re.search(r"(^|[,;\"])[=@+＝]", text, re.MULTILINE)
    book = openpyxl.load_workbook(io.BytesIO(file(client.get(f"/lists/company/export/?format=xlsx&{columns}"))))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert [cell.value for cell in cells[7:10]] == [bad, "@a, ＝b", "-1"]


def test_the_file_reaches_as_far_as_the_right_to_export(client_as: ClientMaker) -> None:
    role = Role.objects.create(code="careful", name="Careful", position=9)
    for action, reach in (("see", 3), ("export", 1)):
        Right.objects.create(role=role, kind="company", action=action, reach=reach)
    client = client_as("viewer")
    user = User.objects.get()
    User.objects.filter(pk=user.pk).update(role="careful")
    make_company(name="Mine", owner=user)
    make_company(name="Theirs", team=make_team())
    assert len(client.get("/companies/").context["page"].rows) == 2
    assert file(client.get("/lists/company/export/?columns=name")).decode().splitlines()[1:] == ["Mine"]
    assert client.get("/lists/deal/export/").status_code == 403


def test_sums_of_deals_follow_the_filters(client_as: ClientMaker) -> None:
    make_deal(name="A", amount=Decimal(5))
    make_deal(name="B", amount=None)
    client = client_as("manager")
    sums = client.get("/deals/?amount.at_least=1").context["sums"]
    assert (sums.deals, sums.without_amount, sums.amounts[0].total) == (1, 0, 5)
    assert [row.record.name for row in client.get("/deals/?amount.unknown=1").context["page"].rows] == ["B"]
