"""A refresh that is killed (SIGKILL) when it comes to a step, or in the middle of writing the traits.

python -m tests.insight.dying FOLDER STEP
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings

from rapport.cli import django_setup
from rapport.core import clock
from rapport.insight import bulk, refresh
from rapport.insight.running import Wish
from tests.insight.conftest import AS_OF, WRITTEN

assert django_setup


def die(*_given: Any, **_named: Any) -> None:
    """End at once, as if the power failed."""
    os.kill(os.getpid(), signal.SIGKILL)


def run(folder: str, step: str) -> None:
    """Refresh, and die on the way."""
    settings.HOME = Path(folder)

    def tell(name: str, _share: float) -> None:
        if name == step:
            die()

    write = bulk.replace

    def write_and_die(rows: Any) -> None:
        write(rows)
        if step == WRITTEN:
            die()

    with mock.patch.object(bulk, "replace", write_and_die):
        refresh.run(wish=Wish(as_of=AS_OF, full=True), by=None, clock=clock.now, tell=tell)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2])
