"""Kept views over the API, lists that are asked by them, and records that are put away."""

from typing import Any

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Team
from rapport.identity.rights import Kind
from rapport.lists import actions, asked
from rapport.lists.bulk import operations
from rapport.lists.models import SavedView
from tests.api.conftest import ProgramMaker
from tests.conftest import ClientMaker
from tests.factories import AT, make_order, make_person, make_product, make_task


def numbers(answer: Any) -> list[int]:
    """Which records a list answers."""
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["items"]]


def test_a_view_is_kept_asked_shared_and_forgotten(program_as: ProgramMaker, team: Team) -> None:
    ask, colleague = program_as("manager", team=team), program_as("manager", team=team)
    hue, gone = make_person(province="Huế"), make_person(province="Huế", archived_at=AT)
    make_person(province="Hà Nội")
    sent = {"kind": "person", "name": " At  Huế ", "filters": {"province": ["Huế"]}, "sort": "-recorded_at"}
    made = ask("POST", "/views", sent)
    view = made.json()
    assert made.status_code == 201, made.content
    assert (view["name"], view["shared"], view["sort"], view["columns"]) == ("At Huế", "own", "-recorded_at", [])
    assert view["filters"] == {"province.one_of": ["Huế"]}
    there = f"/views/{view['id']}"
    assert made.headers["Location"] == f"/api/v1{there}"
    by_it = f"/people?view={view['id']}"
    assert numbers(ask("GET", by_it)) == [hue.pk]
    assert numbers(ask("GET", by_it + "&archived=true")) == [gone.pk]
    assert numbers(ask("GET", by_it + "&province.contains=H")) == [hue.pk]
    assert numbers(ask("GET", by_it + "&province.none_of=Huế")) == []
    for path in (f"/companies?view={view['id']}", "/people?view=nonsense", f"/people?view={'9' * 40}"):
        assert ask("GET", path).json()["errors"][0]["field"] == "view"

    assert colleague("GET", there).status_code == 404
    assert colleague("GET", by_it).status_code == 422
    shared = ask("PATCH", there, {"shared": "team", "filters": view["filters"] | {"archived": ["yes"]}}).json()
    assert (shared["team_id"], shared["sort"]) == (team.pk, "-recorded_at")
    assert numbers(colleague("GET", "/views?kind=person")) == [view["id"]]
    assert numbers(colleague("GET", by_it)) == [gone.pk]
    assert numbers(colleague("GET", by_it + "&archived=false")) == [hue.pk]
    assert colleague("PATCH", there, {"name": "Mine"}).status_code == 403
    assert ask("DELETE", there).status_code == 204
    assert numbers(ask("GET", "/views")) == []
    codes = ["lists.view_kept", "lists.view_renamed", "lists.view_changed", "lists.view_removed"]
    assert [entry.code for entry in AuditEntry.objects.filter(code__startswith="lists.").order_by("pk")] == codes


def test_what_is_wrong_with_a_view_is_named_and_keeps_nothing(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    sent: dict[str, Any] = {"kind": "person", "name": "A"}
    for wrong, field in (
        ({"filters": {"colour": ["red"]}}, "filters.colour"),
        ({"filters": {"view": ["1"]}}, "filters.view"),
        ({"filters": {"orders.at_least": ["many"]}}, "filters.orders.at_least"),
        ({"filters": {"province": "Huế"}}, "filters.province"),
        ({"columns": ["colour"]}, "columns"),
        ({"sort": "colour"}, "sort"),
        ({"name": "  "}, "name"),
        ({"kind": "segment"}, "kind"),
        ({"shared": "team"}, "shared"),
    ):
        answer = ask("POST", "/views", sent | wrong)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field]), wrong
    assert not SavedView.objects.exists()
    assert ask("POST", "/views", sent).status_code == 201
    assert ask("POST", "/views", sent).json()["errors"][0]["field"] == "name"


