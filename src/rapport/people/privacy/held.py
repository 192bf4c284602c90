"""What is held of a person, by what it is called, and what an erasure does to it."""

from dataclasses import dataclass

from django.utils.functional import Promise

from rapport.core import holders
from rapport.people.holders import PERSON


@dataclass(frozen=True)
class Held:
    """Rows of one sort: how many, and why they stay without the person; without a reason they go."""

    label: str | Promise
    count: int
    stays: str | Promise = ""


def of(ids: tuple[int, ...]) -> list[Held]:
    """Everything worth a word, over all holders and traces."""
    found: dict[str, Held] = {}
    for holder in holders.of(PERSON):
        count = holder.held_by(ids).count() if holder.label else 0
        if count:
            known = found.get(str(holder.label))
            found[str(holder.label)] = Held(holder.label, count + (known.count if known else 0), holder.stays)
    rows = [*found.values(), *(Held(trace.label, trace.count(ids)) for trace in holders.traces())]
    return [row for row in rows if row.count]
