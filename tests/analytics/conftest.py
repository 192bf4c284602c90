"""The engines that metrics are tried on."""

import importlib.util
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from rapport.lake import engines
from tests.analytics.engines import SPARK, Engine

# A few rows each time: what Spark does to be quick with many takes seconds, and its compilers most of all.
FOR_A_FEW_ROWS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto",
    "spark.shuffle.compress": "false",
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
}


@pytest.fixture(scope="session")
def _spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One Spark for all tests: starting it takes seconds."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark is not installed (pip install rapport-crm[spark]): tried on DuckDB alone.")
    spark = importlib.import_module("rapport.lake.spark")
    if not spark.has_java():
        pytest.skip("There is no Java for Spark to run on: tried on DuckDB alone.")
    with mock.patch.dict(spark.SETTINGS, FOR_A_FEW_ROWS):
        running = spark.session(SPARK, scratch=tmp_path_factory.mktemp("spark"))
    running.conf.set("spark.sql.shuffle.partitions", FOR_A_FEW_ROWS["spark.sql.shuffle.partitions"])
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
