"""One small demo company for all tests of this folder."""

from datetime import UTC, datetime

import pytest

from rapport.demo import generate
from rapport.demo.generate import Shop, Size, Trade

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
SEED = 2026


@pytest.fixture(scope="session")
def trade() -> Trade:
    """The business with companies."""
    return generate.trade(seed=SEED, at=AT)


@pytest.fixture(scope="session")
def shop() -> Shop:
    """The web shop at its normal size."""
    return generate.web_shop(size=Size(), seed=SEED, at=AT)
