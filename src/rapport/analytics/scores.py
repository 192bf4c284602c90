"""The published segments over the scores of recency, frequency and money: plain values, which load no engine."""

from dataclasses import dataclass

from rapport.analytics.registry import N_

SCORES = range(1, 6)
LOWEST, HIGHEST = SCORES[0], SCORES[-1]
Bounds = tuple[int, int]
ANY: Bounds = (LOWEST, HIGHEST)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One published segment: which scores belong to it, both ends included."""

    code: str
    title: str
    r: Bounds = ANY
    f: Bounds = ANY
    m: Bounds = ANY

    @property
    def rule(self) -> str:
        """The rule as people read it, in no language: `R = 5, F ≥ 4`."""
        return ", ".join(_written(name, bounds) for name, bounds in self._bounds if bounds != ANY)

    def holds(self, *, r: int, f: int, m: int) -> bool:
        """Whether somebody with these scores belongs here."""
        scores = {"R": r, "F": f, "M": m}
        return all(low <= scores[name] <= high for name, (low, high) in self._bounds)

    @property
    def _bounds(self) -> tuple[tuple[str, Bounds], ...]:
        return (("R", self.r), ("F", self.f), ("M", self.m))


def _written(name: str, bounds: Bounds) -> str:
    low, high = bounds
    if low == high:
        return f"{name} = {low}"
    if low == LOWEST:
        return f"{name} ≤ {high}"
    return f"{name} ≥ {low}" if high == HIGHEST else f"{name} = {low}–{high}"


SEGMENTS = (
    Segment(code="champions", title=N_("Champions"), r=(5, 5), f=(4, 5)),
    Segment(code="loyal", title=N_("Loyal"), r=(3, 4), f=(4, 5)),
    Segment(code="potential_loyalists", title=N_("Potential loyalists"), r=(4, 5), f=(2, 3)),
    Segment(code="new", title=N_("New customers"), r=(5, 5), f=(1, 1)),
    Segment(code="promising", title=N_("Promising"), r=(4, 4), f=(1, 1)),
    Segment(code="need_attention", title=N_("Need attention"), r=(3, 3), f=(2, 3)),
    Segment(code="about_to_sleep", title=N_("About to sleep"), r=(3, 3), f=(1, 1)),
    Segment(code="cannot_lose", title=N_("Cannot lose them"), r=(1, 2), f=(4, 5), m=(5, 5)),
    Segment(code="at_risk", title=N_("At risk"), r=(1, 2), f=(4, 5), m=(1, 4)),
    Segment(code="hibernating", title=N_("Hibernating"), r=(2, 2), f=(1, 3)),
    Segment(code="lost", title=N_("Lost customers"), r=(1, 1), f=(1, 3)),
)
