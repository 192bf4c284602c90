"""The board through the client: columns, cards, moving a deal, two at once, and who may do what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import actions
from rapport.deals.models import Deal, LossReason, StageChange, StageCheck, StageRequirement
from rapport.deals.models.committee import Participant
from rapport.deals.queries import board
from tests.factories import AT, make_company, make_deal, make_person, make_pipeline, make_product, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
HTMX = {"HX-Request": "true"}
ON_BOARD = HTMX | {"HX-Current-URL": "http://testserver/deals/board/"}


def move(client: Client, deal: Deal, stage: str, *, headers: dict[str, str] | None = None, **given: Any) -> Any:
    """Move a deal to the stage of this name."""
    to = deal.pipeline.stages.get(name=stage).pk
    sent = {"to": to, "version": 1} | given
    return client.post(f"/deals/{deal.pk}/move/", sent, headers=headers or {})


class TestBoard:
    """Columns and cards."""

    def test_shows_stages_with_their_deals_and_sums(self, client_as: ClientMaker) -> None:
        make_deal(name="Màng ghép", amount=Decimal(2_500_000), company=make_company(name="Vạn Phúc"))
        page = client_as("manager").get("/deals/board/").content.decode()
        for text in ("Màng ghép", "Vạn Phúc", "2,500,000 ₫", "× 20 %", "Won", "Lost", 'aria-current="page"'):
            assert text in page

    def test_a_card_tells_how_much_of_the_committee_is_met(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        for role, coverage in (("user", "brief"), ("buyer", "none")):
            StageRequirement.objects.create(stage=deal.stage, kind="role", subject=role)
            Participant.objects.create(deal=deal, person=make_person(), roles=[role], coverage=coverage, since=AT)
        page = client_as("manager").get("/deals/board/").content.decode()
        assert ">1/2<" in page
        assert "Committee: 1 of 2 required roles in contact" in page

    def test_htmx_gets_the_columns_alone(self, client_as: ClientMaker) -> None:
        make_deal()
        part = client_as("manager").get("/deals/board/", headers=HTMX).content.decode()
        assert part.lstrip().startswith('<div id="list"')

    def test_without_a_pipeline_says_so(self, client_as: ClientMaker) -> None:
        assert "No pipeline yet" in client_as("manager").get("/deals/board/").content.decode()

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"A", "B"}),
            ("owner=me", {"A"}),
            ("owner=none", {"B"}),
            ("company=Vạn Phúc", {"A"}),
            ("company=Nobody", {"A", "B"}),
            ("product=PET", {"B"}),
            ("rotting=on", {"B"}),
            ("pipeline=x&owner=x&team=x&sort=x&cursor=x", {"A", "B"}),
            ("pipeline={other}", {"C"}),
            ("sort=waiting", {"A", "B"}),
        ],
    )
    def test_filters(self, query: str, found: set[str], client_as: ClientMaker) -> None:
        client = client_as("manager")
        pipeline = make_pipeline()
        pipeline.stages.filter(position=1).update(expected_days=1)
        make_deal(name="A", pipeline=pipeline, owner=client.user, company=make_company(name="Vạn Phúc"))  # type: ignore[attr-defined]
        make_deal(name="B", stage=pipeline.stages.get(position=1), product=make_product(name="PET"))
        other = make_deal(name="C").pipeline
        response = client.get(f"/deals/board/?{query.format(other=other.pk)}")
        shown = {card.deal.name for column in response.context["columns"] for card in column.cards}
        assert shown == found
        assert ("No company has this name" in response.content.decode()) == ("Nobody" in query)

    def test_a_column_goes_on(self, client_as: ClientMaker, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(board, "FIRST_CARDS", 1)
        pipeline = make_pipeline()
        for name in "AB":
            make_deal(name=name, pipeline=pipeline, amount=1)
        client = client_as("manager")
        column = client.get("/deals/board/").context["columns"][0]
        address = f"/deals/board/?column={column.stage.pk}&cursor={column.next_cursor}"
        part = client.get(address, headers=HTMX).content.decode()
        assert "board-card-name" in part
        assert ">A<" not in part
        assert "Back to the board" in client.get(address).content.decode()
        assert client.get("/deals/board/?column=999999").status_code == 404

    @pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("viewer", 200), ("seller", 200)])
    def test_who_sees_it(self, who: str, status: int, client_as: ClientMaker) -> None:
        make_deal(name="Hidden", owner=make_user(), team=make_team())
        response = client_as(who, team=make_team()).get("/deals/board/")
        assert response.status_code == status
        assert ("Hidden" in response.content.decode()) == (who == "viewer")
        assert b"board-move" not in response.content


class TestMoving:
    """Moving a deal from the board."""

    def test_the_form_offers_the_other_stages(self, client_as: ClientMaker) -> None:
        deal = make_deal(name="Màng")
        client = client_as("seller")
        part = client.get(f"/deals/{deal.pk}/move/", headers=ON_BOARD)
        assert part["HX-Retarget"] == "#sheet-body"
        assert [str(stage) for stage in part.context["form"].fields["to"].queryset] == ["Proposal", "Won", "Lost"]
        whole = client.get(f"/deals/{deal.pk}/move/?next=/deals/board/%3Fowner%3Dme").content.decode()
        assert "<!doctype html>" in whole
        assert 'value="/deals/board/?owner=me"' in whole

    def test_without_javascript_one_comes_back_to_the_board(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        response = move(client_as("seller"), deal, "Proposal", next="/deals/board/?owner=me")
        assert response["Location"] == "/deals/board/?owner=me"
        deal.refresh_from_db()
        assert deal.stage.name == "Proposal"

    def test_one_is_never_sent_elsewhere(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        response = move(client_as("seller"), deal, "Proposal", next="https://example.com/")
        assert response["Location"] == f"/deals/{deal.pk}/"

    def test_a_dragged_card_stays_and_both_heads_are_asked_anew(self, client_as: ClientMaker) -> None:
        deal = make_deal(amount=Decimal(7), name="Màng")
        response = move(client_as("seller"), deal, "Proposal", headers=ON_BOARD, dragged="1")
        text = response.content.decode()
        assert response.status_code == 200
        assert response["HX-Reswap"] == "none"
        heads = [deal.stage_id, deal.pipeline.stages.get(name="Proposal").pk]
        assert response["HX-Trigger-After-Swap"] == f"sheet-close, head-{heads[0]}, head-{heads[1]}"
        assert text.count('hx-swap-oob="true"') == 1
        assert 'data-version="2"' in text
        assert "Moved to" in response["HX-Trigger"]

    def test_a_head_says_what_its_column_comes_to(self, client_as: ClientMaker) -> None:
        deal = make_deal(amount=Decimal(7_000_000))
        client = client_as("seller")
        text = client.get(f"/deals/board/?head={deal.stage_id}", headers=HTMX).content.decode()
        assert f'id="head-{deal.stage_id}"' in text
        assert "7,000,000" in text
        assert "board-card" not in text
        assert client.get("/deals/board/?head=999999", headers=HTMX).status_code == 404

    def test_by_the_form_the_card_goes_to_its_new_column(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        text = move(client_as("seller"), deal, "Proposal", headers=ON_BOARD, asked="1").content.decode()
        assert 'hx-swap-oob="delete"' in text
        assert f'hx-swap-oob="afterbegin:#cards-{deal.pipeline.stages.get(name="Proposal").pk}"' in text

    def test_from_another_page_the_page_comes_anew(self, client_as: ClientMaker) -> None:
        deal = make_deal()
        here = HTMX | {"HX-Current-URL": f"http://testserver/deals/{deal.pk}/"}
        response = move(client_as("seller"), deal, "Proposal", headers=here)
        assert (response.status_code, response["HX-Refresh"]) == (204, "true")

    @pytest.mark.parametrize("headers", [ON_BOARD, HTMX, {}], ids=["board", "elsewhere", "no script"])
    def test_who_is_second_gets_what_is_now(self, headers: dict[str, str], client_as: ClientMaker) -> None:
        deal = make_deal(name="Màng")
        proposal = deal.pipeline.stages.get(name="Proposal")
        actions.move(deal=deal, to=proposal, version=1, by=make_user(), at=AT)
        response = move(client_as("seller"), deal, "Won", headers=headers, dragged="1")
        text = response.content.decode()
        assert response.status_code == 409
        assert StageChange.objects.filter(to_stage__name="Won").count() == 0
        if headers is ON_BOARD:
            assert response["HX-Retarget"] == "#list"
            assert "it is now in the stage “Proposal”" in response["HX-Trigger"].encode().decode("unicode_escape")
            columns = {column.stage.name: column.cards for column in response.context["columns"]}
            assert [card.deal.version for card in columns["Proposal"]] == [2]
        else:
            assert "it is now in the stage “Proposal”" in text
            assert 'name="version" value="2"' in text

    def test_a_lost_deal_is_asked_why_once(self, client_as: ClientMaker) -> None:
        LossReason.objects.get_or_create(code="price", defaults={"name": "Price"})
        deal, client = make_deal(), client_as("seller")
        response = move(client, deal, "Lost", headers=ON_BOARD, dragged="1")
        assert response.status_code == 422
        assert "Close as lost" in response.content.decode()
        assert StageChange.objects.count() == 1
        move(client, deal, "Lost", headers=ON_BOARD, asked="1", reason_code="price", reason="Giá")
        change = StageChange.objects.latest("pk")
        assert (change.to_stage.name, change.reason_code_id, change.reason) == ("Lost", "price", "Giá")

    @pytest.mark.parametrize(("who", "may"), [("seller", False), ("manager", True)])
    def test_what_is_unmet_is_told_and_passes_only_with_right_and_reason(
        self, who: str, may: bool, client_as: ClientMaker
    ) -> None:
        deal, client = make_deal(amount=None), client_as(who)
        proposal = deal.pipeline.stages.get(name="Proposal")
        StageRequirement.objects.create(stage=proposal, kind="field", subject="amount")
        response = move(client, deal, "Proposal", headers=ON_BOARD, dragged="1")
        text = response.content.decode()
        assert response.status_code == 422
        assert "needs first" in text
        assert ('name="override"' in text) == may
        assert StageChange.objects.count() == 1
        response = move(client, deal, "Proposal", headers=ON_BOARD, override="The customer told us by phone.")
        assert response.status_code == (200 if may else 403)
        assert StageCheck.objects.filter(outcome="overridden").exists() == may
        assert StageChange.objects.count() == (2 if may else 1)

    def test_a_stage_of_another_pipeline_is_refused(self, client_as: ClientMaker) -> None:
        deal, other = make_deal(), make_pipeline().stages.get(name="Won")
        response = client_as("manager").post(f"/deals/{deal.pk}/move/", {"to": other.pk, "version": 1}, headers=HTMX)
        assert response.status_code == 422
        assert StageChange.objects.count() == 1

    def test_what_was_put_away_stays(self, client_as: ClientMaker) -> None:
        deal = make_deal(archived_at=AT)
        response = move(client_as("manager"), deal, "Proposal", headers=ON_BOARD)
        assert response.status_code == 409
        assert "Fetch it back" in response.content.decode()

    @pytest.mark.parametrize("headers", [{}, ON_BOARD], ids=["page", "board"])
    @pytest.mark.parametrize(
        ("who", "of", "status"),
        [("nobody", "own", (302, 204)), ("viewer", "own", (403, 403)), ("seller", "others", (404, 404)),
         ("seller", "own", (302, 200)), ("service", "others", (302, 200)), ("manager", "others", (302, 200))],
    )  # fmt: skip
    def test_who_may_move(
        self, who: str, of: str, status: tuple[int, int], headers: dict[str, str], client_as: ClientMaker
    ) -> None:
        team = make_team()
        owner = make_user(team=team if of == "own" else make_team())
        deal = make_deal(owner=owner, team=owner.team)
        response = move(client_as(who, team=team), deal, "Won", headers=headers)
        assert response.status_code == status[bool(headers)]
        is_done = who in ("service", "manager") or (who, of) == ("seller", "own")
        deal.refresh_from_db()
        assert (deal.stage.name == "Won") == is_done
        assert AuditEntry.objects.exists() == OutboxEntry.objects.exists() == is_done
