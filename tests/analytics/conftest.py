"""The engines that metrics are tried on."""

import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from rapport.lake import engines
from tests.analytics.engines import SPARK, Engine


@pytest.fixture(scope="session")
def _spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One Spark for all tests: starting it takes seconds."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark is not installed (pip install rapport-crm[spark]): tried on DuckDB alone.")
    spark = importlib.import_module("rapport.lake.spark")
    if not spark.has_java():
        pytest.skip("There is no Java for Spark to run on: tried on DuckDB alone.")
    running = spark.session(SPARK, scratch=tmp_path_factory.mktemp("spark"))
    yield
    running.stop()


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The engine that the test is parametrised with (`@both_engines`); DuckDB where it is not."""
    name = getattr(request, "param", engines.DUCKDB)
    if engines.is_spark(name):
        request.getfixturevalue("_spark_session")
    with ExitStack() as stack:
        yield Engine(name, tmp_path, stack)
