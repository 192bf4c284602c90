"""Segments through the client: the list, the builder, one segment's page, its files, and who may do what."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import clock
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.people.models import Person
from rapport.segments import actions, rules
from rapport.segments.models import Member, Segment
from rapport.segments.refresh import refresh
from rapport.web.segments import tree
from tests.factories import AT, make_order, make_person, make_product

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
VIP = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
ROLES = ("nobody", "administrator", "manager", "marketer", "viewer", "seller", "service")
SEE = {"administrator", "manager", "marketer", "viewer"}
MAKE = {"administrator", "manager", "marketer"}
FORM = {"0.how": "all", "0-0.field": "tags", "0-0.was": "tags", "0-0.is": "any_of", "0-0.value.list": "1",
        "0-0.value": ["vip"], "0-0.shape": "list", "name": "Important", "about": "For the call centre"}  # fmt: skip


def make_segment(name: str = "Important", rule: dict[str, Any] = VIP) -> Segment:
    """A segment that is up to date."""
    segment = actions.create(name=name, rule=rules.parse(rule), by=None, at=AT)
    refresh(as_of=AT.date(), at=AT)
    segment.refresh_from_db()
    return segment


def state() -> dict[str, Any]:
    """Everything that a request about segments could change."""
    return {
        "segments": list(Segment.objects.order_by("pk").values()),
        "members": list(Member.objects.order_by("pk").values()),
        "audit": AuditEntry.objects.aggregate(last=Max("pk")),
        "outbox": OutboxEntry.objects.aggregate(last=Max("pk")),
        "jobs": ProcrastinateJob.objects.count(),
    }


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("address", ["/segments/", "/segments/{pk}/", "/segments/{pk}/members.csv",
                                     "/segments/{pk}/changes.csv"])  # fmt: skip
def test_who_may_see(client_as: ClientMaker, who: str, address: str) -> None:
    make_person(full_name="Nguyễn Thị Hoa", tags=["vip"])
    segment = make_segment()
    before = state()
    response = client_as(who).get(address.format(pk=segment.pk))
    if who in SEE:
        assert response.status_code == 200
        return
    assert response.status_code == (302 if who == "nobody" else 403 if address == "/segments/" else 404)
    assert "Hoa" not in response.content.decode()
    assert state() == before


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/segments/new/", FORM | {"name": "Another"}),
        ("/segments/{pk}/edit/", FORM | {"name": "Another", "version": "1"}),
        ("/segments/{pk}/archive/", {}),
        ("/segments/{pk}/refresh/", {}),
        ("/segments/{archived}/restore/", {}),
    ],
)
def test_who_may_make(client_as: ClientMaker, who: str, address: str, sent: dict[str, Any]) -> None:
    segment, archived = make_segment(), make_segment("Old")
    actions.archive(segment=archived, by=None, at=AT)
    client = client_as(who)
    before = state()
    response = client.post(address.format(pk=segment.pk, archived=archived.pk), sent)
    if who in MAKE:
        assert response.status_code == 302
        assert state() != before
        return
    is_hidden = who not in SEE and "new" not in address
    assert response.status_code == (302 if who == "nobody" else 404 if is_hidden else 403)
    assert state() == before


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("address", ["/segments/build/", "/segments/count/"])
def test_who_may_count(client_as: ClientMaker, who: str, address: str) -> None:
    client = client_as(who)
    before = state()
    response = client.post(address, FORM)
    assert response.status_code == (200 if who in MAKE else 302 if who == "nobody" else 403)
    assert state() == before


@pytest.mark.parametrize(("who", "offered"), [("marketer", True), ("viewer", True), ("seller", False)])
def test_the_rail_offers_segments_to_those_who_may_see_them(client_as: ClientMaker, who: str, offered: bool) -> None:
    assert ('href="/segments/"' in client_as(who).get("/me/").content.decode()) == offered


def test_a_segment_is_made_changed_and_found(client_as: ClientMaker) -> None:
    make_person(full_name="Hoa", tags=["vip"], email="hoa@example.com")
    client = client_as("marketer")
    response = client.post("/segments/new/", FORM)
    segment = Segment.objects.get()
    assert response["Location"] == f"/segments/{segment.pk}/"
    assert (segment.rule, segment.about, segment.by.email) == (VIP, FORM["about"], client.user.email)  # type: ignore
    assert ProcrastinateJob.objects.get().args == {"only": [segment.pk]}
    assert "being found" in client.get(f"/segments/{segment.pk}/").content.decode()
    refresh(as_of=AT.date(), at=AT)
    page = client.get(f"/segments/{segment.pk}/").content.decode()
    for text in ("Important", "1 person", "Hoa", "hoa@example.com", "has one of vip"):
        assert text in page
    edited = client.get(f"/segments/{segment.pk}/edit/").content.decode()
    assert 'value="vip"' in edited
    changed = FORM | {"0-0.is": "none_of", "version": "1"}
    assert client.post(f"/segments/{segment.pk}/edit/", changed).status_code == 302
    stale = client.post(f"/segments/{segment.pk}/edit/", FORM | {"version": "1"})
    assert stale.status_code == 409
    assert "has <mark>one</mark> of vip" in stale.content.decode()
    segment.refresh_from_db()
    assert segment.rule["all"][0]["is"] == "none_of"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": " "}, "Give the segment a name."),
        ({"name": "Taken"}, "Another segment already has this name."),
        ({"0-0.value": []}, "Some conditions are not complete yet."),
        ({"0-0.field": "segment", "0-0.was": "segment", "0-0.is": "one_of", "0-0.value": ["99999"]}, "There is no"),
    ],
)
def test_what_makes_no_sense_is_said(client_as: ClientMaker, given: dict[str, Any], complaint: str) -> None:
    make_segment("Taken")
    client = client_as("manager")
    before = state()
    response = client.post("/segments/new/", FORM | given)
    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert state() == before


def built(client: Client, sent: dict[str, Any], order: str = "") -> tuple[dict[str, Any], str]:
    """The rule as JSON that the builder shows, and the page's part."""
    response = client.post("/segments/build/", sent | ({"do": order} if order else {}))
    return json.loads(response.context["builder"].text), response.content.decode()


