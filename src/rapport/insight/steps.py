"""The steps of a refresh: done one by one, measured, recorded, and none stopped by another that failed."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from rapport.core import outbox
from rapport.core.errors import RapportError
from rapport.insight.events import NumbersRefreshed
from rapport.insight.measuring import measured
from rapport.insight.models import Refresh
from rapport.insight.running import Wish

EXPORT, PURCHASES, TRAITS = "export", "purchases", "traits"
# Without these there is nothing to go on with.
NEEDED = (EXPORT, PURCHASES)
DONE, FAILED, KEPT = "done", "failed", "kept"
OVER = (DONE, FAILED, KEPT)
Tell = Callable[[str, float], None]
logger = logging.getLogger(__name__)
Status = Refresh.Status


def silent(_step: str, _share: float) -> None:
    """Tell nothing."""


@dataclass
class Step:
    """What became of one step; `rows` are those that it read or wrote, `problem` is {code, params}."""

    name: str
    state: str = "waiting"
    seconds: float = 0.0
    peak_memory: int = 0
    rows: int | None = None
    problem: dict[str, Any] | None = None


@dataclass
class UnderWay:
    """One refresh with its steps; each is recorded as it begins and as it ends."""

    refresh: Refresh
    wish: Wish
    at: datetime
    tell: Tell
    steps: list[Step] = field(default_factory=list)

    def plan(self, names: list[str]) -> None:
        """Note what is to be done."""
        self.steps = [Step(name) for name in names]
        self._save()

    def step(self, name: str, do: Callable[[], int | None]) -> bool:
        """Do one step and record what became of it; whether it came to its end."""
        step = next(each for each in self.steps if each.name == name)
        step.state = "running"
        self.tell(name, self._share())
        self._save()
        with measured() as found:
            try:
                step.rows = do()
                step.state = DONE
            except Exception as error:
                step.state, step.problem = FAILED, _problem(error)
                # Names of classes only: what the database says of a row may hold a person's data.
                logger.warning("The step %s of refresh %s failed: %s", name, self.refresh.pk, type(error).__name__)
        step.seconds, step.peak_memory = round(found.seconds, 3), found.peak_memory
        self._save()
        return step.state == DONE

    @transaction.atomic
    def end(self, *, at: datetime) -> None:
        """Record the end, and announce it if anything was counted."""
        failed = [step for step in self.steps if step.state not in (DONE, KEPT)]
        broke = any(step.name in NEEDED for step in failed)
        self.refresh.status = Status.FAILED if broke else Status.PARTLY if failed else Status.DONE
        self.refresh.finished_at = at
        self._save()
        if not broke and not self.wish.export_only:
            outbox.put(NumbersRefreshed(refresh_id=self.refresh.pk, as_of=self.wish.as_of.isoformat()))

    def keep(self, name: str) -> None:
        """Record that what a step would bring stays as it was learnt before."""
        next(each for each in self.steps if each.name == name).state = KEPT

    @property
    def went_well(self) -> bool:
        """Whether no step failed so far."""
        return not any(step.state == FAILED for step in self.steps)

    def _share(self) -> float:
        over = sum(step.state in OVER for step in self.steps)
        return over / max(len(self.steps), 1)

    def _save(self) -> None:
        self.refresh.steps = [asdict(step) for step in self.steps]
        self.refresh.save(update_fields=["steps", "status", "finished_at", "currency", "traits_stamp"])


def _problem(error: Exception) -> dict[str, Any]:
    """What is kept of an error: its own words where it was made for people, else its kind."""
    if isinstance(error, RapportError):
        return {"code": "said", "params": {"words": str(error)}}
    if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__:
        return {"code": "out_of_memory", "params": {}}
    if isinstance(error, OSError) and error.errno is not None:
        return {"code": "disk", "params": {"errno": error.errno}}
    return {"code": "step_failed", "params": {"kind": type(error).__name__}}
