"""Writing on a timeline and reading it, through the client, with htmx and without."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from rapport.core import clock
from rapport.timeline.models import Interaction, Task
from tests.factories import AT, make_company, make_interaction, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "timeline"}
LIST = {"HX-Request": "true", "HX-Target": "timeline-list"}
ClientMaker = Callable[..., Client]


class TestWriting:
    """One form, no page change, and without JavaScript too."""

    def test_htmx_gets_the_timeline_with_the_new_entry(self, client_as: ClientMaker) -> None:
        person = make_person()
        response = client_as("manager").post(
            f"/people/{person.pk}/timeline/",
            {"kind": "call", "text": "Gọi hỏi mẫu\nHẹn thứ Hai"},
            headers=HTMX,
        )
        part = response.content.decode()
        assert response.status_code == 200
        assert '<section id="timeline"' in part
        assert "<html" not in part
        assert part.count("Gọi hỏi mẫu") == 1
        interaction = Interaction.objects.get()
        assert (interaction.subject, interaction.body) == ("Gọi hỏi mẫu", "Hẹn thứ Hai")

    def test_without_javascript_one_comes_back_to_the_page(self, client_as: ClientMaker) -> None:
        company = make_company()
        response = client_as("manager").post(f"/companies/{company.pk}/timeline/", {"kind": "note", "text": "Ghi chú"})
        assert response["Location"] == f"/companies/{company.pk}/"
        assert Interaction.objects.get().company == company

    def test_who_took_part_is_ticked(self, client_as: ClientMaker) -> None:
        company, person, other = make_company(), make_person(), make_person()
        make_post(person, company)
        make_post(other, company)
        given = {
            "kind": "meeting", "text": "Họp", "minutes": "90", "direction": "out",
            "happened_at": "2026-01-05T09:30", "people": [str(other.pk)], "company": str(company.pk),
        }  # fmt: skip
        client_as("manager").post(f"/people/{person.pk}/timeline/", given)
        interaction = Interaction.objects.get()
        assert set(interaction.people.all()) == {person, other}
        assert (interaction.company, interaction.minutes, interaction.direction) == (company, 90, "out")
        assert interaction.at.isoformat() == "2026-01-05T02:30:00+00:00"

    def test_a_task(self, client_as: ClientMaker) -> None:
        client, company = client_as("seller"), make_company()
        client.post(f"/companies/{company.pk}/timeline/", {"kind": "task", "text": "Gửi mẫu", "due_on": "2026-12-01"})
        task = Task.objects.get()
        assert (task.what, str(task.due_on), task.company) == ("Gửi mẫu", "2026-12-01", company)
        assert task.owner == client.user  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "given",
        [
            {"kind": "note", "text": " "},
            {"kind": "task", "text": "", "due_on": "2026-12-01"},
            {"kind": "task", "text": "Gửi mẫu", "due_on": ""},
            {"kind": "task", "text": "x" * 301, "due_on": "2026-12-01"},
            {"kind": "nonsense", "text": "x"},
            {"kind": "call", "text": "x", "minutes": "-5"},
            {"kind": "call", "text": "x", "happened_at": "2999-01-01T00:00"},
            {"kind": "meeting", "text": "x", "people": ["999999"]},
        ],
    )
    @pytest.mark.parametrize("headers", [HTMX, {}])
    def test_nonsense_comes_back_with_words(
        self, given: dict[str, str], headers: dict[str, str], client_as: ClientMaker
    ) -> None:
        person = make_person()
        response = client_as("manager").post(f"/people/{person.pk}/timeline/", given, headers=headers)
        assert response.status_code == 422
        assert "composer-open" in response.content.decode()
        assert not Interaction.objects.exists()
        assert not Task.objects.exists()

    def test_a_viewer_has_no_form(self, client_as: ClientMaker) -> None:
        person = make_person()
        make_interaction(person, subject="Gọi hỏi mẫu")
        page = client_as("viewer").get(f"/people/{person.pk}/").content.decode()
        assert "Gọi hỏi mẫu" in page
        assert "composer" not in page


class TestReading:
    """By kind and by page."""

    def test_narrowed_to_a_kind_and_page_by_page(self, client_as: ClientMaker) -> None:
        person = make_person()
        for number in range(25):
            make_interaction(person, kind="call", subject=f"call {number:02d}", at=AT - timedelta(hours=number))
        make_interaction(person, kind="note", subject="a note")
        client = client_as("manager")
        response = client.get(f"/people/{person.pk}/?kind=call", headers=LIST)
        part = response.context["timeline"]
        assert [entry.title for entry in part.page.entries] == [f"call {number:02d}" for number in range(20)]
        assert response.content.decode().lstrip().startswith('<div id="timeline-list"')
        more = client.get(part.more_address, headers=LIST).context["timeline"].page
        assert [entry.title for entry in more.entries] == [f"call {number:02d}" for number in range(20, 25)]
        assert more.next_cursor == ""

    @pytest.mark.parametrize("query", ["kind=nonsense", "cursor=nonsense", "cursor=WyJ4IiwgMF0"])
    def test_nonsense_shows_everything(self, query: str, client_as: ClientMaker) -> None:
        person = make_person()
        make_interaction(person, subject="Gọi hỏi mẫu")
        page = client_as("manager").get(f"/people/{person.pk}/?{query}").content.decode()
        assert "Gọi hỏi mẫu" in page


class TestRemoving:
    """An entry written by mistake."""

    @pytest.mark.parametrize(
        ("who", "status"),
        [("viewer", 403), ("seller of another team", 404), ("seller of the team", 200), ("manager", 200)],
    )
    def test_who_may(self, who: str, status: int, client_as: ClientMaker) -> None:
        team = make_team()
        person = make_person(owner=make_user(team=team), team=team)
        interaction = make_interaction(person)
        teams = {"seller of the team": team, "seller of another team": make_team()}
        client = client_as(who.split()[0], team=teams.get(who))
        response = client.post(f"/timeline/{interaction.pk}/remove/", headers=HTMX)
        assert response.status_code == status
        assert Interaction.objects.exists() == (status != 200)


def test_an_entry_tells_how_late_a_task_is(client_as: ClientMaker) -> None:
    person = make_person()
    Task.objects.create(what="Gửi mẫu", due_on=clock.today() - timedelta(days=3), person=person, made_at=clock.now())
    page = client_as("manager").get(f"/people/{person.pk}/").content.decode()
    assert "3 days late" in page
