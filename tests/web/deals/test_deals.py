"""Deals through the client: the list, one deal's page, its forms, moving it, and who may do what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import actions
from rapport.deals.actions.criteria import add_criterion
from rapport.deals.actions.tailoring import add_requirement
from rapport.deals.models import Deal, DealInteraction, StageChange
from rapport.timeline.models import Interaction, Task
from tests.factories import AT, make_company, make_deal, make_person, make_pipeline, make_product, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]
NEW = {"name": "Màng ghép 2027", "currency": "VND"}


class TestList:
    """The list: narrowed, sorted, page by page."""

    def test_shows_deals_with_customer_stage_and_amount(self, client_as: ClientMaker) -> None:
        make_deal(name="Màng ghép", company=make_company(name="Vạn Phúc"), amount=Decimal("1840000000"))
        make_deal(name="Không ai", amount=None)
        page = client_as("manager").get("/deals/").content.decode()
        for text in ("Màng ghép", "Vạn Phúc", "New", "1,840,000,000 ₫", "Không ai", "Not known yet"):
            assert text in page

    def test_htmx_gets_the_list_alone(self, client_as: ClientMaker) -> None:
        make_deal()
        part = client_as("manager").get("/deals/", headers=HTMX).content.decode()
        assert part.lstrip().startswith('<div id="list"')

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("sort=name", ["A", "B"]),
            ("sort=-name", ["B", "A"]),
            ("status=won&sort=name", ["B"]),
            ("status=nonsense&stage=x&cursor=x&sort=name", ["A", "B"]),
            ("archived=on", ["Z"]),
        ],
    )
    def test_filters_and_sorting(self, query: str, found: list[str], client_as: ClientMaker) -> None:
        pipeline = make_pipeline()
        make_deal(name="A", pipeline=pipeline)
        make_deal(name="B", stage=pipeline.stages.get(name="Won"))
        make_deal(name="Z", pipeline=pipeline, archived_at=AT)
        response = client_as("manager").get(f"/deals/?{query}")
        assert [row.record.name for row in response.context["page"].rows] == found

    def test_says_when_there_are_none(self, client_as: ClientMaker) -> None:
        client = client_as("manager")
        assert "No deals yet" in client.get("/deals/").content.decode()
        assert "No deal fits these filters" in client.get("/deals/?status=won").content.decode()

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_num_queries: Any) -> None:
        pipeline = make_pipeline()
        for _number in range(20):
            make_deal(
                pipeline=pipeline, company=make_company(), person=make_person(), owner=make_user(),
                product=make_product(),
            )  # fmt: skip
        client = client_as("manager")
        with django_assert_num_queries(15):
            client.get("/deals/")


class TestPage:
    """One deal."""

    def test_shows_stages_facts_and_timeline(self, client_as: ClientMaker) -> None:
        company, person = make_company(name="Vạn Phúc"), make_person(full_name="Phạm Thu Trang")
        pipeline = make_pipeline("Chào hàng", "Tham quan")
        deal = make_deal(
            name="Màng ghép", pipeline=pipeline, company=company, person=person, amount=Decimal(500),
            product=make_product(name="Màng"), external_id="OPP-1",
        )  # fmt: skip
        page = client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
        for text in ("Màng ghép", "Vạn Phúc", "Phạm Thu Trang", "Chào hàng", "Tham quan", "OPP-1", "New deal"):
            assert text in page
        assert 'aria-current="step"' in page

    def test_names_in_a_deal_are_text(self, client_as: ClientMaker) -> None:
        deal = make_deal(name="<script>alert(1)</script>", company=make_company(name="<b>x</b>"))
        page = client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Any) -> None:
        deal = make_deal(company=make_company(), person=make_person(), owner=make_user())
        for number in range(10):
            actions.record_interaction(
                deal=deal, kind="call", happened_at=AT, subject=str(number), by=make_user(), at=AT
            )
        client = client_as("manager")
        with django_assert_max_num_queries(56):
            client.get(f"/deals/{deal.pk}/")

    def test_htmx_gets_the_timeline_alone(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company())
        headers = HTMX | {"HX-Target": "timeline-list"}
        part = client_as("manager").get(f"/deals/{deal.pk}/?kind=deal", headers=headers).content.decode()
        assert part.lstrip().startswith('<div id="timeline-list"')
        assert "New deal" in part


class TestForms:
    """Adding and changing."""

    def test_a_deal_is_added_with_the_first_pipeline(self, client_as: ClientMaker) -> None:
        client = client_as("seller", team=make_team())
        company = make_company(name="Vạn Phúc")
        person = make_person(full_name="Phạm Thu Trang")
        product = make_product(name="Màng")
        response = client.post(
            "/deals/new/",
            NEW | {"company": "van phuc", "person": f"Trang #{person.pk}", "product": "Màng",
                   "amount": "1840000000", "expected_close_on": "2027-01-15",
                   "owner": client.user.pk},  # type: ignore[attr-defined]
        )  # fmt: skip
        deal = Deal.objects.get()
        assert response["Location"] == f"/deals/{deal.pk}/"
        assert (deal.company, deal.person, deal.product) == (company, person, product)
        assert (deal.stage.name, deal.amount, str(deal.expected_close_on)) == (
            "New", Decimal(1840000000), "2027-01-15",
        )  # fmt: skip
        assert deal.owner == client.user  # type: ignore[attr-defined]

    def test_a_deal_begins_in_the_stage_that_is_chosen(self, client_as: ClientMaker) -> None:
        stage = make_pipeline("New", "Proposal").stages.get(name="Proposal")
        make_company(name="Vạn Phúc")
        client_as("manager").post("/deals/new/", NEW | {"stage": stage.pk, "company": "Vạn Phúc"})
        assert Deal.objects.get().stage == stage

    def test_a_link_from_a_company_fills_the_form(self, client_as: ClientMaker) -> None:
        company, person = make_company(name="Vạn Phúc"), make_person(full_name="Phạm Thu Trang")
        page = client_as("manager").get(f"/deals/new/?company={company.pk}&person={person.pk}").content.decode()
        assert 'value="Vạn Phúc"' in page
        assert 'value="Phạm Thu Trang"' in page

    @pytest.mark.parametrize(
        ("given", "complaint"),
        [
            ({"name": ""}, "This field is required."),
            ({"company": ""}, "Say whom this deal is with"),
            ({"company": "Nobody Ltd"}, "No company has this name."),
            ({"person": "Hidden"}, "Nothing has this name."),
            ({"person": "Twin"}, "Several have this name."),
            ({"amount": "-5"}, "greater than or equal to 0"),
            ({"external_id": "OPP-1"}, "Another deal already has this external id."),
            ({"currency": "XXX"}, "Select a valid choice."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, given: dict[str, str], complaint: str, client_as: ClientMaker
    ) -> None:
        make_deal(external_id="OPP-1")
        make_person(full_name="Twin")
        make_person(full_name="Twin")
        make_person(full_name="Hidden", owner=make_user(), team=make_team())
        make_company(name="Vạn Phúc")
        client = client_as("seller", team=make_team())
        response = client.post("/deals/new/", NEW | {"company": "Vạn Phúc"} | given)
        assert response.status_code == 422
        assert complaint in response.content.decode()
        assert Deal.objects.count() == 1

    def test_a_change_is_saved_and_a_stale_one_refused(self, client_as: ClientMaker) -> None:
        deal = make_deal(name="Cũ", company=make_company(name="Vạn Phúc"))
        client = client_as("manager")
        page = client.get(f"/deals/{deal.pk}/edit/").content.decode()
        assert 'value="Vạn Phúc"' in page
        assert 'name="stage"' not in page
        first = client.post(f"/deals/{deal.pk}/edit/", NEW | {"version": 1, "company": "Vạn Phúc"})
        assert first["Location"] == f"/deals/{deal.pk}/"
        second = client.post(f"/deals/{deal.pk}/edit/", NEW | {"name": "Khác", "version": 1})
        assert second.status_code == 409
        assert "after you had opened it" in second.content.decode()
        deal.refresh_from_db()
        assert (deal.name, deal.version) == ("Màng ghép 2027", 2)


class TestMoving:
    """The next stage."""

    def test_a_deal_is_moved(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        won = deal.pipeline.stages.get(name="Won")
        client = client_as("manager")
        response = client.post(f"/deals/{deal.pk}/move/", {"to": won.pk, "version": 1, "reason": "Giá"})
        assert response["Location"] == f"/deals/{deal.pk}/"
        deal.refresh_from_db()
        assert deal.stage == won
        assert deal.closed_at is not None
        page = client.get(f"/deals/{deal.pk}/").content.decode()
        assert "New → Won" in page
        assert "Giá" in page

    def test_who_is_second_reads_why(self, client_as: ClientMaker) -> None:
        deal = make_deal(pipeline=make_pipeline("New", "Proposal"))
        proposal, lost = (deal.pipeline.stages.get(name=name) for name in ("Proposal", "Lost"))
        actions.move(deal=deal, to=proposal, version=1, by=make_user(), at=AT)
        response = client_as("manager").post(f"/deals/{deal.pk}/move/", {"to": lost.pk, "version": 1})
        assert response.status_code == 409
        page = response.content.decode()
        assert "Someone else moved or changed this deal meanwhile: it is now in the stage “Proposal”." in page
        assert 'name="version" value="2"' in page
        deal.refresh_from_db()
        assert deal.stage == proposal

    @pytest.mark.parametrize(
        ("given", "status"),
        [({}, 422), ({"to": "x"}, 422), ({"to": "other"}, 422), ({"to": "same"}, 409)],
    )
    def test_a_move_to_nowhere_is_refused(self, given: dict[str, str], status: int, client_as: ClientMaker) -> None:
        deal, other = make_deal(), make_pipeline()
        stages = {"other": other.stages.get(position=0).pk, "same": deal.stage_id, "x": "x"}
        to = stages[given["to"]] if given else ""
        response = client_as("manager").post(f"/deals/{deal.pk}/move/", {"to": to, "version": 1})
        assert response.status_code == status
        assert StageChange.objects.count() == 1


class TestTimeline:
    """Writing on a deal."""

    def test_what_happened_is_tied_to_the_deal_without_a_new_page(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="Phạm Thu Trang")
        deal = make_deal(company=make_company(), person=person)
        given = {"kind": "meeting", "text": "Họp khảo sát\nMuốn màng chịu lạnh", "people": [person.pk],
                 "company": deal.company_id}  # fmt: skip
        response = client_as("seller").post(f"/deals/{deal.pk}/timeline/", given, headers=HTMX)
        part = response.content.decode()
        assert response.status_code == 200
        assert part.lstrip().startswith('<section id="timeline"')
        assert "Họp khảo sát" in part
        interaction = Interaction.objects.get()
        assert DealInteraction.objects.get().deal == deal
        assert (interaction.company, interaction.people.get()) == (deal.company, person)

    def test_without_javascript_the_page_comes_again(self, client_as: ClientMaker) -> None:
        deal = make_deal(person=make_person())
        client = client_as("seller")
        response = client.post(f"/deals/{deal.pk}/timeline/", {"kind": "note", "text": "Nhớ"})
        assert response["Location"] == f"/deals/{deal.pk}/"
        assert "Nhớ" in client.get(f"/deals/{deal.pk}/").content.decode()

    def test_a_task_of_a_deal_is_one_of_its_customer(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company())
        given = {"kind": "task", "text": "Gửi mẫu", "due_on": "2026-12-01", "company": deal.company_id}
        client = client_as("seller")
        given["owner"] = client.user.pk  # type: ignore[attr-defined]
        assert client.post(f"/deals/{deal.pk}/timeline/", given).status_code == 302
        assert (Task.objects.get().what, Task.objects.get().company) == ("Gửi mẫu", deal.company)

    def test_an_empty_note_is_refused(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company())
        given = {"kind": "note", "text": " ", "company": deal.company_id}
        response = client_as("seller").post(f"/deals/{deal.pk}/timeline/", given, headers=HTMX)
        assert response.status_code == 422
        assert not Interaction.objects.exists()

    def test_a_deal_of_nobody_says_what_is_missing(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        client = client_as("seller")
        assert "Name the company or person" in client.get(f"/deals/{deal.pk}/").content.decode()
        response = client.post(f"/deals/{deal.pk}/timeline/", {"kind": "call", "text": "x"})
        assert response.status_code == 409
        assert not Interaction.objects.exists()


ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "look": ("get", "/deals/{pk}/", {}),
    "edit": ("post", "/deals/{pk}/edit/", NEW | {"version": 1, "person": "customer"}),
    "move": ("post", "/deals/{pk}/move/", {"to": "won", "version": 1}),
    "archive": ("post", "/deals/{pk}/archive/", {}),
    "write": ("post", "/deals/{pk}/timeline/", {"kind": "note", "text": "x"}),
}
OUT, YES, SEEN, HIDDEN = "signed out", "done", 403, 404


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("who", "of", "may"),
    [
        ("nobody", "own", OUT),
        ("viewer", "own", SEEN),
        ("seller", "own", YES),
        ("seller", "nobody", YES),
        ("seller", "others", HIDDEN),
        ("service", "others", YES),
        ("marketer", "others", YES),
        ("manager", "others", YES),
        ("administrator", "others", YES),
    ],
)
def test_who_may_do_what_with_a_deal(act: str, who: str, of: str, may: str | int, client_as: ClientMaker) -> None:
    mine, theirs = make_team(), make_team()
    team = {"own": mine, "others": theirs, "nobody": None}[of]
    owner = make_user(team=team) if team else None
    deal = make_deal(person=make_person(), owner=owner, team=team)
    client = client_as(who, team=mine)
    method, address, given = ACTS[act]
    meant = {"won": deal.pipeline.stages.get(name="Won").pk, "customer": f"#{deal.person_id}"}
    sent = {name: meant.get(value, value) for name, value in given.items()}
    response = getattr(client, method)(address.format(pk=deal.pk), sent)
    is_done = may == YES or (may == SEEN and act == "look")
    if may == OUT:
        assert response["Location"].startswith("/accounts/login/")
    else:
        assert response.status_code == ((200 if act == "look" else 302) if is_done else may)
    deal.refresh_from_db()
    traces = (
        AuditEntry.objects.count(), OutboxEntry.objects.count(), Interaction.objects.count(), deal.version - 1,
    )  # fmt: skip
    assert any(traces) == (is_done and act != "look")


@pytest.mark.parametrize(
    ("who", "status"),
    [("nobody", 302), ("viewer", 403), ("seller", 302), ("marketer", 302), ("service", 302), ("manager", 302),
     ("administrator", 302)],
)  # fmt: skip
def test_who_may_add_a_deal(who: str, status: int, client_as: ClientMaker) -> None:
    client = client_as(who)
    make_company(name="Vạn Phúc")
    assert client.post("/deals/new/", NEW | {"company": "Vạn Phúc"}).status_code == status
    assert Deal.objects.exists() == (who not in ("nobody", "viewer"))


def test_absent_and_hidden_look_alike(client_as: ClientMaker) -> None:
    deal = make_deal(owner=make_user(), team=make_team())
    client = client_as("seller", team=make_team())
    hidden, absent = client.get(f"/deals/{deal.pk}/"), client.get("/deals/999999999/")
    assert hidden.status_code == absent.status_code == 404


def test_a_deal_of_one_of_two_companies_of_a_name_is_saved_as_it_is(client_as: ClientMaker) -> None:
    company, _other = make_company(name="Hòa Bình"), make_company(name="Hòa Bình")
    deal = make_deal(company=company, name="Màng")
    client = client_as("manager")
    form = client.get(f"/deals/{deal.pk}/edit/").context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    assert given["company"] == f"Hòa Bình #{company.pk}"
    response = client.post(f"/deals/{deal.pk}/edit/", given | {"name": "Màng ghép"})
    deal.refresh_from_db()
    assert (response.status_code, deal.name, deal.company) == (302, "Màng ghép", company)


def test_hidden_people_are_named_in_no_form_of_a_deal_and_stay(client_as: ClientMaker) -> None:
    deal = make_deal(company=make_company(), amount=None)
    client = client_as("seller", team=make_team())
    Deal.objects.update(owner=client.user, team=None)  # type: ignore[attr-defined]
    hidden = make_person(full_name="Hidden Contact", owner=make_user(), team=make_team())
    Deal.objects.update(person=hidden)
    deal.refresh_from_db()
    by: Any = {"by": client.user, "at": AT}  # type: ignore[attr-defined]
    criterion = add_criterion(deal=deal, values={"name": "Price", "weight": 1, "holder": hidden}, **by)
    requirement = add_requirement(deal=deal, values={"title": "Tray", "serves_person": hidden}, **by)
    forms = (
        (f"/deals/{deal.pk}/edit/", "name"),
        (f"/deals/{deal.pk}/criteria/{criterion.pk}/", "name"),
        (f"/deals/{deal.pk}/requirements/{requirement.pk}/edit/", "title"),
    )
    for address, changed in forms:
        page = client.get(address)
        assert "Hidden Contact" not in page.content.decode(), address
        form = page.context["form"]
        given = {each: form[each].value() for each in form.fields if form[each].value() not in (None, "")}
        assert client.post(address, given | {changed: "Called anew"}).status_code == 302, address
    for record in (deal, criterion, requirement):
        record.refresh_from_db()
    assert (deal.name, deal.person) == ("Called anew", hidden)
    assert (criterion.name, criterion.holder) == ("Called anew", hidden)
    assert (requirement.versions.latest("number").title, requirement.serves_person) == ("Called anew", hidden)


def test_a_won_deal_says_when_it_runs_out(client_as: ClientMaker) -> None:
    pipeline, client = make_pipeline(), client_as("manager")
    still_open = make_deal(pipeline=pipeline, person=make_person())
    won = make_deal(stage=pipeline.stages.get(status="won"), company=make_company(name="Vạn Phúc"), closed_at=AT)
    assert "runs_out_on" not in client.get(f"/deals/{still_open.pk}/edit/").context["form"].fields
    given = {"name": won.name, "company": "Vạn Phúc", "currency": "VND", "version": won.version}
    refused = client.post(f"/deals/{won.pk}/edit/", given | {"runs_out_on": "1999-01-01"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["runs_out_on"])
    assert client.post(f"/deals/{won.pk}/edit/", given | {"runs_out_on": "2031-05-09"}).status_code == 302
    won.refresh_from_db()
    assert str(won.runs_out_on) == "2031-05-09"
    assert "Runs out" in client.get(f"/deals/{won.pk}/").content.decode()
    assert "Runs out" not in client.get(f"/deals/{still_open.pk}/").content.decode()
