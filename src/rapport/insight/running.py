"""That one refresh runs at a time, and what it is asked to do; knows no engine, so that every process may load it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.core import locks
from rapport.core.errors import RapportError
from rapport.insight.models import Refresh

# The number of the lock that the running refresh holds.
ONE_AT_A_TIME = 5_390_001
Status = Refresh.Status


class RunsAlready(RapportError):
    """Another process refreshes at this moment."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a refresh is to do. `engine` is a name that `lake.engines` knows.

    `keep_learnt`: keep what an earlier refresh of the day learnt where few orders changed (`insight.learnt`).
    """

    as_of: date
    full: bool = False
    export_only: bool = False
    keep_learnt: bool = False
    engine: str = field(default_factory=lambda: settings.ENGINE)


@contextmanager
def alone() -> Iterator[None]:
    """Run in this process only; the lock goes with the process, however it ends. Raises RunsAlready."""
    with locks.held(ONE_AT_A_TIME) as is_ours:
        if not is_ours:
            raise RunsAlready(_("The numbers are being counted at this moment."))
        yield


def give_up_abandoned(*, at: datetime) -> None:
    """Mark refreshes whose process died as failed; the caller holds the lock, so none of them runs."""
    for left in Refresh.objects.filter(status=Status.RUNNING):
        for step in left.steps:
            if step["state"] == "running":
                step |= {"state": "failed", "problem": {"code": "broken_off", "params": {}}}
        left.status, left.finished_at = Status.FAILED, at
        left.save(update_fields=["status", "steps", "finished_at"])
