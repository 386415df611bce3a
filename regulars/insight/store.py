"""The only file that opens an analytical engine over a folder of Parquet, as Ibis tables.

DuckDB in memory, or Apache Spark (the extra `spark`): the same expressions, the same results.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from regulars.insight.rules.purchases import Extracts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

EXTRACTS = tuple(field.name for field in fields(Extracts))
LEAST_JAVA = 17


class Store:
    """An open engine. Nothing is downloaded, nothing is written outside its own temporary folder."""

    def __init__(self, connection: ibis.BaseBackend) -> None:
        self._connection = connection

    def extracts(self, folder: Path) -> Extracts:
        """The tables of one run's folder."""
        return Extracts(**{name: self._connection.read_parquet(str(folder / name / "*.parquet")) for name in EXTRACTS})

    def kept(self, expression: Table) -> Table:
        """The same table, computed once and held for the expressions that build on it."""
        name = ibis.util.gen_name("kept")
        return self._connection.create_table(name, expression, temp=True)

    def rows(self, expression: Table) -> pa.Table:
        """The result as Arrow."""
        return self._connection.to_pyarrow(expression)


@dataclass(frozen=True)
class Spark:
    """master: as Spark names it, "local[2]" or "spark://host:7077".

    folder: an address that all machines of the cluster reach ("s3a://bucket/regulars"); what a run reads is copied
    there first. "": they see our own folders.
    """

    master: str
    folder: str = ""

    @property
    def is_local(self) -> bool:
        return self.master.startswith("local")


class EngineMissing(RuntimeError):
    """Spark is chosen and cannot be opened. `what` is missing: "extra" (pyspark) or "java"."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Spark is chosen, but there is no {'pyspark' if what == 'extra' else f'Java {LEAST_JAVA}'}")
        self.what = what


class SparkStore(Store):
    """Spark, whose Arrow results are brought to the types that DuckDB's have."""

    def __init__(self, session: "SparkSession", folder: str) -> None:
        super().__init__(ibis.pyspark.connect(session))
        self._session, self._folder, self._lake = session, folder, ""

    def extracts(self, folder: Path) -> Extracts:
        if not self._folder:
            return super().extracts(folder)
        lake = f"{self._folder.rstrip('/')}/{folder.name}"
        self._lake = lake
        self._copy(folder, lake)
        return Extracts(**{name: self._connection.read_parquet(f"{lake}/{name}") for name in EXTRACTS})

    def kept(self, expression: Table) -> Table:
        name = ibis.util.gen_name("kept")
        # Plans grow with each window; a checkpoint cuts them off.
        self._frame(expression).localCheckpoint().createOrReplaceTempView(name)
        return self._connection.table(name)

    def rows(self, expression: Table) -> pa.Table:
        return self._frame(expression).toArrow().cast(expression.schema().to_pyarrow())

    def _frame(self, expression: Table) -> "DataFrame":
        return self._session.sql(self._connection.compile(expression))

    def close(self) -> None:
        try:
            if self._lake:
                path = self._path
                path(self._lake).getFileSystem(self._settings).delete(path(self._lake), True)
        finally:
            self._session.stop()

    def _copy(self, folder: Path, lake: str) -> None:
        """By the cluster's own file systems and credentials, whatever they are."""
        path = self._path
        files = path(lake).getFileSystem(self._settings)
        for name in EXTRACTS:
            files.copyFromLocalFile(False, True, path(str(folder / name)), path(f"{lake}/{name}"))

    @property
    def _path(self) -> Any:
        return self._session.sparkContext._jvm.org.apache.hadoop.fs.Path

    @property
    def _settings(self) -> Any:
        return self._session.sparkContext._jsc.hadoopConfiguration()


@contextmanager
def opened(*, memory_mib: int, threads: int, spark: Spark | None = None) -> Iterator[Store]:
    """An engine that takes at most `memory_mib` and spills the rest into a folder that goes with it.

    spark: take Spark instead of DuckDB; `threads` is then in its master's name. Raises EngineMissing.
    """
    with TemporaryDirectory(prefix="regulars-analysis-") as spill:
        if spark is not None:
            on_spark = SparkStore(_session(spark, memory_mib=memory_mib, spill=spill), spark.folder)
            try:
                yield on_spark
            finally:
                on_spark.close()
            return
        connection = ibis.duckdb.connect(
            memory_limit=f"{memory_mib}MiB",
            threads=threads,
            temp_directory=spill,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )
        try:
            yield Store(connection)
        finally:
            connection.disconnect()


def _session(spark: Spark, *, memory_mib: int, spill: str) -> "SparkSession":
    if what := missing_for_spark():
        raise EngineMissing(what)
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": f"{memory_mib}m",
        "spark.local.dir": spill,
        "spark.sql.warehouse.dir": f"{spill}/warehouse",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    if spark.is_local:
        # On a cluster the driver's address and the number of pieces are the cluster's business (spark-defaults.conf).
        settings |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4",
        }
    return SparkSession.builder.appName("regulars").master(spark.master).config(map=settings).getOrCreate()


def missing_for_spark() -> str:
    """What Spark lacks on this machine: "extra", "java" or ""."""
    if find_spec("pyspark") is None:
        return "extra"
    return "" if (java_version() or 0) >= LEAST_JAVA else "java"


def java_version() -> int | None:
    """Java's feature release, e.g. 17, of JAVA_HOME or else of the path; None: there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else None


def write_part(table: pa.Table, path: Path) -> None:
    """One part as a Parquet file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(table, unfinished, compression="zstd")
    unfinished.replace(path)
