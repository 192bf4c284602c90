"""Pages of the process: settings of pipelines and stages, a deal's history, its documents, what it still needs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from rapport.core import storage
from rapport.core.models import AuditEntry
from rapport.deals.models import Deal, DealChange, DealDocument, LossReason, Pipeline, Stage, StageRequirement
from rapport.identity.models import RoleCode
from tests.factories import AT, make_company, make_deal, make_pipeline, make_team, make_user

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]
HTMX = {"HX-Request": "true"}
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = str(tmp_path)


@pytest.fixture
def pipeline() -> Pipeline:
    """Two open stages, won and lost."""
    return make_pipeline("Demo", "Contract", name="Direct")


def stage(pipeline: Pipeline, name: str) -> Stage:
    """A stage by name."""
    return pipeline.stages.get(name=name)


def paper(name: str = "Hợp đồng.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it, with a kind that is not to be trusted."""
    return SimpleUploadedFile(name, content, content_type="text/html")


PAGES = ["pipelines/", "pipelines/new/", "pipelines/{pipeline}/", "stages/{stage}/", "loss-reasons/",
         "loss-reasons/{reason}/"]  # fmt: skip
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("pipelines/new/", {"template": "tender", "name": "T"}),
    ("pipelines/{pipeline}/", {"name": "Other"}),
    ("pipelines/{pipeline}/stages/", {"name": "New", "status": "open"}),
    ("pipelines/{pipeline}/shift/", {"down": "1"}),
    ("pipelines/{pipeline}/remove/", {}),
    ("pipelines/{pipeline}/restore/", {}),
    ("stages/{stage}/", {"name": "Other"}),
    ("stages/{stage}/shift/", {"down": "1"}),
    ("stages/{stage}/empty/", {"to": "{other}"}),
    ("stages/{stage}/remove/", {}),
    ("stages/{stage}/restore/", {}),
    ("stages/{stage}/requirements/", {"what": "field:amount", "is_hard": "hard"}),
    ("requirements/{requirement}/", {"soft": "1"}),
    ("requirements/{requirement}/remove/", {}),
    ("loss-reasons/", {"name": "Other"}),
    ("loss-reasons/suggested/", {}),
    ("loss-reasons/{reason}/", {"name": "Other"}),
    ("loss-reasons/{reason}/change/", {"remove": "1"}),
]
OTHERS = [role for role in RoleCode.values if role != RoleCode.ADMINISTRATOR]


@pytest.fixture
def address(pipeline: Pipeline) -> Callable[[str], str]:
    """Fills a pattern with what there is."""
    contract = stage(pipeline, "Contract")
    requirement = StageRequirement.objects.create(stage=contract, kind="field", subject="company")
    reason = LossReason.objects.create(code="gia", name="Giá")
    known = {"pipeline": pipeline.pk, "stage": contract.pk, "other": stage(pipeline, "Demo").pk,
             "requirement": requirement.pk, "reason": reason.pk}  # fmt: skip
    return lambda pattern: pattern.format(**known)


