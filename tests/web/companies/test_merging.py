"""The page on which two records become one, through the client."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.fields.models import FieldDefinition
from rapport.people.models import Company, CompanyLink, Merge, Person
from tests.factories import make_company, make_deal, make_interaction, make_person, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


def given(record: Any, other: Any, *, keep: Any = None) -> dict[str, str]:
    """What the page sends."""
    return {
        "with": str(other.pk),
        "keep": str((keep or record).pk),
        f"version-{record.pk}": str(record.version),
        f"version-{other.pk}": str(other.version),
    }


class TestChoosing:
    """Finding the other record."""

    def test_offers_who_shares_something_and_says_what(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="Trần Hà", phone="+84912345678")
        make_person(full_name="tran ha", phone="+84912345678")
        make_person(full_name="Khác Hẳn")
        page = client_as("manager").get(f"/people/{person.pk}/merge/").content.decode()
        assert "tran ha" in page
        assert "same name" in page
        assert "same phone number" in page
        assert "Khác Hẳn" not in page

    def test_finds_others_by_words_but_never_itself(self, client_as: ClientMaker) -> None:
        company, other = make_company(name="Vạn Phúc"), make_company(name="Vạn Phúc Thịnh")
        response = client_as("manager").get(f"/companies/{company.pk}/merge/?words=van phuc")
        assert response.context["found"] == [other]

    @pytest.mark.parametrize("asked", ["x", "-1", "0", "9" * 30, "1e3"])
    def test_what_is_no_record_is_not_there(self, asked: str, client_as: ClientMaker) -> None:
        company = make_company()
        assert client_as("manager").get(f"/companies/{company.pk}/merge/?with={asked}").status_code == 404

    def test_itself_is_told(self, client_as: ClientMaker) -> None:
        company = make_company()
        page = client_as("manager").get(f"/companies/{company.pk}/merge/?with={company.pk}").content.decode()
        assert "one and the same record" in page


class TestMerging:
    """Looking at both, and doing it."""

    def test_shows_both_and_what_hangs_on_each(self, client_as: ClientMaker) -> None:
        one, two = make_company(name="Một", tax_id="0100233488"), make_company(name="Hai", province="Hà Nội")
        stranger = make_user(team=make_team())
        make_deal(company=two, name="Màng")
        make_deal(company=two, name="Giấu", owner=stranger, team=stranger.team)
        make_interaction(company=two)
        FieldDefinition.objects.create(kind="company", code="floor", type="text", label_en="Floor", seen_by=["seller"])
        FieldDefinition.objects.create(kind="company", code="boss", type="text", label_en="Boss", seen_by=["manager"])
        Company.objects.filter(pk=one.pk).update(custom={"floor": "3", "boss": "A"})
        Company.objects.filter(pk=two.pk).update(custom={"floor": "4", "boss": "B"})
        client = client_as("seller", team=make_team())
        before = Company.objects.filter(pk=two.pk).values().get()
        response = client.get(f"/companies/{one.pk}/merge/?with={two.pk}")
        moves = {move.label: (move.moved, move.examples) for move in response.context["moves"]}
        assert moves["Deals"] == (1, ["Màng"])
        assert {row.code for row in response.context["rows"] if row.code} == {"name", "custom.floor"}
        page = response.content.decode()
        for words in ("Một", "Hai", "0100233488", "Hà Nội", "Màng"):
            assert words in page
        assert "Giấu" not in page
        assert before == Company.objects.filter(pk=two.pk).values().get()
        assert not Merge.objects.exists()
        sent = given(one, two) | {"take-name": "gone", "take-custom.floor": "gone", "take-custom.boss": "gone"}
        client.post(f"/companies/{one.pk}/merge/", sent)
        one.refresh_from_db()
        assert (one.name, one.custom) == ("Hai", {"floor": "4", "boss": "A"})
        merge = Merge.objects.get()
        page = client.get(f"/companies/{one.pk}/merge/").content.decode()
        assert f"/companies/{one.pk}/merge/{merge.pk}/undo/" in page
        undo = f"/companies/{one.pk}/merge/{merge.pk}/undo/"
        assert "What will be as before" in client.get(undo).content.decode()
        assert client.post(undo, {"version": "1"}).status_code == 422
        assert client.get(f"/people/{one.pk}/merge/{merge.pk}/undo/").status_code == 404
        assert client_as("viewer").post(undo, {"version": one.version}).status_code == 403
        assert client.post(undo, {"version": one.version})["Location"] == f"/companies/{two.pk}/"
        one.refresh_from_db()
        assert one.name == "Một"

    @pytest.mark.parametrize("kind", ["people", "companies"])
    def test_the_chosen_one_stays_and_the_page_leads_there(self, kind: str, client_as: ClientMaker) -> None:
        make: Callable[..., Any] = make_person if kind == "people" else make_company
        one, two = make(), make()
        response = client_as("manager").post(f"/{kind}/{one.pk}/merge/", given(one, two, keep=two))
        assert response["Location"] == f"/{kind}/{two.pk}/"
        one.refresh_from_db()
        assert one.merged_into_id == two.pk

    def test_a_merged_one_leads_on_and_is_changed_no_more(self, client_as: ClientMaker, at: datetime) -> None:
        kept = make_person()
        gone = make_person(merged_into=kept, archived_at=at, full_name="Cũ")
        client = client_as("manager")
        assert client.get(f"/people/{gone.pk}/")["Location"] == f"/people/{kept.pk}/"
        for address, sent in (
            ("edit", {"full_name": "Mới", "version": "1"}), ("archive", {"restore": "1"}),
            ("timeline", {"kind": "note", "text": "A"}), ("merge", given(gone, kept)),
        ):  # fmt: skip
            assert client.post(f"/people/{gone.pk}/{address}/", sent).status_code == 403
        gone.refresh_from_db()
        assert (gone.full_name, gone.merged_into_id) == ("Cũ", kept.pk)
        assert "Cũ" not in client.get("/people/?archived=on").content.decode()

    @pytest.mark.parametrize(
        "change", [{"keep": ""}, {"keep": "999999"}, {"version": "7"}, {"version": "x"}, {"version": "9" * 40}]
    )
    def test_what_does_not_fit_is_told_and_nothing_happens(
        self, change: dict[str, str], client_as: ClientMaker
    ) -> None:
        one, two = make_company(), make_company()
        sent = given(one, two)
        if "version" in change:
            change = {f"version-{two.pk}": change["version"]}
        response = client_as("manager").post(f"/companies/{one.pk}/merge/", sent | change)
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
        assert not Merge.objects.exists()

    def test_a_ring_is_refused_in_words(self, client_as: ClientMaker) -> None:
        top, middle, bottom = make_company(), make_company(), make_company()
        for one, two in ((top, middle), (middle, bottom)):
            CompanyLink.objects.create(from_company=one, to_company=two, kind="parent_of")
        response = client_as("manager").post(f"/companies/{top.pk}/merge/", given(top, bottom))
        assert response.status_code == 422
        assert "its own" in response.content.decode()


ANSWERS = {"nobody": 302, "viewer": 403, "seller of another team": 404, "seller of the team": 302, "manager": 302}


@pytest.mark.parametrize("who", ANSWERS)
@pytest.mark.parametrize("hidden", ["record", "other"])
def test_who_may_merge_and_otherwise_nothing_happens(who: str, hidden: str, client_as: ClientMaker) -> None:
    """One must be allowed to change both records; of the other team's one a seller learns nothing."""
    team = make_team()
    owner = make_user(team=team)
    one, two = make_company(), make_company()
    secret = one if hidden == "record" else two
    Company.objects.filter(pk=secret.pk).update(owner=owner, team=team)
    teams = {"seller of the team": team, "seller of another team": make_team()}
    client = client_as(who.split()[0], team=teams.get(who)) if who != "nobody" else client_as("nobody")
    response = client.post(f"/companies/{one.pk}/merge/", given(one, two))
    assert response.status_code == ANSWERS[who]
    may = who in ("seller of the team", "manager")
    assert Merge.objects.exists() == AuditEntry.objects.exists() == may
    if not may:
        assert not Company.objects.filter(merged_into__isnull=False).exists()
        assert not Person.objects.exists()
