"""Changing many records from a list: chosen, looked at, begun, watched, taken back; and who may."""

from collections.abc import Callable

import pytest
from django.test import Client

from rapport.core import clock
from rapport.lists.bulk import runs
from rapport.lists.bulk.models import BulkRun
from rapport.people.models import Company
from tests.factories import make_company, make_user

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]


def test_from_the_list_to_the_undo(client_as: Maker) -> None:
    client = client_as("manager")
    steel, glass = make_company(name="Vạn Phúc", industry="Steel"), make_company(name="Other", industry="Glass")
    listed = client.get("/companies/").content.decode()
    assert 'form="bulk" name="ids"' in listed
    asked = {"over": "all", "query": "industry=Steel"}
    page = client.get("/bulk/companies/", asked | {"what": "set:industry"}).content.decode()
    assert "Companies: 1" in page
    assert 'name="value"' in page
    asked |= {"what": "set:industry", "value": "Paper"}
    seen = client.post("/bulk/companies/", asked | {"go": "look"})
    assert "Industry becomes “Paper”" in seen.content.decode()
    assert not BulkRun.objects.exists()
    answer = client.post("/bulk/companies/", asked | {"go": "begin"})
    run = BulkRun.objects.get()
    assert answer["Location"] == f"/bulk/runs/{run.pk}/"
    assert "Waiting for its turn" in client.get(f"/bulk/runs/{run.pk}/").content.decode()
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    assert "Undo all of it" in client.get(f"/bulk/runs/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    steel.refresh_from_db()
    glass.refresh_from_db()
    assert (steel.industry, glass.industry) == ("Paper", "Glass")
    Company.objects.filter(pk=steel.pk).update(industry="Wood")
    client.post(f"/bulk/runs/{run.pk}/undo/")
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    page = client.get(f"/bulk/runs/{run.pk}/").content.decode()
    assert "Changed since, so left alone" in page
    assert "Vạn Phúc" in page
    assert "Industry becomes" in client.get("/bulk/").content.decode()
    for other in (client_as("seller"), client_as("marketer")):
        assert other.get(f"/bulk/runs/{run.pk}/").status_code == 404
        assert "Industry becomes" not in other.get("/bulk/").content.decode()


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"what": "set:stage", "value": "1"}, 422, "Select a valid choice"),
        ({"what": "tag", "value": " , "}, 422, "required"),
        ({"what": "set:province", "value": "Atlantis"}, 422, "Select a valid choice"),
        ({"what": "archive", "query": "nonsense=1"}, 409, "Nothing was changed"),
        ({"what": "archive", "over": "ticked", "ids": "x"}, 200, "No row is meant"),
    ],
)
def test_what_makes_no_sense_is_said(client_as: Maker, sent: dict[str, str], status: int, words: str) -> None:
    make_company(owner=make_user())
    answer = client_as("manager").post("/bulk/companies/", {"over": "all", "go": "look"} | sent)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not BulkRun.objects.exists()
