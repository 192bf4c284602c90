"""A lake to fill."""

from pathlib import Path

import pytest

from rapport.lake.store import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake")
