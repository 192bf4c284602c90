"""Spark as an engine; imported only where it is asked for (`pip install rapport-crm[spark]`, Java 17)."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyspark
from ibis.backends.pyspark import Backend
from ibis.formats.pyarrow import PyArrowData
from pyspark.sql import DataFrame, SparkSession

from rapport.lake import engines
from rapport.lake.tables import FactTable

HERE = "127.0.0.1"
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.python.worker.reuse": "true",
}


class SparkBackend(Backend):  # type: ignore[misc] # Ibis has no types
    """Ibis' backend for Spark, which takes results through Arrow instead of pandas and knows temporary tables.

    Through pandas, whole numbers beside nulls became floats.
    """

    def to_pyarrow(self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **_options: Any) -> Any:
        """The result as an Arrow table, column or scalar."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        rows = self._session.sql(self.compile(table, params=params, limit=limit)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(rows, table.schema()))

    def execute(self, expr: ir.Expr, /, *, params: Any = None, limit: Any = None, **_options: Any) -> Any:
        """The result as pandas has it."""
        rows = self.to_pyarrow(expr.as_table(), params=params, limit=limit)
        return expr.__pandas_result__(rows.to_pandas())

    def create_table(self, name: str, /, obj: Any = None, *, temp: bool = False, **options: Any) -> ir.Table:
        """A table; a temporary one is computed once, at its first use, and kept in memory and on disk."""
        if not temp:
            return super().create_table(name, obj, **options)
        self._run_pre_execute_hooks(obj)
        return self.named(self._session.sql(self.compile(obj)).cache(), name)

    def named(self, rows: DataFrame, name: str) -> ir.Table:
        """The rows of a data frame as a table of this name."""
        rows.createOrReplaceTempView(name)
        return self.table(name)

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        self._session.createDataFrame(op.data.to_pyarrow(op.schema)).createOrReplaceTempView(op.name)


@contextmanager
def reader(master: str, *, scratch: Path) -> Iterator[engines.Reader]:
    """Spark as a function from files to a table; a session that runs already is used and left running.

    A cluster's workers must find the files where this process finds them: on shared storage.
    """
    running = SparkSession.getActiveSession()
    spark = running or session(master, scratch=scratch)
    backend = SparkBackend().connect(spark)
    backend.register_options()

    def read(table: FactTable, files: list[Path]) -> ir.Table:
        names = [path.resolve().as_uri() for path in files]
        rows = spark.read.parquet(*names) if files else spark.createDataFrame(_nothing(table))
        return backend.named(rows, table.name)

    try:
        yield read
    finally:
        spark.catalog.clearCache()
        if running is None:
            spark.stop()


def session(master: str, *, scratch: Path) -> SparkSession:
    """A session on a master, with `scratch` for what it spills.

    Masters that run on this machine stay on its loopback address. Raises EngineMissing.
    """
    if master.startswith("local"):
        if not has_java():
            raise engines.EngineMissing("Spark needs Java 17 or later, and none was found.")
        os.environ["SPARK_LOCAL_IP"] = HERE
        os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("Rapport")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", HERE).config("spark.driver.bindAddress", HERE)
        builder = builder.config("spark.driver.memory", "2g").config("spark.local.dir", str(scratch))
        builder = builder.config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
        builder = builder.config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
    return builder.getOrCreate()


def has_java() -> bool:
    """Whether there is a Java to run on."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") is not None or bool(home and (Path(home) / "bin" / "java").exists())


def _nothing(table: FactTable) -> pa.Table:
    """The table without rows."""
    return engines.plain_schema(table).empty_table()
