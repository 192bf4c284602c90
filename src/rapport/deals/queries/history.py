"""How a deal came to be what it is: stages, amounts and days before and after, what was checked, who let it pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from rapport.deals import rules
from rapport.deals.models import Deal, DealChange, Stage, StageChange, StageCheck
from rapport.deals.queries.requirements import own_labels
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import Needed

# A deal has a few dozen changes; one with more than this came from a machine.
MOST_SHOWN = 300
STAGE = "stage"


@dataclass(frozen=True)
class CheckRow:
    """How one requirement stood at a move."""

    words: str
    outcome: str
    outcome_name: str
    is_hard: bool


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One change. `kind` is `stage` or a field of DealChange; before and after are as stored, empty for nothing.

    For a change of stage `status` is that of the new stage, `days` how long the deal had been in the one before,
    `is_back` whether it had been in the new one or a later one already, `override` why it passed all the same
    and `override_by` who let it.
    """

    kind: str
    at: datetime
    by: str
    before: str
    after: str
    reason: str = ""
    loss_reason: str = ""
    status: str = ""
    days: int | None = None
    is_back: bool = False
    inferred: bool = False
    imported: bool = False
    checks: list[CheckRow] = field(default_factory=list)
    override: str = ""
    override_by: str = ""

    @property
    def amount_before(self) -> Decimal | None:
        """The amount before, where this is a change of it."""
        return Decimal(self.before) if self.before else None

    @property
    def amount_after(self) -> Decimal | None:
        """The amount after, where this is a change of it."""
        return Decimal(self.after) if self.after else None

    @property
    def day_before(self) -> date | None:
        """The expected day before, where this is a change of it."""
        return date.fromisoformat(self.before) if self.before else None

    @property
    def day_after(self) -> date | None:
        """The expected day after, where this is a change of it."""
        return date.fromisoformat(self.after) if self.after else None


@dataclass(frozen=True, kw_only=True)
class HistorySums:
    """What a history comes to.

    `amount_share` is the change of the amount against the first one that was written down, `days_later` how far the
    expected day moved in all; both None where there is nothing to compare.
    """

    moves: int
    back: int
    overridden: int
    amounts: int
    amount_share: Decimal | None
    days_moved: int
    days_later: int | None


@dataclass(frozen=True)
class History:
    """The changes of a deal, newest first; `hidden` older ones are not listed."""

    rows: list[HistoryRow]
    sums: HistorySums
    hidden: int


def history(deal: Deal) -> History:
    """Everything that was recorded of a deal's stages, amounts and days; four queries."""
    moves = _moves(deal)
    changes = list(DealChange.objects.filter(deal=deal).select_related("by").order_by("at", "pk"))
    rows = moves + [_change_row(each) for each in changes]
    rows.sort(key=lambda row: row.at, reverse=True)
    return History(rows[:MOST_SHOWN], _sums(deal, moves, changes), max(len(rows) - MOST_SHOWN, 0))


def _moves(deal: Deal) -> list[HistoryRow]:
    checks = _checks(deal)
    rows = []
    came: datetime | None = None
    furthest = -1
    found = StageChange.objects.filter(deal=deal).select_related("from_stage", "to_stage", "by", "reason_code")
    for change in found.order_by("at", "pk"):
        to, before = change.to_stage, change.from_stage
        done = checks.get(change.pk, [])
        is_open = to.status == Stage.Status.OPEN
        rows.append(
            HistoryRow(
                kind=STAGE,
                at=change.at,
                by=str(change.by or ""),
                before=before.name if before else "",
                after=to.name,
                reason=change.reason,
                loss_reason=change.reason_code.name if change.reason_code else "",
                status=to.status,
                days=rules.days_between(came, change.at) if came else None,
                is_back=is_open and to.position <= furthest,
                inferred=change.inferred,
                imported=change.batch is not None,
                checks=[row for row, _check in done],
                override=next((check.reason for _row, check in done if check.reason), ""),
                override_by=next((str(check.by or "") for _row, check in done if check.reason), ""),
            )
        )
        came = change.at
        if is_open:
            furthest = max(furthest, to.position)
    return rows


def _checks(deal: Deal) -> dict[int, list[tuple[CheckRow, StageCheck]]]:
    """What was checked at each change of stage, by its id."""
    found: dict[int, list[tuple[CheckRow, StageCheck]]] = {}
    rows = list(StageCheck.objects.filter(change__deal=deal).select_related("step", "by").order_by("pk"))
    labels = own_labels(check.subject for check in rows)
    for check in rows:
        step = check.step.name if check.step else ""
        label = labels.get(check.subject, "")
        needed = Needed(check.kind, check.subject, check.step_id, step, check.is_hard, label)
        row = CheckRow(requirement_words.words(needed), check.outcome, check.get_outcome_display(), check.is_hard)
        found.setdefault(check.change_id, []).append((row, check))
    return found


def _change_row(change: DealChange) -> HistoryRow:
    return HistoryRow(
        kind=change.field,
        at=change.at,
        by=str(change.by or ""),
        before=change.before or "",
        after=change.after or "",
        imported=change.batch is not None,
    )


def _sums(deal: Deal, moves: Sequence[HistoryRow], changes: Sequence[DealChange]) -> HistorySums:
    amounts = [each for each in changes if each.field == "amount"]
    days = [each for each in changes if each.field == "expected_close_on"]
    first = next((Decimal(value) for each in amounts for value in (each.before, each.after) if value), None)
    # In another currency the two cannot be compared.
    same_money = not any(each.field == "currency" for each in changes)
    share = (deal.amount - first) / first if first and deal.amount is not None and same_money else None
    began = next((date.fromisoformat(value) for each in days for value in (each.before, each.after) if value), None)
    later: timedelta | None = deal.expected_close_on - began if began and deal.expected_close_on else None
    return HistorySums(
        moves=sum(1 for row in moves if row.before),
        back=sum(1 for row in moves if row.is_back),
        overridden=sum(1 for row in moves if row.override),
        amounts=len(amounts),
        amount_share=share if amounts else None,
        days_moved=len(days),
        days_later=later.days if later is not None else None,
    )
