"""Criteria and tenders through the client: the matrix, scoring in place, files, and who may do what."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.core.numbers import NotANumber
from rapport.deals.actions import criteria as actions
from rapport.deals.models import Criterion, CriterionScore, Deal, Rival, Tender, TenderDocument
from rapport.web.criteria.forms import score_from
from tests.factories import AT, make_company, make_deal, make_person, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]


@pytest.fixture
def deal(db: None) -> Deal:
    """A deal with two criteria, a rival and some scores."""
    deal = make_deal(name="Màng ghép", company=make_company(name="Vạn Phúc"))
    user = make_user()
    price = Criterion.objects.create(deal=deal, name="Giá", weight=60, answer="Giữ giá sáu tháng")
    must = Criterion.objects.create(
        deal=deal, name="=ISO", weight=40, is_must=True, pass_mark=6, position=1, holder=make_person()
    )
    rival = Rival.objects.create(deal=deal, name="Nhựa Kín Nắp")
    for criterion, of, score in ((price, None, 6), (price, rival, 8), (must, None, 5)):
        actions.set_score(criterion=criterion, rival=of, score=Decimal(score), seen=None, by=user, at=AT)
    return deal


def cell(criterion: Criterion, rival: Rival | None, text: str) -> dict[str, str]:
    """One cell of the matrix as the page sends it."""
    found = CriterionScore.objects.filter(criterion=criterion, rival=rival, until__isnull=True).first()
    key = f"{criterion.pk}-{rival.pk if rival else 0}"
    return {f"score-{key}": text, f"seen-{key}": str(found.pk) if found else ""}


def present() -> dict[tuple[str, bool], Decimal]:
    """The present scores by criterion, of ours and the rival's."""
    rows = CriterionScore.objects.filter(until__isnull=True).select_related("criterion")
    return {(row.criterion.name, row.rival_id is None): row.score for row in rows}


