"""The tender of a deal over the API: written down, changed as it was read, its papers."""

from typing import Any

from rapport.deals.models import DealDocument, Tender, TenderDocument
from tests.api.conftest import ProgramMaker
from tests.factories import AT, make_deal

DUE = "2026-03-30T02:00:00Z"
FILE: dict[str, Any] = {
    "kind": "other", "name": "bond.pdf", "content_type": "application/pdf", "size": 1, "digest": "0" * 64,
    "added_at": AT,
}  # fmt: skip


def test_a_tender_and_its_papers(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    deal, other = make_deal(), make_deal()
    place, papers = f"/deals/{deal.pk}/tender", f"/deals/{deal.pk}/tender-documents"
    assert ask("GET", place).status_code == ask("PATCH", place, {"version": 1}).status_code == 404

    made = ask("POST", place, {"reference": "IB26", "due_at": DUE})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"'), made.content
    assert ask("GET", place).json() == made.json()
    twice = ask("POST", place, {"reference": "Another"})
    assert (twice.status_code, twice.json()["current"]) == (409, made.json())
    changed = ask("PATCH", place, {"decided_on": "2026-04-15"}, If_Match='"1"').json()
    assert (changed["version"], changed["reference"], changed["due_at"]) == (2, "IB26", DUE)
    stale = ask("PATCH", place, {"version": 1, "reference": "Mine"})
    assert (stale.status_code, stale.json()["current"]) == (409, changed)
    assert ask("PATCH", place, {"reference": "Mine"}).status_code == 428
    for field, wrong in (
        ("decided_on", "2026-03-01"),
        ("due_at", "2026-03-30T02:00:00"),
        ("due_at", "9999-12-31T23:00Z"),
    ):
        refused = ask("PATCH", place, {"version": 2, field: wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert (Tender.objects.get().reference, Tender.objects.get().version) == ("IB26", 2)

    paper = ask("POST", papers, {"name": "Bid bond"}).json()
    assert (paper["state"], paper["deal_id"]) == ("missing", deal.pk)
    one = f"/tender-documents/{paper['id']}"
    ready = ask("PATCH", one, {"state": "ready", "preparer_id": ask.user.pk, "name": None}).json()
    assert ready == paper | {"state": "ready", "preparer_id": ask.user.pk}
    assert ask("GET", papers).json()["items"] == [ready]
    assert ask("GET", f"/deals/{other.pk}/tender-documents").json()["items"] == []
    ours, theirs = (
        DealDocument.objects.create(deal=each, stored=f"bond-{each.pk}", **FILE).pk for each in (deal, other)
    )
    assert ask("PATCH", one, {"document_id": theirs}).json()["errors"][0]["field"] == "document_id"
    assert ask("PATCH", one, {"document_id": ours}).json() == ready | {"document_id": ours}
    assert ask("DELETE", one).status_code == 204
    assert not TenderDocument.objects.exists()
