"""The business with companies behaves like one: committees, rework, stalled deals, slow proposals."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from rapport.demo import generate, staff, steps
from rapport.demo.accounts import ACCOUNTS
from rapport.demo.generate import Trade

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def test_the_same_seed_gives_the_same_business(trade: Trade) -> None:
    again = generate.trade(seed=2026, at=AT)
    assert again.accounts == trade.accounts
    assert again.business == trade.business
    assert again.tasks == trade.tasks
    assert generate.trade(seed=2027, at=AT).accounts != trade.accounts


def test_there_are_60_accounts_with_300_people_and_180_deals(trade: Trade) -> None:
    tags = trade.accounts.companies["tags"].to_pylist()
    assert sum(tag.startswith("khách hàng") for tag in tags) == ACCOUNTS == 60
    assert tags.count("khách của khách hàng") > 40
    assert trade.accounts.contacts.num_rows == 300
    assert trade.business.deals.num_rows == 180
    assert all(trade.accounts.contacts["title"].to_pylist())


def test_every_account_sells_to_customers_of_its_own_and_some_have_a_parent(trade: Trade) -> None:
    assert {seller for seller, _outlet, _since in trade.accounts.supplies} == {
        f"DN{place:04d}" for place in range(1, 61)
    }
    assert sum(parent is not None for parent in trade.accounts.companies["parent"].to_pylist()) == 15


def test_names_of_companies_and_tax_ids_are_told_apart(trade: Trade) -> None:
    for column in ("external_id", "name", "tax_id", "domain"):
        values = trade.accounts.companies[column].to_pylist()
        assert len(set(values)) == len(values)
    assert all(domain.endswith(".example.com") for domain in trade.accounts.companies["domain"].to_pylist())


def test_deals_are_won_lost_open_reworked_reopened_and_stalled(trade: Trade) -> None:
    drawn = trade.business.drawn
    ended = Counter(deal.moves[-1].stage for deal in drawn)
    redone = [deal for deal in drawn if len({move.stage for move in deal.moves}) < len(deal.moves)]
    reopened = [deal for deal in drawn if steps.LOST in [move.stage for move in deal.moves[:-1]]]
    stalled = [deal for deal in drawn if deal.is_open and (AT - deal.moves[-1].at).days > 90]
    assert 30 < ended[steps.WON] < 90
    assert 30 < ended[steps.LOST] < 90
    assert len(redone) >= 25
    assert len(reopened) >= 4
    assert len(stalled) >= 8
    assert all(move.reason for deal in drawn for move in deal.moves if move.stage == steps.LOST), "a loss has a reason"


def test_the_funnel_narrows_step_by_step(trade: Trade) -> None:
    order = [step.name for step in steps.NEW_BUSINESS.steps] + [steps.WON]
    reached = Counter[int]()
    for deal in trade.business.drawn:
        if deal.process is steps.NEW_BUSINESS:
            furthest = max(order.index(move.stage) for move in deal.moves if move.stage in order)
            reached.update(range(furthest + 1))
    counts = [reached[place] for place in range(len(order))]
    assert counts[0] == 150
    assert counts == sorted(counts, reverse=True)
    assert 0.2 < counts[-1] / counts[0] < 0.5


def test_proposals_take_longest_before_the_contract(trade: Trade) -> None:
    stays: dict[str, list[float]] = {}
    for deal in trade.business.drawn:
        for one, following in pairwise(deal.moves):
            stays.setdefault(one.stage, []).append((following.at - one.at).total_seconds() / 86_400)
    typical = {stage: median(days) for stage, days in stays.items() if stage not in (steps.WON, steps.LOST)}
    assert max(typical, key=lambda stage: typical[stage]) == "Đề xuất giải pháp"


def test_history_is_in_order_and_in_the_past(trade: Trade) -> None:
    for deal in trade.business.drawn:
        instants = [move.at for move in deal.moves]
        assert instants == sorted(instants)
        assert instants[-1] < AT
        assert {person.account for person in deal.committee} == {deal.account}
    assert all(at <= AT for at in trade.business.interactions["at"].to_pylist())


def test_several_people_take_part_in_most_deals(trade: Trade) -> None:
    involved: dict[str, set[str]] = {}
    of_talk = {}
    for row in trade.business.interactions.select(["external_id", "deal", "person"]).to_pylist():
        involved.setdefault(row["deal"], set()).add(row["person"])
        of_talk[row["external_id"]] = row["deal"]
    for talk, person in trade.business.participants:
        involved[of_talk[talk]].add(person)
    assert median(len(people) for people in involved.values()) >= 3


def test_tasks_are_overdue_due_and_done(trade: Trade) -> None:
    today = AT.date()
    left = [task for task in trade.tasks if task.done_at is None]
    assert any(task.due_on < today for task in left)
    assert any(task.due_on > today for task in left)
    assert any(task.done_at for task in trade.tasks)
    assert {task.owner for task in trade.tasks} <= {each.full_name for each in staff.COLLEAGUES}


def test_the_company_says_that_it_is_not_real() -> None:
    assert "demo" in staff.COMPANY
    assert "mẫu" in staff.COMPANY
    assert {each.role for each in staff.COLLEAGUES} == {
        "administrator", "manager", "seller", "marketer", "service", "viewer",
    }  # fmt: skip