def test_the_builder_adds_and_removes(client_as: ClientMaker) -> None:
    client = client_as("marketer")
    rule, text = built(client, FORM, "add:0")
    assert [part["field"] for part in rule["all"]] == ["tags", "orders_count"]
    assert text.count("autofocus") == 1
    rule, _text = built(client, FORM, "group:0")
    assert rule["all"][1] == {"any": [{"field": "orders_count", "is": "at_least", "value": 1}]}
    rule, text = built(client, FORM, "remove:0-0")
    assert rule == {"all": []}
    assert "A group needs at least one condition." in text
    nested = FORM | {"0-1.how": "none", "0-1-0.field": "r", "0-1-0.is": "at_least", "0-1-0.value": "4"}
    rule, _text = built(client, nested, "remove:0-0")
    assert rule == {"all": [{"none": [{"field": "r", "is": "at_least", "value": 4}]}]}
    for nonsense in ("add:7", "remove:0", "remove:0-9", "fly:0", "add:0-0", "group:x-y"):
        assert built(client, FORM, nonsense)[0] == VIP


def test_another_field_starts_with_its_usual_value(client_as: ClientMaker) -> None:
    client = client_as("marketer")
    assert built(client, FORM | {"0-0.field": "orders_count"})[0] == {
        "all": [{"field": "orders_count", "is": "at_least", "value": 1}]
    }
    days = FORM | {"0-0.field": "birthday", "0-0.was": "birthday", "0-0.is": "since", "0-0.shape": "days"}
    rule, text = built(client, days | {"0-0.value": "90"})
    assert rule == {"all": [{"field": "birthday", "is": "since", "value": ""}]}
    assert "a day is needed" in text


def test_options_and_windows_are_read(client_as: ClientMaker) -> None:
    product = make_product(name="Coffee", external_id="P-1")
    sent = {
        "0.how": "any", "0-0.field": "bought_quantity", "0-0.was": "bought_quantity", "0-0.is": "between",
        "0-0.shape": "two_numbers", "0-0.value": ["1", "2.5"], "0-0.product.list": "1", "0-0.product.add": "coffee",
        "0-0.category.list": "1", "0-0.window.is": "in_last_days", "0-0.window.shape": "", "0-0.channel.list": "1",
    }  # fmt: skip
    rule, text = built(client_as("marketer"), sent)
    assert rule["any"] == [
        {"field": "bought_quantity", "is": "between", "value": [1, 2.5], "product": [product.pk],
         "window": {"is": "in_last_days", "value": 90}}
    ]  # fmt: skip
    assert "Complete the marked conditions" not in text
    assert "<span>Coffee</span>" in text
    assert built(client_as("marketer"), sent | {"0-0.product.add": "no such"})[1].count("no such") >= 2


def test_a_rule_goes_through_the_form_and_back(client_as: ClientMaker) -> None:
    """Every field in the builder: the draft of a rule as JSON is that rule."""
    rule = {"all": [VIP["all"][0], {"none": [{"field": "last_order_on", "is": "in_last_days", "value": 90}]}]}
    assert tree.as_json(tree.from_json(rule)) == rule


