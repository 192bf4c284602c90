"""How far the numbers are: never counted, being counted, or there since a day; read from the refreshes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core import clock
from rapport.imports.queries import worker_is_alive
from rapport.insight import queries, storage, words
from rapport.insight.models import Refresh, Result

Status = Refresh.Status
TABLES: dict[str, Promise] = {
    "people": _("people"),
    "companies": _("companies"),
    "products": _("products"),
    "orders": _("orders"),
    "order_lines": _("order lines"),
    "interactions": _("interactions"),
    "deals": _("deals"),
    "stage_changes": _("stage changes"),
    "deal_contacts": _("contacts about deals"),
    "deal_people": _("people on committees"),
    "rates": _("exchange rates"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a refresh as a page shows it; `state` is waiting, running, done or failed."""

    label: str | Promise
    state: str
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """What a page says of its numbers; `percent` is None where it cannot be told yet."""

    is_ready: bool
    running: bool = False
    as_of: date | None = None
    counted_at: datetime | None = None
    percent: int | None = None
    steps: list[Step] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    no_worker: bool = False


def state() -> State:
    """As the last refresh and the kept answers say."""
    last = queries.last_refresh()
    newest = Result.objects.order_by("-computed_at").only("as_of", "computed_at").first()
    running = queries.is_refreshing()
    steps = last.steps if last and last.status == Status.RUNNING else []
    over = sum(each["state"] in ("done", "failed") for each in steps)
    return State(
        is_ready=newest is not None,
        running=running,
        as_of=newest.as_of if newest else None,
        counted_at=newest.computed_at if newest else None,
        percent=round(100 * over / len(steps)) if steps else None,
        steps=[
            Step(label=words.step(each["name"]), state=each["state"], seconds=each.get("seconds")) for each in steps
        ],
        failures=[] if running or last is None else failures(last.steps),
        no_worker=running and not steps and not worker_is_alive(at=clock.now()),
    )


def failures(steps: list[dict[str, Any]]) -> list[str]:
    """The steps that did not come to their end, each with why."""
    return [
        f"{words.step(each['name'])}: {words.problem(each['problem'])}"
        for each in steps
        if each.get("state") == "failed" and each.get("problem")
    ]


@dataclass(frozen=True, kw_only=True)
class LakeTable:
    """How many rows of a fact table were read from the records."""

    label: str | Promise
    rows: int


@dataclass(frozen=True, kw_only=True)
class LakeState:
    """The lake as it stands: when it was read from the records, and how much is in it."""

    read_at: datetime
    tables: list[LakeTable]


def lake() -> LakeState | None:
    """How fresh the lake is; None where there is none."""
    found = storage.lake().freshness()
    if not found:
        return None
    tables = [LakeTable(label=TABLES.get(name, name), rows=each.rows) for name, each in found.items()]
    return LakeState(read_at=min(each.at for each in found.values()), tables=tables)