def test_a_shared_view_tells_nothing_of_fields_one_may_not_see(program_as: ProgramMaker) -> None:
    FieldDefinition.objects.create(
        kind="person", code="secret", type="text", label_vi="Secret", seen_by=["administrator"]
    )
    ask, owner = program_as("manager"), program_as("administrator").user
    wanted = asked.Asked(filters=(asked.Wanted("custom.secret", "one_of", ("Gold",)),), columns=("custom.secret",))
    view = actions.keep(kind=Kind.PERSON, name="Secret", asked=wanted, shared="all", by=owner, at=AT)
    make_person(custom={"secret": "Gold"})
    shown = ask("GET", f"/views/{view.pk}")
    assert (shown.json()["filters"], shown.json()["columns"], b"Gold" in shown.content) == ({}, [], False)
    refused = ask("GET", f"/people?view={view.pk}")
    assert (refused.status_code, b"Gold" in refused.content) == (422, False)


def test_lists_take_the_filters_of_their_pages(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    late, done = make_task(what="Call", due_on=AT.date()), make_task(what="Write", done_at=AT)
    assert numbers(ask("GET", "/tasks?what.contains=call")) == [late.pk]
    assert numbers(ask("GET", f"/tasks?due_on.until={AT.date()}&done=false")) == [late.pk]
    assert numbers(ask("GET", "/tasks?view=open")) == [late.pk]
    assert numbers(ask("GET", "/tasks?view=all&done.yes=1")) == [done.pk]
    cheap, dear = make_product(price=5, category="A"), make_product(price=50, category="A")
    assert numbers(ask("GET", "/products?price.at_least=10&category=A")) == [dear.pk]
    assert numbers(ask("GET", "/products?category=A&sort=-id")) == [dear.pk, cheap.pk]
    assert ask("GET", "/tasks?sort=what").json()["errors"][0]["field"] == "sort"
    assert ask("GET", "/products?colour=red").status_code == 400
    assert ask("GET", "/deals?rotting=yes&expected_close_on.since=2026-01-01").status_code == 200


def test_an_order_and_a_product_are_put_away_and_fetched_back(program_as: ProgramMaker) -> None:
    ask, product = program_as("manager"), make_product()
    order = make_order((product, 1, 100))
    for section, record in (("orders", order), ("products", product)):
        there = f"/{section}/{record.pk}"
        first = ask("POST", there + "/archive").json()
        assert (first["version"], bool(first["archived_at"])) == (2, True)
        assert ask("POST", there + "/archive").json() == first
        assert numbers(ask("GET", f"/{section}")) == []
        assert numbers(ask("GET", f"/{section}?archived=true")) == [record.pk]
        assert numbers(ask("GET", f"/{section}?archived=true&recorded_at.since=2020-01-01")) == [record.pk]
        assert (ask("POST", there + "/restore").json()["archived_at"], numbers(ask("GET", f"/{section}"))) == (
            None, [record.pk],
        )  # fmt: skip
        record.refresh_from_db()
        assert record.version == 3
        assert program_as("viewer")("POST", there + "/archive").status_code == 403
    assert "archive" in dict(operations.offered(ask.user, Kind.ORDER))
    told = [entry.name for entry in OutboxEntry.objects.order_by("pk")]
    assert told == ["OrderArchived", "OrderRestored", "ProductArchived", "ProductRestored"]
    assert AuditEntry.objects.filter(code__startswith="commerce.").count() == 4


def test_the_documentation_lets_files_and_filters_be_tried(client_as: ClientMaker) -> None:
    page = client_as("viewer").get("/api/docs/").content.decode()
    for operation, place in (("add_person_file", "form"), ("add_document", "file"), ("list_tasks", "further")):
        told = page.partition(f'id="{operation}"')[2].partition("</form>")[0]
        assert f'data-place="{place}"' in told, operation
    assert "<code>custom.tier=gold</code>" in page
