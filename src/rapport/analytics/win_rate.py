"""Who wins: won out of decided, with its interval, and whether groups differ by more than chance."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from scipy import stats

from rapport.analytics.intervals import of_share
from rapport.analytics.registry import N_, Metric
from rapport.analytics.selling import LOST, OPEN, WON, Selling

METRIC = Metric(
    name="win-rate",
    title=N_("Win rate"),
    counts=N_("Of the deals that were decided, how many were won, and why the others were lost."),
    population=N_("Deals that are won or lost as of the chosen day. Archived ones not."),
    window=N_("The day on which the deal was won or lost: editing it later does not move it."),
    rule=N_(
        "Won out of won and lost, with its Wilson interval at 95 per cent. Beside it the share of open deals whose "
        "expected day is over. Groups stand in the order of their win rate, each with its interval; a chi-square test "
        "over all groups with at least 5 expected wins and losses each says whether they differ beyond noise (p below "
        "0.05). Where they do not, their order says nothing."
    ),
    unit=N_("share of decided deals"),
    source=N_("Wilson (1927), interval for a proportion; Pearson (1900), chi-square test"),
)
LEAST_EXPECTED = 5
NOISE = 0.05


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Won and lost deals of one group, the money won and lost, and the open ones, `overdue` of them."""

    group: str
    won: int
    lost: int
    value_won: float
    value_lost: float
    open: int = 0
    overdue: int = 0

    @property
    def n(self) -> int:
        """Decided deals."""
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """Won out of decided; None where nothing was."""
        return self.won / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the rate."""
        return of_share(self.won, out_of=self.n)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A chi-square test over `groups` with `n` decided deals; `left_out` groups had too few for it."""

    groups: int
    n: int
    left_out: int
    statistic: float
    freedom: int
    p: float

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the groups differ by more than chance."""
        return self.p < NOISE


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why deals were lost, as chosen or written; empty where nobody said."""

    reason: str
    deals: int
    value: float


def rates(selling: Selling, decided: ir.Table, everything: ir.Table) -> list[Rate]:
    """The rate of each group among `decided` (in the window), with the open deals among `everything` of that group.

    Both have `group`. Best rate first; groups without a decision last.
    """
    counted = decided.group_by("group").agg(
        won=decided.count(where=decided.status == WON),
        lost=decided.count(where=decided.status == LOST),
        value_won=decided.money.sum(where=decided.status == WON).fill_null(0.0),
        value_lost=decided.money.sum(where=decided.status == LOST).fill_null(0.0),
    )
    waiting = everything.filter(everything.status == OPEN)
    late = (waiting.expected_close_on < ibis.literal(selling.as_of)).fill_null(False)
    open_now = waiting.group_by("group").agg(open=waiting.count(), overdue=waiting.count(where=late))
    found = {row["group"]: row for row in counted.to_pyarrow().to_pylist()}
    waits = {row["group"]: row for row in open_now.to_pyarrow().to_pylist()}
    nothing = {"won": 0, "lost": 0, "value_won": 0.0, "value_lost": 0.0}
    made = [
        Rate(**({"group": group} | nothing | found.get(group, {}) | waits.get(group, {})))
        for group in sorted({*found, *waits})
    ]
    return sorted(made, key=lambda each: (each.rate is None, -(each.rate or 0.0), -each.n, each.group))


def difference(groups: list[Rate]) -> Difference | None:
    """Whether the groups differ beyond noise; None with fewer than two groups that are large enough."""
    won, n = sum(each.won for each in groups), sum(each.n for each in groups)
    if not n:
        return None
    share = min(won, n - won) / n
    large = [each for each in groups if each.n * share >= LEAST_EXPECTED]
    if len(large) < 2 or not sum(each.won for each in large) or not sum(each.lost for each in large):
        return None
    statistic, p, freedom, _expected = stats.chi2_contingency(
        [[each.won for each in large], [each.lost for each in large]], correction=False
    )
    return Difference(
        groups=len(large), n=sum(each.n for each in large), left_out=len(groups) - len(large),
        statistic=float(statistic), freedom=int(freedom), p=float(p),
    )  # fmt: skip


def reasons(stage_changes: ir.Table, decided: ir.Table) -> list[Reason]:
    """Why the lost deals among `decided` were lost, most frequent first: the reason given at the last change."""
    lost = decided.filter(decided.status == LOST).select("money", "stage_id", of_deal="deal_id")
    joined = stage_changes.join(
        lost, [stage_changes.deal_id == lost.of_deal, stage_changes.to_stage_id == lost.stage_id]
    )
    number = ibis.row_number().over(
        ibis.window(group_by=joined.deal_id, order_by=[joined["at"].desc(), joined.id.desc()])
    )
    last = joined.mutate(number=number)
    told = last.filter(last.number == 0).select("of_deal", "reason")
    every = lost.left_join(told, lost.of_deal == told.of_deal)
    every = every.select("money", reason=ibis.coalesce(every.reason, ibis.literal("")))
    found = every.group_by("reason").agg(deals=every.count(), value=every.money.sum().fill_null(0.0))
    rows = found.to_pyarrow().to_pylist()
    return sorted((Reason(**row) for row in rows), key=lambda each: (-each.deals, each.reason))
