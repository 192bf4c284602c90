"""What the board shows: columns, what they come to, their cards in order, and to whom."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rapport.deals import queries
from rapport.deals.models import Deal, Pipeline, StageChange
from rapport.deals.queries import DealFilters, board
from rapport.identity.models import User
from tests.factories import AT, make_company, make_deal, make_person, make_pipeline, make_task, make_team, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 16)


@pytest.fixture
def manager() -> User:
    """Someone who sees everything."""
    return make_user()


@pytest.fixture
def pipeline() -> Pipeline:
    """New (7 days expected), Proposal, Won, Lost."""
    made = make_pipeline("New", "Proposal")
    made.stages.filter(name="New").update(expected_days=7)
    return made


def columns(user: User, pipeline: Pipeline, sort: str = "", **filters: Any) -> dict[str, board.Column]:
    """The columns of the board by the names of their stages."""
    found = board.board_columns(
        user=user, stages=board.board_stages(pipeline), sort=sort, now=AT, today=TODAY,
        filters=DealFilters(pipeline=pipeline.pk, **filters),
    )  # fmt: skip
    return {column.stage.name: column for column in found}


def test_totals_are_by_currency_and_tell_what_is_not_known(manager: User, pipeline: Pipeline) -> None:
    make_deal(pipeline=pipeline, amount=Decimal(300))
    make_deal(pipeline=pipeline, amount=Decimal(100))
    make_deal(pipeline=pipeline, amount=Decimal(50), currency="USD")
    make_deal(pipeline=pipeline, amount=None)
    make_deal(pipeline=pipeline, amount=Decimal(7), archived_at=AT)
    make_deal(pipeline=make_pipeline(), amount=Decimal(9))
    found = columns(manager, pipeline)
    assert list(found) == ["New", "Proposal", "Won", "Lost"]
    new = found["New"]
    assert (new.deals, new.without_amount) == (4, 1)
    assert [(each.currency, each.total) for each in new.amounts] == [("VND", 400), ("USD", 50)]
    assert [(each.currency, each.total) for each in new.weighted] == [("VND", 80), ("USD", 10)]
    assert found["Proposal"].deals == 0


def test_a_deal_rots_after_its_last_change_of_stage(manager: User, pipeline: Pipeline) -> None:
    new = pipeline.stages.get(name="New")
    long_ago = AT - timedelta(days=30)
    make_deal(name="old", pipeline=pipeline, created_at=long_ago)
    back = make_deal(name="came back", pipeline=pipeline, created_at=long_ago)
    StageChange.objects.create(deal=back, from_stage=None, to_stage=new, at=AT - timedelta(days=2))
    make_deal(name="elsewhere", stage=pipeline.stages.get(name="Proposal"), created_at=long_ago)
    found = columns(manager, pipeline)
    assert found["New"].rotting == 1
    assert {card.deal.name: (card.stage_days, card.is_rotting) for card in found["New"].cards} == {
        "old": (30, True),
        "came back": (2, False),
    }
    assert not found["Proposal"].cards[0].is_rotting
    only = columns(manager, pipeline, rotting_at=AT)
    assert [card.deal.name for column in only.values() for card in column.cards] == ["old"]
    assert (only["New"].deals, only["Proposal"].deals) == (1, 0)


def test_closed_columns_show_the_last_days_alone(manager: User, pipeline: Pipeline) -> None:
    won = pipeline.stages.get(name="Won")
    begun = AT - timedelta(days=90)
    make_deal(name="lately", stage=won, created_at=begun, closed_at=AT - timedelta(days=2), amount=Decimal(5))
    make_deal(name="later", stage=won, created_at=begun, closed_at=AT - timedelta(days=1), amount=Decimal(6))
    make_deal(name="long ago", stage=won, created_at=begun, closed_at=AT - timedelta(days=31), amount=Decimal(7))
    found = columns(manager, pipeline)["Won"]
    assert [card.deal.name for card in found.cards] == ["later", "lately"]
    assert [each.total for each in found.amounts] == [Decimal(11)]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["b", "a", "c"]),
        ("-worth", ["c", "b", "a"]),
        ("waiting", ["a", "c", "b"]),
        ("-arrival", ["a", "b", "c"]),
        ("nonsense", ["b", "a", "c"]),
    ],
)
def test_cards_are_in_the_order_that_is_asked_for(
    manager: User, pipeline: Pipeline, sort: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, tuple[int, date | None, int | None, int]] = {
        "a": (1, date(2026, 5, 1), None, 9),
        "b": (2, date(2026, 4, 1), 10, 1),
        "c": (3, None, 20, 5),
    }
    for name, (arrived, closing, amount, waited) in made.items():
        make_deal(
            name=name, pipeline=pipeline, amount=amount, expected_close_on=closing,
            recorded_at=AT - timedelta(days=arrived), created_at=AT - timedelta(days=waited),
        )  # fmt: skip
    assert [card.deal.name for card in columns(manager, pipeline, sort)["New"].cards] == names
    monkeypatch.setattr(board, "FIRST_CARDS", 1)
    monkeypatch.setattr(board, "FURTHER_CARDS", 1)
    first = columns(manager, pipeline, sort)["New"]
    seen, cursor = [card.deal.name for card in first.cards], first.next_cursor
    while cursor:
        further = board.further_cards(
            user=manager, stage=first.stage, filters=DealFilters(pipeline=pipeline.pk), sort=sort, cursor=cursor,
            now=AT, today=TODAY,
        )  # fmt: skip
        seen, cursor = seen + [card.deal.name for card in further.cards], further.next_cursor
    assert seen == names
    assert first.deals == 3


def test_a_cursor_of_another_order_begins_anew(manager: User, pipeline: Pipeline) -> None:
    make_deal(name="a", pipeline=pipeline)
    stage = pipeline.stages.get(name="New")
    for cursor in ("WyJ4IiwgMV0", "WzEsIDFd", "nonsense"):
        further = board.further_cards(
            user=manager, stage=stage, filters=DealFilters(), sort="closing", cursor=cursor, now=AT, today=TODAY
        )
        assert [card.deal.name for card in further.cards] == ["a"]


def test_filters_by_owner_team_company_and_product(manager: User, pipeline: Pipeline) -> None:
    north = make_team()
    below = make_team(parent=north)
    owner, company = make_user(team=below), make_company()
    make_deal(name="A", pipeline=pipeline, owner=owner, team=below, company=company)
    make_deal(name="B", pipeline=pipeline)

    def names(**filters: Any) -> list[str]:
        return sorted(card.deal.name for card in columns(manager, pipeline, **filters)["New"].cards)

    assert names() == ["A", "B"]
    assert names(owner=str(owner.pk)) == names(team=north.pk) == names(company=company.pk) == ["A"]
    assert names(owner="none") == ["B"]
    assert names(product=10**9) == []


def test_nobody_sees_or_sums_what_is_hidden(pipeline: Pipeline) -> None:
    seller = make_user(role="seller", team=make_team())
    mine = make_deal(name="mine", pipeline=pipeline, owner=seller, amount=Decimal(1), company=make_company(
        owner=make_user(), team=make_team(), name="Hidden"
    ))  # fmt: skip
    make_deal(name="theirs", pipeline=pipeline, owner=make_user(), team=make_team(), amount=Decimal(1000))
    found = columns(seller, pipeline)["New"]
    assert [card.deal for card in found.cards] == [mine]
    assert [each.total for each in found.amounts] == [1]
    customer = found.cards[0].customer
    assert customer is not None
    assert (customer.is_visible, customer.name) == (False, "")


def test_the_next_task_is_that_of_the_customer(manager: User, pipeline: Pipeline) -> None:
    company, person = make_company(), make_person()
    make_deal(name="A", pipeline=pipeline, company=company)
    make_deal(name="B", pipeline=pipeline, person=person)
    make_deal(name="C", pipeline=pipeline)
    later = make_task(company=company, due_on=date(2026, 4, 1))
    first = make_task(company=company, due_on=date(2026, 3, 17))
    make_task(company=company, due_on=date(2026, 3, 1), done_at=AT)
    of_person = make_task(person=person)
    tasks = {card.deal.name: card.task for card in columns(manager, pipeline)["New"].cards}
    assert tasks == {"A": first, "B": of_person, "C": None}
    assert later.due_on > first.due_on


def test_a_retired_stage_is_shown_while_deals_are_left_in_it(manager: User, pipeline: Pipeline) -> None:
    pipeline.stages.filter(name="Proposal").update(retired_at=AT)
    assert "Proposal" not in columns(manager, pipeline)
    make_deal(stage=pipeline.stages.get(name="Proposal"))
    assert columns(manager, pipeline)["Proposal"].deals == 1


def test_the_board_costs_few_queries(
    manager: User, pipeline: Pipeline, django_assert_max_num_queries: Any, at: datetime
) -> None:
    for _number in range(10):
        make_deal(pipeline=pipeline, company=make_company(), person=make_person(), owner=make_user())
        make_deal(stage=pipeline.stages.get(name="Proposal"), company=make_company())
    stages = board.board_stages(queries.pipelines()[0])
    with django_assert_max_num_queries(9):
        board.board_columns(user=manager, stages=stages, filters=DealFilters(pipeline=pipeline.pk), now=at, today=TODAY)


def test_the_sums_of_a_list_are_those_of_what_is_left(manager: User, pipeline: Pipeline) -> None:
    owner = make_user()
    make_deal(pipeline=pipeline, amount=Decimal(3), owner=owner)
    make_deal(pipeline=pipeline, amount=Decimal(4), currency="USD", owner=owner)
    make_deal(pipeline=pipeline, amount=None, owner=owner)
    make_deal(pipeline=pipeline, amount=Decimal(100))
    found = queries.deals_sums(Deal.objects.visible_to(manager).filter(owner=owner))
    assert (found.deals, found.without_amount) == (3, 1)
    assert [(each.currency, each.total) for each in found.amounts] == [("USD", 4), ("VND", 3)]
