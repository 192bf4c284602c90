"""The committee through the client: the page, one click a value, who may, files of the map, whom we know."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.core.models import AuditEntry
from rapport.deals.actions import committee as actions
from rapport.deals.models import CommitteeSettings, Deal, DealInteraction, Dismissal, Influence, Participant
from rapport.people.models import Person
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_interaction,
    make_person,
    make_pipeline,
    make_post,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]


@pytest.fixture
def deal() -> Deal:
    """A deal of a company."""
    return make_deal(company=make_company(name="Vạn Phúc"), pipeline=make_pipeline("Chào hàng", "Hợp đồng"))


def seat(deal: Deal, name: str = "Phạm Thu Trang", **held: Any) -> Participant:
    """A person on the committee."""
    return actions.join(deal=deal, person=make_person(full_name=name), by=make_user(), at=AT, **held)


def text(response: Any) -> str:
    """What was answered."""
    return str(response.content.decode())


class TestPage:
    """What one sees."""

    def test_without_anybody(self, deal: Deal, client_as: ClientMaker) -> None:
        page = text(client_as("manager").get(f"/deals/{deal.pk}/committee/"))
        assert "Nobody is on the committee yet" in page
        assert "Nobody is known to take part in this decision yet." in page
        assert '<svg class="map"' not in page

    def test_with_people_map_alarms_and_coverage(self, deal: Deal, client_as: ClientMaker) -> None:
        seat(deal, roles=["decision_maker"], stance=-2, influence=3, coverage="brief", evidence="“Đắt quá” <b>")
        outsider = seat(deal, "Lê Nam", roles=["initiator"], coverage="in_depth")
        make_post(outsider.person, make_company(name="Tư vấn"), title="Cố vấn")
        page = text(client_as("manager").get(f"/deals/{deal.pk}/committee/"))
        for said in (
            "1 of 1",
            "Not for us, and their word counts much: Phạm Thu Trang.",
            "from another company: Tư vấn",
            '<svg class="map"',
            "“Đắt quá” &lt;b&gt;",
            "Only 2 people are known here",
        ):
            assert said in page

    def test_on_a_past_day_nothing_can_be_changed(self, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal, roles=["buyer"])
        actions.leave(participant=row, by=make_user(), at=AT.replace(day=20))
        client = client_as("manager")
        past = text(client.get(f"/deals/{deal.pk}/committee/?on=2026-03-18"))
        assert "Phạm Thu Trang" in past
        assert "committee/hold/" not in past
        assert f'id="member-{row.person_id}"' in past
        before = text(client.get(f"/deals/{deal.pk}/committee/?on=2026-03-15"))
        assert f'id="member-{row.person_id}"' not in before
        assert client.get(f"/deals/{deal.pk}/committee/?on=nonsense").status_code == 200
        assert client.get(f"/deals/{deal.pk}/committee/?on=9999-12-31").status_code == 200
        assert client.get(f"/deals/{deal.pk}/committee/?on=0001-01-01").status_code == 200

    def test_people_one_may_not_see_have_no_name_anywhere(self, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal, roles=["buyer"], evidence="Trang nói")
        Person.objects.filter(pk=row.person_id).update(owner=make_user(), team=make_team())
        client = client_as("seller", team=make_team())
        for page in ("", "map.svg"):
            answer = text(client.get(f"/deals/{deal.pk}/committee/{page}"))
            assert "Somebody you may not see" in answer
            assert "Trang" not in answer
        assert client.post(f"/deals/{deal.pk}/committee/leave/", {"entry": row.pk}).status_code == 404
        assert Participant.objects.get(until=None) == row

    def test_stands_on_the_first_page_of_the_deal(self, deal: Deal, client_as: ClientMaker) -> None:
        seat(deal)
        page = text(client_as("manager").get(f"/deals/{deal.pk}/"))
        assert "Buying committee" in page
        assert "Everything hangs on one person: Phạm Thu Trang." in page

    def test_costs_no_more_for_more_people(self, deal: Deal, client_as: ClientMaker) -> None:

        client = client_as("manager")
        counts = []
        for _round in range(2):
            for number in range(3):
                row = seat(deal, f"Nguyễn Văn {_round}{number}", roles=["buyer"])
                talk = make_interaction(row.person, subject=f"Gọi {number}")
                DealInteraction.objects.create(deal=deal, interaction=talk, at=AT)
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/deals/{deal.pk}/committee/")
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestSetting:
    """One click sets a value."""

    @pytest.mark.parametrize(
        ("asked", "field", "value"),
        [
            ("stance:-2", "stance", -2),
            ("stance:", "stance", None),
            ("influence:3", "influence", 3),
            ("coverage:in_depth", "coverage", "in_depth"),
            ("coverage:unknown", "coverage", "unknown"),
            ("confidence:stated", "confidence", "stated"),
            ("role:user", "roles", ["buyer", "user"]),
            ("role:buyer", "roles", []),
        ],
    )
    def test_sets_it(self, asked: str, field: str, value: Any, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal, roles=["buyer"], stance=1, influence=1, coverage="none", confidence="inferred")
        answer = client_as("manager").post(
            f"/deals/{deal.pk}/committee/hold/", {"entry": row.pk, "set": asked}, headers=HTMX
        )
        assert answer.status_code == 200
        assert text(answer).lstrip().startswith('<div id="committee"')
        assert getattr(Participant.objects.get(until=None), field) == value

    @pytest.mark.parametrize("asked", ["", "stance", "name:x", "stance:1e3", "stance:99999999999999999999", "role:"])
    def test_what_no_button_sends_is_not_found(self, asked: str, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal)
        answer = client_as("manager").post(f"/deals/{deal.pk}/committee/hold/", {"entry": row.pk, "set": asked})
        assert answer.status_code == 404
        assert Participant.objects.count() == 1

    @pytest.mark.parametrize("asked", ["stance:7", "role:king", "coverage:close"])
    def test_values_off_the_scale_are_told(self, asked: str, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal)
        answer = client_as("manager").post(f"/deals/{deal.pk}/committee/hold/", {"entry": row.pk, "set": asked})
        assert answer.status_code == 409
        assert Participant.objects.count() == 1

    @pytest.mark.parametrize(("headers", "status"), [(HTMX, 422), ({}, 409)])
    def test_the_second_of_two_sees_what_the_first_did(
        self, headers: dict[str, str], status: int, deal: Deal, client_as: ClientMaker
    ) -> None:
        row = seat(deal)
        actions.hold(participant=row, by=make_user(), at=AT, stance=2)
        sent = {"entry": row.pk, "set": "stance:-1"}
        answer = client_as("manager").post(f"/deals/{deal.pk}/committee/hold/", sent, headers=headers)
        assert answer.status_code == status
        assert "Someone else changed this entry meanwhile" in text(answer)
        assert Participant.objects.get(until=None).stance == 2

    def test_evidence_is_quoted_from_a_talk_of_the_deal(self, deal: Deal, client_as: ClientMaker) -> None:
        row, client = seat(deal), client_as("manager")
        talk = make_interaction(row.person, subject="Họp")
        DealInteraction.objects.create(deal=deal, interaction=talk, at=AT)
        other = make_interaction(row.person)
        address = f"/deals/{deal.pk}/committee/evidence/"
        wrong = client.post(address, {"entry": row.pk, "evidence": "x", "interaction": other.pk})
        assert wrong.status_code == 409
        assert (
            client.post(address, {"entry": row.pk, "evidence": "Họ nói vậy", "interaction": talk.pk}).status_code == 302
        )
        assert Participant.objects.get(until=None).interaction == talk


class TestJoining:
    """Who comes on, and who goes."""

    def test_by_name_with_role_and_day(self, deal: Deal, client_as: ClientMaker) -> None:
        make_person(full_name="Phạm Thu Trang")
        sent = {"person": "Phạm Thu Trang", "role": "buyer", "since": "2026-03-01"}
        assert client_as("manager").post(f"/deals/{deal.pk}/committee/join/", sent).status_code == 302
        row = Participant.objects.get()
        assert (row.roles, f"{row.since:%Y-%m-%d %H:%M}") == (["buyer"], "2026-02-28 17:00")

    @pytest.mark.parametrize(
        ("sent", "status", "said"),
        [
            ({"person": "Không Có"}, 422, "Nothing has this name"),
            ({"person": ""}, 422, "This field is required"),
            ({"person": "Phạm Thu Trang"}, 422, "is on the committee already"),
            ({"person": "Lê Nam", "since": "2999-01-01"}, 422, "from a day in the future"),
            ({"person": "Lê Nam", "role": "king"}, 422, "Select a valid choice"),
        ],
    )
    def test_what_makes_no_sense_is_told(
        self, sent: dict[str, str], status: int, said: str, deal: Deal, client_as: ClientMaker
    ) -> None:
        seat(deal)
        make_person(full_name="Lê Nam")
        answer = client_as("manager").post(f"/deals/{deal.pk}/committee/join/", sent)
        assert answer.status_code == status
        assert said in text(answer)
        assert Participant.objects.count() == 1

    def test_colleagues_of_the_company_are_offered(self, deal: Deal, client_as: ClientMaker) -> None:
        person = make_person(full_name="Lê Nam")
        assert deal.company
        make_post(person, deal.company)
        client = client_as("manager")
        assert f'value="Lê Nam #{person.pk}"' in text(client.get(f"/deals/{deal.pk}/committee/"))
        client.post(f"/deals/{deal.pk}/committee/join/", {"person": f"Lê Nam #{person.pk}"})
        assert Participant.objects.get().person == person

    def test_leaving(self, deal: Deal, client_as: ClientMaker) -> None:
        row = seat(deal)
        client_as("manager").post(f"/deals/{deal.pk}/committee/leave/", {"entry": row.pk})
        assert not Participant.objects.filter(until=None).exists()


class TestSuggestions:
    """Taken or dismissed by a person."""

    @pytest.fixture
    def person(self, deal: Deal) -> Person:
        """Somebody who took part in a talk."""
        found = make_person(full_name="Lê Nam", title="Trưởng phòng mua hàng")
        talk = make_interaction(found)
        DealInteraction.objects.create(deal=deal, interaction=talk, at=AT)
        return found

    def test_taking_one_keeps_its_evidence(self, deal: Deal, person: Person, client_as: ClientMaker) -> None:
        client = client_as("manager")
        assert "Lê Nam could be on the committee as: Buyer" in text(client.get(f"/deals/{deal.pk}/committee/"))
        assert not Participant.objects.exists()
        sent = {"person": person.pk, "topic": "join", "take": "yes"}
        client.post(f"/deals/{deal.pk}/committee/suggestion/", sent)
        row = Participant.objects.get()
        assert (row.roles, row.coverage, row.confidence) == (["buyer"], "brief", "inferred")
        assert row.evidence == "1 talk recorded on this deal · title: “Trưởng phòng mua hàng”"
        assert client.post(f"/deals/{deal.pk}/committee/suggestion/", sent).status_code == 409

    def test_dismissing_one(self, deal: Deal, person: Person, client_as: ClientMaker) -> None:
        client = client_as("manager")
        client.post(f"/deals/{deal.pk}/committee/suggestion/", {"person": person.pk, "topic": "join", "take": "no"})
        assert "could be on the committee" not in text(client.get(f"/deals/{deal.pk}/committee/"))
        assert Dismissal.objects.exists()
        assert not Participant.objects.exists()


def test_lines_are_drawn_and_removed(deal: Deal, client_as: ClientMaker) -> None:
    one, two = seat(deal, "Lê Nam"), seat(deal, "Vũ Hoa")
    client = client_as("manager")
    sent = {"from_person": one.person_id, "to_person": two.person_id, "kind": "reports_to"}
    client.post(f"/deals/{deal.pk}/committee/lines/", sent)
    page = client.get(f"/deals/{deal.pk}/committee/")
    assert "Lê Nam reports to Vũ Hoa" in text(page)
    back = {"from_person": two.person_id, "to_person": one.person_id, "kind": "reports_to"}
    assert client.post(f"/deals/{deal.pk}/committee/lines/", back).status_code == 422
    assert client.post(f"/deals/{deal.pk}/committee/lines/", sent | {"to_person": "0"}).status_code == 422
    client.post(f"/deals/{deal.pk}/committee/lines/{Influence.objects.get().pk}/remove/")
    assert Influence.objects.get().until is not None


class TestMap:
    """The map as a file."""

    def test_in_every_form(self, deal: Deal, client_as: ClientMaker) -> None:
        one = seat(deal, "Nguyễn Thị <Đỗ> & Quyền", roles=["decision_maker"], stance=1, influence=3, coverage="several")
        two = seat(deal, "Lê Nam")
        line = actions.Line(two.person, one.person, "influences")
        actions.draw_line(deal=deal, line=line, by=make_user(), at=AT)
        client = client_as("viewer")
        begins = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
        for form, begin in begins.items():
            answer = client.get(f"/deals/{deal.pk}/committee/map.{form}")
            assert answer.content.startswith(begin)
            assert f'-{deal.pk}-committee.{form}"' in answer["Content-Disposition"]
        root = ElementTree.fromstring(client.get(f"/deals/{deal.pk}/committee/map.svg").content)  # noqa: S314
        assert "Nguyễn Thị <Đỗ> & Quyền" in "".join(root.itertext())

    @pytest.mark.parametrize("form", ["svg", "exe"])
    def test_of_nobody_there_is_none(self, form: str, deal: Deal, client_as: ClientMaker) -> None:
        assert client_as("manager").get(f"/deals/{deal.pk}/committee/map.{form}").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("viewer", 403), ("stranger", 404), ("seller", 302), ("manager", 302)]
)
def test_who_may_change_a_committee(who: str, status: int, deal: Deal, client_as: ClientMaker) -> None:
    row, entries = seat(deal), AuditEntry.objects.count()
    team = make_team()
    Deal.objects.filter(pk=deal.pk).update(team=team)
    client = client_as("seller" if who == "stranger" else who, **({"team": team} if who == "seller" else {}))
    person = make_person()
    asked = {
        "hold/": {"entry": row.pk, "set": "stance:1"},
        "evidence/": {"entry": row.pk, "evidence": "x"},
        "join/": {"person": str(person)},
        "lines/": {"from_person": row.person_id, "to_person": person.pk, "kind": "influences"},
    }
    for address, sent in asked.items():
        answer = client.post(f"/deals/{deal.pk}/committee/{address}", sent)
        if address == "hold/":
            assert answer.status_code == status
    if who not in ("seller", "manager"):
        assert AuditEntry.objects.count() == entries
        assert list(Participant.objects.all()) == [row]


def test_an_entry_of_another_deal_is_not_found(deal: Deal, client_as: ClientMaker) -> None:
    row = seat(make_deal())
    answer = client_as("manager").post(f"/deals/{deal.pk}/committee/leave/", {"entry": row.pk})
    assert answer.status_code == 404
    assert Participant.objects.filter(until=None).exists()


class TestSettings:
    """When alarms are raised."""

    SENT = {"fewest_people": "2", "quiet_days": "10", "late": ["buyer"], "version": "1"}

    def test_are_kept(self, client_as: ClientMaker) -> None:
        client = client_as("administrator")
        assert client.get("/settings/committee/").status_code == 200
        assert client.post("/settings/committee/", self.SENT).status_code == 302
        row = CommitteeSettings.objects.get()
        assert (row.fewest_people, row.quiet_days, row.early, row.late) == (2, 10, [], ["buyer"])
        assert client.post("/settings/committee/", self.SENT).status_code == 302, "twice the same is no conflict"
        stale = client.post("/settings/committee/", self.SENT | {"quiet_days": "11"})
        assert stale.status_code == 409
        assert CommitteeSettings.objects.get().quiet_days == 10

    @pytest.mark.parametrize("wrong", [{"quiet_days": "0"}, {"late": ["king"]}, {"fewest_people": "x"}])
    def test_refuse_nonsense(self, wrong: dict[str, Any], client_as: ClientMaker) -> None:
        assert client_as("administrator").post("/settings/committee/", self.SENT | wrong).status_code == 422
        assert not CommitteeSettings.objects.exists()

    def test_are_for_administrators(self, client_as: ClientMaker) -> None:
        assert client_as("manager").post("/settings/committee/", self.SENT).status_code == 403
        assert not CommitteeSettings.objects.exists()


def test_whom_we_know_at_a_company(deal: Deal, client_as: ClientMaker) -> None:
    assert deal.company
    row = seat(deal, roles=["buyer"], coverage="brief")
    gone = make_person(full_name="Lê Nam")
    make_post(gone, deal.company, until=AT.date())
    make_post(gone, make_company(name="Nơi khác"))
    page = text(client_as("manager").get(f"/companies/{deal.company.pk}/people-known/"))
    for said in (str(row.person), "Buyer", "Lê Nam", "now at Nơi khác", "over 1 open deal"):
        assert said in page
    assert client_as("seller", team=make_team()).get("/companies/0/people-known/").status_code == 404
