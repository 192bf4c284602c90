"""Changing many records from a list: chosen, looked at, begun, watched, taken back; and who may."""

from collections.abc import Callable

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import clock
from rapport.core.models import AuditEntry
from rapport.identity.models import Right
from rapport.identity.rights import Reach
from rapport.lists.bulk import runs
from rapport.lists.bulk.models import BulkRun
from rapport.people.models import Company
from tests.factories import make_company, make_team, make_user

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]


def waiting(name: str) -> list[ProcrastinateJob]:
    """The jobs of a name that are queued."""
    return list(ProcrastinateJob.objects.filter(task_name__endswith=name))


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
    assert "Industry becomes" in client_as("administrator").get(f"/bulk/runs/{run.pk}/").content.decode()


def test_a_run_is_stopped_and_undone_by_nobody_else(client_as: Maker) -> None:
    client = client_as("manager")
    company = make_company(industry="Steel")
    client.post(
        "/bulk/companies/", {"over": "all", "query": "", "what": "set:industry", "value": "Glass", "go": "begin"}
    )
    run = BulkRun.objects.get()
    others = [client_as(role) for role in ("manager", "seller", "viewer")]

    def nothing_happened(step: str, status: str) -> None:
        notes, jobs = AuditEntry.objects.count(), len(waiting("carry_out"))
        for other in others:
            assert other.post(f"/bulk/runs/{run.pk}/{step}/").status_code == 404
            assert other.get(f"/bulk/runs/{run.pk}/").status_code == 404
            assert "Industry becomes" not in other.get("/bulk/").content.decode()
        run.refresh_from_db()
        assert (run.status, run.stop_asked, run.undone_by) == (status, False, None)
        assert (AuditEntry.objects.count(), len(waiting("carry_out"))) == (notes, jobs)

    nothing_happened("stop", "waiting")
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    nothing_happened("undo", "done")
    assert Company.objects.get(pk=company.pk).industry == "Glass"
    assert client.post(f"/bulk/runs/{run.pk}/stop/").status_code == 409
    assert client_as("administrator").post(f"/bulk/runs/{run.pk}/undo/").status_code == 302
    run.refresh_from_db()
    assert (run.status, len(waiting("carry_out"))) == ("undoing", 2)


def test_the_preview_and_the_run_say_why_rows_stay(client_as: Maker) -> None:
    Right.objects.filter(role__code="seller", kind="company", action="see").update(reach=Reach.ALL)
    client = client_as("seller")
    mine = make_company(owner=client.user, industry="Steel")  # type: ignore[attr-defined]
    same = make_company(owner=client.user, industry="Glass")  # type: ignore[attr-defined]
    theirs = make_company(owner=make_user(), team=make_team())
    sent = {"over": "ticked", "ids": [mine.pk, same.pk, theirs.pk, 10**9], "what": "set:industry", "value": "Glass"}
    seen = client.post("/bulk/companies/", sent | {"go": "look"}).content.decode()
    many = {"over": "ticked", "ids": [mine.pk, *range(10**9, 10**9 + 300)]}
    chosen = client.post("/bulk/companies/", many | {"what": "tag"}).content.decode()
    assert chosen.count('method="post" action="/bulk/companies/"') == 2
    assert "Companies: 1" in chosen
    for words in ("Will be changed", "Say so already", "Out of your reach", "Not there any more", "Change 1"):
        assert words in seen, words
    assert (
        "There is nothing to change here."
        in client.post("/bulk/companies/", sent | {"ids": [same.pk], "go": "look"}).content.decode()
    )
    client.post("/bulk/companies/", sent | {"go": "begin"})
    run = BulkRun.objects.get()
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    page = client.get(f"/bulk/runs/{run.pk}/").content.decode()
    assert "Out of reach" in page
    assert str(theirs) in page


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"what": "set:stage", "value": "1"}, 422, "Select a valid choice"),
        ({"what": "tag", "value": " , "}, 422, "required"),
        ({"what": "set:province", "value": "Atlantis"}, 422, "Select a valid choice"),
        ({"what": "archive", "query": "nonsense=1"}, 409, "Nothing was changed"),
        ({"what": "archive", "query": "industry=Steel&province=" + "x" * 20_000}, 409, "too much at once"),
        ({"what": "archive", "over": "ticked", "ids": "x"}, 200, "No row is meant"),
    ],
)
def test_what_makes_no_sense_is_said(client_as: Maker, sent: dict[str, str], status: int, words: str) -> None:
    make_company(owner=make_user())
    answer = client_as("manager").post("/bulk/companies/", {"over": "all", "go": "look"} | sent)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not BulkRun.objects.exists()