def test_json_is_taken_over_or_refused_with_words(client_as: ClientMaker) -> None:
    client = client_as("marketer")
    rule, text = built(client, FORM | {"json": '{"any": [{"field": "r", "is": "at_least", "value": 4}]}'}, "json")
    assert rule == {"any": [{"field": "r", "is": "at_least", "value": 4}]}
    assert 'name="0-0.value"' in text
    response = client.post("/segments/build/", FORM | {"json": '{"any": [{"field": "x"}]}', "do": "json"})
    assert "there is no field “x”" in response.content.decode()
    assert "This is no JSON" in client.post("/segments/build/", FORM | {"json": "{", "do": "json"}).content.decode()


def test_the_live_count(client_as: ClientMaker) -> None:
    for _number in range(3):
        make_person(tags=["vip"])
    client = client_as("marketer")
    assert "<strong>3</strong> people" in client.post("/segments/count/", FORM).content.decode()
    incomplete = client.post("/segments/count/", FORM | {"0-0.value": []}).content.decode()
    assert "Complete the marked conditions" in incomplete


def test_without_scripts_a_button_changes_the_whole_page(client_as: ClientMaker) -> None:
    response = client_as("marketer").post("/segments/new/", FORM | {"do": "add:0"})
    assert response.status_code == 200
    assert "0-1.field" in response.content.decode()
    assert not Segment.objects.exists()


def test_members_come_by_name_page_by_page(client_as: ClientMaker) -> None:
    for number in range(60):
        make_person(full_name=f"An {number:02}", tags=["vip"])
    segment = make_segment()
    client = client_as("viewer")
    first = client.get(f"/segments/{segment.pk}/")
    names = [person.full_name for person in first.context["page"].rows]
    more = client.get(f"/segments/{segment.pk}/", {"cursor": first.context["next_cursor"]})
    names += [person.full_name for person in more.context["page"].rows]
    assert names == [f"An {number:02}" for number in range(60)]


def test_the_file_of_members(client_as: ClientMaker) -> None:
    make_person(full_name="=SUM(A1)", external_id="C-1", tags=["vip"], province="Huế", recorded_at=AT)
    segment = make_segment()
    client = client_as("viewer")
    text = b"".join(client.get(f"/segments/{segment.pk}/members.csv").streaming_content).decode("utf-8-sig")  # type: ignore
    head, row, *rest = text.splitlines()
    assert head.startswith("external_id,full_name,email")
    assert row.startswith("C-1,'=SUM(A1),,,Huế")
    assert rest == []
    entry = AuditEntry.objects.get(code="segments.exported")
    assert (entry.by_id, entry.target_id) == (client.user.pk, segment.pk)  # type: ignore[attr-defined]


def test_entered_and_left_over_time(client_as: ClientMaker) -> None:
    today = AT.date()
    hoa = make_person(full_name="Hoa", tags=["vip"])
    segment = make_segment()
    client = client_as("viewer")
    assert "from the second day on" in client.get(f"/segments/{segment.pk}/").content.decode()
    Person.objects.filter(pk=hoa.pk).update(tags=[])
    make_person(tags=["vip"])
    make_person(tags=["vip"])
    refresh(as_of=today + timedelta(days=1), at=AT + timedelta(days=1))
    text = client.get(f"/segments/{segment.pk}/changes.csv").content.decode("utf-8-sig")
    assert text.splitlines() == ["Day,People,Entered,Left", "2026-03-17,2,2,1", "2026-03-16,1,1,0"]
    page = client.get(f"/segments/{segment.pk}/").content.decode()
    assert 'data-behaviour="chart"' in page


def test_archived_ones_are_kept_apart(client_as: ClientMaker) -> None:
    make_person(tags=["vip"])
    segment = make_segment()
    client = client_as("manager")
    client.post(f"/segments/{segment.pk}/archive/")
    assert list(client.get("/segments/").context["segments"]) == []
    assert list(client.get("/segments/?archived=1").context["segments"]) == [segment]
    assert not Member.objects.filter(left_at__isnull=True).exists()
    client.post(f"/segments/{segment.pk}/restore/")
    assert list(client.get("/segments/").context["segments"]) == [segment]


def test_a_page_asks_few_questions(client_as: ClientMaker, django_assert_max_num_queries: Any) -> None:
    for _number in range(30):
        make_order((make_product(), 1, 1), person=make_person(tags=["vip"]), placed_at=clock.now())
    segment = make_segment()
    client = client_as("viewer")
    with django_assert_max_num_queries(9):
        client.get(f"/segments/{segment.pk}/")
    assert segment.as_of == date(2026, 3, 16)
