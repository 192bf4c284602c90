"""A refresh killed anywhere leaves what was, or what it brought, and the next one goes on as if nothing had been."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from rapport.core import locks
from rapport.insight import queries
from rapport.insight.catalogue import METRICS
from rapport.insight.models import Refresh
from rapport.insight.running import ONE_AT_A_TIME
from rapport.people.models import Person
from tests.factories import make_order
from tests.insight.conftest import WRITTEN, all_traits, on

ROOT = Path(__file__).resolve().parents[2]


def test_killed_and_run_again(
    shop: list[Person], refreshed: Callable[..., Refresh], home: Path, tmp_path: Path
) -> None:
    refreshed()
    before = all_traits()
    make_order(person=shop[2], total=80_000, placed_at=on(2026, 3, 30))
    for step in ("cohorts", WRITTEN):
        died = killed_at(step, home=home)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert all_traits() == before
    refreshed()
    after, answers = all_traits(), queries.answers(METRICS)
    assert len(after) == 3
    refreshed(full=True)
    assert (all_traits(), queries.answers(METRICS)) == (after, answers)
    ended = list(Refresh.objects.order_by("pk").values_list("status", flat=True))
    assert ended == ["done", "failed", "failed", "done", "done"]


def killed_at(step: str, *, home: Path) -> subprocess.CompletedProcess[str]:
    """A refresh in a process of its own, on the database of the test."""
    given = os.environ | {
        "RAPPORT_DATABASE": connection.settings_dict["NAME"],
        "DJANGO_SETTINGS_MODULE": "rapport.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", "tests.insight.dying", str(home), step]
    died = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=300)
    let_go()
    return died


def let_go() -> None:
    """Wait until the database has seen that the process is gone, and given up its lock: a moment, on a busy machine."""
    for _try in range(200):
        with locks.held(ONE_AT_A_TIME) as is_ours:
            if is_ours:
                return
        time.sleep(0.05)
