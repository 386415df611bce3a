"""The only file that opens the analytical engine: DuckDB in memory over a folder of Parquet, as Ibis tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from regulars.insight.rules.purchases import Extracts

EXTRACTS = ("orders", "order_lines", "return_lines", "variants", "customers")


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


@contextmanager
def opened(*, memory_mib: int, threads: int) -> Iterator[Store]:
    """An engine that takes at most `memory_mib` and spills the rest into a folder that goes with it."""
    with TemporaryDirectory(prefix="regulars-analysis-") as spill:
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


def write_part(table: pa.Table, path: Path) -> None:
    """One part as a Parquet file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(table, unfinished, compression="zstd")
    unfinished.replace(path)
