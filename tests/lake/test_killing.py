"""An export killed anywhere leaves the version before, or the new one, and nothing in the way of the next."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from rapport.lake.export import database_uri
from rapport.lake.store import Lake
from rapport.people.models import Person
from tests import factories
from tests.lake.exporting import contents, exported

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *, steps: int) -> subprocess.CompletedProcess[str]:
    """An export in a process of its own that ends at a step."""
    command = [sys.executable, "-m", "tests.lake.dying", str(folder), database_uri(connection.settings_dict)]
    return subprocess.run([*command, str(steps)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_export_killed_anywhere(lake: Lake, tmp_path: Path) -> None:
    factories.make_order((factories.make_product(), 1, 5), person=factories.make_person(id=1))
    exported(lake)
    old = contents(lake)
    Person.objects.update(province="Huế")
    factories.make_interaction(Person.objects.get())
    whole = Lake(tmp_path / "whole")
    shutil.copytree(lake.folder, whole.folder)
    steps = int(run(whole.folder, steps=0).stdout)
    assert steps > 30
    new = contents(whole)

    states = []
    for step in (1, steps // 2, steps - 9, steps - 3, steps - 1):
        one = Lake(tmp_path / f"killed-{step}")
        shutil.copytree(lake.folder, one.folder)
        assert run(one.folder, steps=step).returncode == -signal.SIGKILL
        states.append([old, new].index(contents(one)))
        exported(one)
        assert contents(one) == new
        counts = {path for name in new for path in one.paths(one.version(), table=name)}
        unpublished = (
            set(one.folder.glob("*/*.parquet"))
            - counts
            - {one.folder / path.relative_to(lake.folder) for path in lake.folder.glob("*/*.parquet")}
        )
        assert states[-1] == 1 or unpublished == set()
    assert states == sorted(states)
    assert set(states) == {0, 1}
