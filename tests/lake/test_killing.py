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


def ended(*lives: tuple[Path, int]) -> list[int]:
    """Exports in processes of their own that end at a step: how each ended, or how many steps it had."""
    command = [sys.executable, "-m", "tests.lake.dying", database_uri(connection.settings_dict)]
    command += [str(word) for life in lives for word in life]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return [int(line) for line in done.stdout.splitlines()]


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
    [steps] = ended((whole.folder, 0))
    assert steps > 30
    new = contents(whole)

    killed = {step: Lake(tmp_path / f"killed-{step}") for step in (1, steps // 2, steps - 9, steps - 3, steps - 1)}
    for one in killed.values():
        shutil.copytree(lake.folder, one.folder)
    assert set(ended(*((one.folder, step) for step, one in killed.items()))) == {-signal.SIGKILL}
    states = []
    for one in killed.values():
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