class TestSettings:
    """Who shapes pipelines, and what becomes of it."""

    @pytest.mark.parametrize("page", PAGES)
    def test_an_administrator_opens_every_page(
        self, client_as: Maker, address: Callable[[str], str], page: str
    ) -> None:
        response = client_as("administrator").get("/settings/" + address(page))
        assert response.status_code == 200
        assert 'aria-current="page"' in response.content.decode()

    @pytest.mark.parametrize("role", [*OTHERS, "nobody"])
    def test_nobody_else_opens_or_changes_anything(
        self, client_as: Maker, address: Callable[[str], str], role: str
    ) -> None:
        client, expected = client_as(role), 302 if role == "nobody" else 403
        for page in PAGES:
            assert client.get("/settings/" + address(page)).status_code == expected
        for page, fields in CHANGES:
            sent = {name: address(value) for name, value in fields.items()}
            assert client.post("/settings/" + address(page), sent).status_code == expected
        assert not AuditEntry.objects.exists()
        assert StageRequirement.objects.get().is_hard

    @pytest.mark.parametrize(("page", "fields"), CHANGES)
    def test_an_administrator_changes_it(
        self, client_as: Maker, address: Callable[[str], str], page: str, fields: dict[str, Any]
    ) -> None:
        make_pipeline(position=1)
        client = client_as("administrator")
        sent = {name: address(value) for name, value in fields.items()}
        response = client.post("/settings/" + address(page), sent)
        assert response.status_code == 302
        # Where there is nothing to do nothing is written: what is in use is not restored, the last not moved down.
        assert AuditEntry.objects.exists() == ("restore" not in page and page != "stages/{stage}/shift/")

    @pytest.mark.parametrize(
        ("page", "fields", "words"),
        [
            ("pipelines/new/", {"template": "magic"}, "Select a valid choice"),
            ("pipelines/new/", {"template": "renewal", "name": "direct"}, "a name of its own"),
            ("pipelines/{pipeline}/", {"name": " "}, "This field is required."),
            ("pipelines/{pipeline}/", {"name": "Bán", "kind": "magic"}, "Select a valid choice"),
            ("pipelines/{pipeline}/stages/", {"name": "demo", "status": "open"}, "has this name"),
            ("pipelines/{pipeline}/stages/", {"name": "X", "status": "open", "probability": "101"}, "100"),
            ("stages/{stage}/", {"name": "Demo", "probability": "5"}, "has this name"),
            ("stages/{stage}/", {"name": "X", "expected_days": "0"}, "greater than or equal to 1"),
            ("stages/{stage}/requirements/", {"what": "", "is_hard": "hard"}, "This field is required."),
            ("stages/{stage}/requirements/", {"what": "field:secret", "is_hard": "hard"}, "Select a valid choice"),
            ("stages/{stage}/requirements/", {"what": "criterion:one", "is_hard": "soft"}, "Name the criterion."),
            ("stages/{stage}/requirements/", {"what": "field:company", "is_hard": "soft"}, "asks for that already"),
            ("stages/{other}/requirements/", {"what": "role:buyer", "is_hard": "soft"}, "A deal begins in this stage"),
            ("stages/{stage}/empty/", {"to": ""}, "This field is required."),
            ("loss-reasons/", {"name": "GIÁ"}, "in the list already"),
        ],
    )
    def test_what_makes_no_sense_is_said(
        self, client_as: Maker, address: Callable[[str], str], page: str, fields: dict[str, str], words: str
    ) -> None:
        response = client_as("administrator").post("/settings/" + address(page), fields)
        assert (response.status_code, words in response.content.decode()) == (422, True)
        assert not AuditEntry.objects.exists()

    def test_a_purpose_is_set_and_stays_where_none_is_sent(self, client_as: Maker, pipeline: Pipeline) -> None:
        client = client_as("administrator")
        for given in ({"name": "Tái ký", "kind": "renewal"}, {"name": "Tái ký"}):
            assert client.post(f"/settings/pipelines/{pipeline.pk}/", given).status_code == 302
            pipeline.refresh_from_db()
            assert (pipeline.name, pipeline.kind) == ("Tái ký", "renewal")
        assert "Renewal" in client.get("/settings/pipelines/").content.decode()

    def test_a_stage_in_use_offers_to_move_its_deals(self, client_as: Maker, pipeline: Pipeline) -> None:
        demo, contract = stage(pipeline, "Demo"), stage(pipeline, "Contract")
        deal = make_deal(stage=demo)
        client = client_as("administrator")
        page = client.get(f"/settings/stages/{demo.pk}/").content.decode()
        assert "1 deal is in this stage." in page
        refused = client.post(f"/settings/stages/{demo.pk}/remove/", follow=True)
        assert "Move them to another stage first." in refused.content.decode()
        moved = client.post(f"/settings/stages/{demo.pk}/empty/", {"to": contract.pk}, follow=True)
        assert "1 deal was moved." in moved.content.decode()
        deal.refresh_from_db()
        assert deal.stage == contract

    def test_what_can_never_be_met_stands_out(self, client_as: Maker, pipeline: Pipeline) -> None:
        StageRequirement.objects.create(stage=stage(pipeline, "Demo"), kind="role", subject="buyer")
        client = client_as("administrator")
        assert "what no deal can ever have" in client.get(f"/settings/pipelines/{pipeline.pk}/").content.decode()
        page = client.get(f"/settings/stages/{stage(pipeline, 'Demo').pk}/").content.decode()
        assert "A deal begins in this stage" in page


class TestHistory:
    """The tab of changes."""

    def test_shows_changes_before_and_after(self, client_as: Maker, pipeline: Pipeline) -> None:
        deal = make_deal(pipeline=pipeline, amount=Decimal(1_500_000), company=make_company())
        DealChange.objects.create(deal=deal, field="amount", before="1000000.00", after="1500000.00", at=AT)
        DealChange.objects.create(deal=deal, field="expected_close_on", before=None, after="2026-05-31", at=AT)
        page = client_as("manager").get(f"/deals/{deal.pk}/history/").content.decode()
        for text in ("1,000,000 ₫", "1,500,000 ₫", "31 May 2026", "nothing", "+50%", "Came up", "Demo"):
            assert text in page

    @pytest.mark.parametrize(("show", "rows"), [("", 3), ("stages", 1), ("amounts", 1), ("days", 1), ("nonsense", 3)])
    def test_htmx_gets_the_chosen_ones_alone(
        self, client_as: Maker, show: str, rows: int, django_assert_max_num_queries: Any
    ) -> None:
        deal = make_deal(amount=Decimal(1))
        DealChange.objects.create(deal=deal, field="amount", before=None, after="1.00", at=AT)
        DealChange.objects.create(deal=deal, field="expected_close_on", before=None, after="2026-05-31", at=AT)
        client = client_as("manager")
        with django_assert_max_num_queries(10):
            part = client.get(f"/deals/{deal.pk}/history/?show={show}", headers=HTMX).content.decode()
        assert part.lstrip().startswith('<div id="history"')
        assert part.count("<tr>") == rows + 1

    def test_absent_and_hidden_look_alike(self, client_as: Maker) -> None:
        deal = make_deal(owner=make_user(), team=make_team())
        client = client_as("seller", team=make_team())
        for part in ("history/", "documents/", "documents/1/"):
            for pk in (deal.pk, 999_999_999):
                assert client.get(f"/deals/{pk}/{part}").status_code == 404