class TestMatrix:
    """The page and its cells."""

    def test_shows_totals_gates_the_gap_and_where_a_point_helps(self, client_as: ClientMaker, deal: Deal) -> None:
        response = client_as("manager").get(f"/deals/{deal.pk}/criteria/")
        page = response.content.decode()
        for text in ("Giá", "=ISO", "Nhựa Kín Nắp", "−2", "0 / 1", "it opens the gate", "Must-have, from 6"):
            assert text in page
        matrix = response.context["matrix"]
        assert matrix.ours.total.value == Decimal("5.6")
        assert matrix.best.points == -2

    def test_costs_few_queries(
        self, client_as: ClientMaker, deal: Deal, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        client = client_as("manager")
        with django_assert_max_num_queries(24):
            client.get(f"/deals/{deal.pk}/criteria/")

    def test_one_cell_is_saved_and_the_numbers_come_back(self, client_as: ClientMaker, deal: Deal) -> None:
        price = Criterion.objects.get(name="Giá")
        response = client_as("manager").post(
            f"/deals/{deal.pk}/criteria/scores/", cell(price, None, "8,5"), headers=HTMX
        )
        assert response.status_code == 200
        assert 'id="standing" hx-swap-oob="true"' in response.content.decode()
        assert present()["Giá", True] == Decimal("8.5")
        assert f'name="score-{price.pk}-0"' not in response.content.decode()

    def test_the_button_saves_only_what_was_changed(self, client_as: ClientMaker, deal: Deal) -> None:
        price, must, rival = Criterion.objects.get(name="Giá"), Criterion.objects.get(name="=ISO"), Rival.objects.get()
        sent = cell(price, None, "6") | cell(price, rival, "8") | cell(must, None, "7") | cell(must, rival, "")
        # Meanwhile somebody else scores the price; it stays, since here it was not touched.
        found = CriterionScore.objects.get(criterion=price, rival=None)
        actions.set_score(criterion=price, rival=None, score=Decimal(9), seen=found.pk, by=make_user(), at=AT)
        response = client_as("manager").post(f"/deals/{deal.pk}/criteria/scores/", sent)
        assert response.status_code == 302
        assert present() == {("Giá", True): 9, ("Giá", False): 8, ("=ISO", True): 7}

    @pytest.mark.parametrize("text", ["11", "-1", "abc", "1e3", "٣", "NaN", "0x5"])
    def test_what_is_no_score_is_told_and_the_cell_comes_back(
        self, text: str, client_as: ClientMaker, deal: Deal
    ) -> None:
        price = Criterion.objects.get(name="Giá")
        sent = cell(price, None, text)
        response = client_as("manager").post(f"/deals/{deal.pk}/criteria/scores/", sent, headers=HTMX)
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
        assert "HX-Trigger" in response.headers
        assert present()["Giá", True] == 6

    def test_who_scores_second_is_told(self, client_as: ClientMaker, deal: Deal) -> None:
        price = Criterion.objects.get(name="Giá")
        sent = cell(price, None, "7")
        found = CriterionScore.objects.get(criterion=price, rival=None)
        actions.set_score(criterion=price, rival=None, score=Decimal(9), seen=found.pk, by=make_user(), at=AT)
        client = client_as("manager")
        page = client.post(f"/deals/{deal.pk}/criteria/scores/", sent)
        assert page.status_code == 409
        assert "it is now 9" in page.content.decode()
        part = client.post(f"/deals/{deal.pk}/criteria/scores/", sent, headers=HTMX)
        assert part.status_code == 422
        assert present()["Giá", True] == 9

    def test_criteria_and_rivals_are_added(self, client_as: ClientMaker, deal: Deal) -> None:
        client, base = client_as("manager"), f"/deals/{deal.pk}/criteria/"
        fields = {"name": "Hạn giao", "kind": "rational", "weight": "12.5", "is_must": "on"}
        assert client.post(f"{base}new/", fields).status_code == 302
        assert client.post(f"{base}new/", fields).status_code == 422
        assert client.post(f"{base}new/", fields | {"name": "X", "kind": "emotional"}).status_code == 422
        assert client.post(f"{base}rivals/", {"name": "Bao bì"}).status_code == 302
        assert client.post(f"{base}rivals/", {"name": ""}).status_code == 422
        assert Criterion.objects.filter(deal=deal).count() == 3
        assert Rival.objects.filter(deal=deal).count() == 2
        assert client.post(f"{base}copy/", {"source": "x"}).status_code == 422
        assert client.post(f"{base}copy/", {"source": "9" * 30}).status_code == 422

    def test_an_empty_matrix_offers_the_usual_criteria(self, client_as: ClientMaker, deal: Deal) -> None:
        other = make_deal(company=deal.company)
        client = client_as("manager")
        page = client.get(f"/deals/{other.pk}/criteria/").content.decode()
        assert "No criteria yet" in page
        assert f'<option value="{deal.pk}">' in page
        client.post(f"/deals/{other.pk}/criteria/start/")
        assert Criterion.objects.filter(deal=other).count() == 9
        client.post(f"/deals/{other.pk}/criteria/copy/", {"source": deal.pk})
        assert Criterion.objects.filter(deal=other).count() == 11
        assert not CriterionScore.objects.filter(criterion__deal=other).exists()


def test_one_criterion_is_scored_with_evidence_changed_and_taken_out(client_as: ClientMaker, deal: Deal) -> None:
    client, price = client_as("manager"), Criterion.objects.get(name="Giá")
    base = f"/deals/{deal.pk}/criteria/{price.pk}/"
    seen = CriterionScore.objects.get(criterion=price, rival=None).pk
    sent = {"offer": "0", "seen": seen, "score": "7", "evidence": "<b>Khách nói</b>"}
    assert client.post(f"{base}scores/", sent).status_code == 302
    late = client.post(f"{base}scores/", sent | {"score": "8", "evidence": "Mine"})
    assert late.status_code == 409
    for text in ('value="8"', 'value="Mine"', "What stands there now: 7"):
        assert text in late.content.decode()
    assert client.post(f"{base}scores/", sent | {"score": "many"}).status_code == 422
    assert client.post(f"{base}scores/", sent | {"offer": "999999"}).status_code == 404
    page = client.get(base).content.decode()
    assert "&lt;b&gt;Khách nói" in page
    assert "<b>Khách" not in page
    fields = {"name": "Giá trọn gói", "kind": "rational", "weight": "50", "pass_mark": "5", "version": price.version}
    assert client.post(base, fields).status_code == 302
    late = client.post(base, fields | {"weight": "51"})
    assert late.status_code == 409
    assert [field.name for field in late.context["asked"]] == ["weight"]
    assert 'value="51"' in late.content.decode()
    assert client.post(f"{base}place/", {"to": "later"}).status_code == 302
    assert client.post(f"{base}remove/").status_code == 302
    assert client.get(base).status_code == 404
    assert Criterion.objects.get(pk=price.pk).removed_at is not None


@pytest.mark.parametrize(
    ("text", "score"),
    [("", None), (" 7 ", Decimal(7)), ("7,5", Decimal("7.5")), ("7.25", Decimal("7.3")), ("11", Decimal(11))],
)
def test_scores_as_people_type_them(text: str, score: Decimal | None) -> None:
    assert score_from(text) == score


def test_what_is_not_a_score() -> None:
    for text in ("-1", "seven", "1e1", "7,5,5", "9999999999"):
        with pytest.raises(NotANumber):
            score_from(text)


class TestTender:
    """Dates, papers, files."""

    def test_dates_and_papers(self, client_as: ClientMaker, deal: Deal) -> None:
        client, base = client_as("manager"), f"/deals/{deal.pk}/criteria/tender/"
        dates = {"reference": "TB 01", "questions_until": "2026-04-01", "due_at": "2026-04-10T16:00", "version": "0"}
        assert client.post(f"{base}dates/", dates).status_code == 302
        assert client.post(f"{base}dates/", dates | {"reference": "TB 02"}).status_code == 409
        assert client.post(f"{base}dates/", dates | {"version": 1, "opened_on": "2026-03-01"}).status_code == 422
        assert client.post(f"{base}documents/", {"name": "ISO", "state": "missing"}).status_code == 302
        paper = TenderDocument.objects.get()
        assert client.post(f"{base}documents/{paper.pk}/state/", {"state": "ready"}).status_code == 302
        assert client.post(f"{base}documents/{paper.pk}/state/", {"state": "?"}).status_code == 422
        changed = client.post(f"{base}documents/{paper.pk}/", {"name": "ISO 9001", "state": "handed_in"})
        assert changed.status_code == 302
        page = client.get(base).content.decode()
        for text in ("ISO 9001", "TB 01", "Giữ giá sáu tháng", "1 / 2"):
            assert text in page
        assert client.post(f"{base}documents/{paper.pk}/remove/").status_code == 302
        assert not TenderDocument.objects.exists()

    def test_the_pack_holds_answers_and_dates_and_no_score(self, client_as: ClientMaker, deal: Deal) -> None:
        client, base = client_as("manager"), f"/deals/{deal.pk}/criteria/"
        due = datetime(2026, 4, 10, 9, tzinfo=UTC)
        Tender.objects.create(deal=deal, reference="TB 01", due_at=due, note="Một bản cứng")
        TenderDocument.objects.create(deal=deal, name="=HYPERLINK(1)", due_on=due.date() - timedelta(days=1))
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}tender/pack.xlsx").content))
        cells = [value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]
        for value in ("TB 01", "Giá", "Giữ giá sáu tháng", "=HYPERLINK(1)", datetime(2026, 4, 10, 16)):  # noqa: DTZ001
            assert value in cells
        assert "Nhựa Kín Nắp" not in cells
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
        assert "f" not in kinds
        paper = client.get(f"{base}tender/pack.pdf")
        assert paper["Content-Type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")
        inner = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}matrix.xlsx").content))
        values = [value for row in inner["Criteria"].iter_rows(values_only=True) for value in row]
        assert "Nhựa Kín Nắp" in values
        assert 8 in values
        assert AuditEntry.objects.filter(code="deals.criteria_exported").count() == 3