class TestNeeds:
    """What the next stage needs, on the first page of a deal."""

    def test_each_lacking_thing_leads_to_where_it_is_met(self, client_as: Maker, pipeline: Pipeline) -> None:
        deal = make_deal(pipeline=pipeline, amount=Decimal(5))
        for kind, subject in (("field", "product"), ("field", "amount"), ("document", "contract"), ("role", "buyer")):
            StageRequirement.objects.create(stage=stage(pipeline, "Contract"), kind=kind, subject=subject)
        page = client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
        assert "What “Contract” needs" in page
        assert "3 things lacking" in page
        assert f"/deals/{deal.pk}/edit/#id_product" in page
        assert f"/deals/{deal.pk}/documents/?kind=contract" in page
        assert f"/deals/{deal.pk}/committee/" in page

    def test_a_stage_that_asks_for_nothing_is_silent(self, client_as: Maker, pipeline: Pipeline) -> None:
        page = client_as("manager").get(f"/deals/{make_deal(pipeline=pipeline).pk}/").content.decode()
        assert 'id="needs"' not in page


class TestDocuments:
    """Files of a deal."""

    def test_a_file_comes_in_and_goes_out_as_a_file(self, client_as: Maker) -> None:
        deal = make_deal()
        client = client_as("seller")
        response = client.post(f"/deals/{deal.pk}/documents/", {"kind": "contract", "file": paper()})
        assert response.status_code == 302
        found = DealDocument.objects.get()
        assert (found.by, found.kind) == (client.user, "contract")  # type: ignore[attr-defined]
        answer = client.get(f"/deals/{deal.pk}/documents/{found.pk}/")
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"kind": "contract"}, "This field is required."),
            ({"kind": "contract", "file": ("a.pdf", b"")}, "The file is empty."),
            ({"kind": "secret", "file": ("a.pdf", PDF)}, "Select a valid choice."),
            ({"kind": "contract", "file": ("a.png", b"<script>alert(1)</script>")}, "does not fit"),
            ({"kind": "contract", "file": ("a.html", PDF)}, "does not fit"),
        ],
    )
    def test_what_is_not_taken_is_said(self, client_as: Maker, given: dict[str, Any], words: str) -> None:
        sent = given | ({"file": paper(*given["file"])} if "file" in given else {})
        response = client_as("manager").post(f"/deals/{make_deal().pk}/documents/", sent)
        assert (response.status_code, words in response.content.decode()) == (422, True)
        assert not DealDocument.objects.exists()

    @pytest.mark.parametrize(("who", "may"), [("nobody", 302), ("viewer", 403), ("stranger", 404), ("seller", 302)])
    def test_who_may_add_and_put_away(self, client_as: Maker, who: str, may: int) -> None:
        mine, theirs = make_team(), make_team()
        deal = make_deal(owner=make_user(team=theirs), team=mine if who == "seller" else theirs)
        kept = DealDocument.objects.create(deal=deal, kind="other", name="a.pdf", stored="aa/a", size=1, added_at=AT)
        client = client_as("seller" if who == "stranger" else who, team=mine)
        assert client.post(f"/deals/{deal.pk}/documents/", {"kind": "other", "file": paper()}).status_code == may
        assert client.post(f"/deals/{deal.pk}/documents/{kept.pk}/remove/").status_code == may
        kept.refresh_from_db()
        is_done = who == "seller"
        assert (DealDocument.objects.count(), kept.removed_at is not None) == (1 + is_done, is_done)
        assert AuditEntry.objects.exists() == is_done

    def test_a_document_is_reached_through_its_own_deal_alone(self, client_as: Maker) -> None:
        theirs = make_deal(owner=make_user(), team=make_team())
        kept = DealDocument.objects.create(deal=theirs, kind="other", name="a.pdf", stored="aa/a", size=1, added_at=AT)
        storage.path("aa").mkdir()
        storage.path("aa/a").write_bytes(PDF)
        client = client_as("seller", team=make_team())
        assert client.get(f"/deals/{make_deal().pk}/documents/{kept.pk}/").status_code == 404
        assert client.post(f"/deals/{make_deal().pk}/documents/{kept.pk}/remove/").status_code == 404

    def test_put_away_and_fetched_back(self, client_as: Maker) -> None:
        deal: Deal = make_deal()
        kept = DealDocument.objects.create(deal=deal, kind="other", name="a.pdf", stored="aa/a", size=1, added_at=AT)
        client = client_as("manager")
        client.post(f"/deals/{deal.pk}/documents/{kept.pk}/remove/")
        assert "1 put away" in client.get(f"/deals/{deal.pk}/documents/").content.decode()
        client.post(f"/deals/{deal.pk}/documents/{kept.pk}/restore/")
        kept.refresh_from_db()
        assert kept.removed_at is None
        assert client.get(f"/deals/{deal.pk}/documents/{kept.pk}/").status_code == 404