WRITES = ("new/", "start/", "copy/", "scores/", "rivals/", "tender/dates/", "tender/documents/")
READS = ("", "tender/", "matrix.xlsx", "tender/pack.xlsx", "tender/pack.pdf")


@pytest.mark.parametrize("who", ["nobody", "viewer", "stranger"])
def test_who_may_not_write_changes_nothing(who: str, client_as: ClientMaker, deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(owner=make_user(), team=make_team())
    client = client_as("seller", team=make_team()) if who == "stranger" else client_as(who)
    price, rival = Criterion.objects.get(name="Giá"), Rival.objects.get()
    paper = TenderDocument.objects.create(deal=deal, name="ISO")
    status = {"nobody": 302, "viewer": 403, "stranger": 404}[who]
    base = f"/deals/{deal.pk}/criteria/"
    before = AuditEntry.objects.count()
    one = [f"{price.pk}/", f"{price.pk}/scores/", f"{price.pk}/place/", f"{price.pk}/remove/",
           f"rivals/{rival.pk}/remove/", f"tender/documents/{paper.pk}/",
           f"tender/documents/{paper.pk}/state/", f"tender/documents/{paper.pk}/remove/"]  # fmt: skip
    sent = {"name": "X", "state": "ready", "offer": "0", "score": "9", "seen": "", "to": "later"}
    sent |= cell(price, None, "9")
    for address in (*WRITES, *one):
        assert client.post(base + address, sent).status_code == status, address
    assert AuditEntry.objects.count() == before
    assert present() == {("Giá", True): 6, ("Giá", False): 8, ("=ISO", True): 5}
    for address in READS:
        assert client.get(base + address).status_code == (200 if who == "viewer" else status), address


def test_parts_of_another_deal_are_not_found(client_as: ClientMaker, deal: Deal) -> None:
    other = make_deal()
    mine = Criterion.objects.create(deal=other, name="Z")
    paper = TenderDocument.objects.create(deal=other, name="ISO")
    rival = Rival.objects.create(deal=other, name="R")
    client = client_as("manager")
    for address in (f"{mine.pk}/", f"tender/documents/{paper.pk}/"):
        assert client.get(f"/deals/{deal.pk}/criteria/{address}").status_code == 404
    assert client.post(f"/deals/{deal.pk}/criteria/rivals/{rival.pk}/remove/").status_code == 404
    client.post(f"/deals/{deal.pk}/criteria/scores/", cell(mine, None, "9"))
    assert not CriterionScore.objects.filter(criterion=mine).exists()


def test_a_reader_sees_no_forms(client_as: ClientMaker, deal: Deal) -> None:
    page = client_as("viewer").get(f"/deals/{deal.pk}/criteria/").content.decode()
    assert "matrix-score" not in page
    assert "Add a criterion" not in page


def test_the_panel_stands_on_the_first_page(client_as: ClientMaker, deal: Deal) -> None:
    page = client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
    assert "panel-criteria" in page
    assert "below a must-have" in page
