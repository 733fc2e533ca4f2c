"""Apache Parquet, for pandas, DuckDB and similar; one row group per batch. Needs the extra `zoneviz[parquet]`."""

from typing import BinaryIO

from zoneviz.errors import EnvironmentProblem
from zoneviz.exporters import of_tables
from zoneviz.playback.tables import REAL, SHARE, TEXT, Table


def _write(found: Table, out: BinaryIO) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise EnvironmentProblem("Parquet needs the Python package pyarrow: pip install 'zoneviz[parquet]'.") from None
    of = {TEXT: pyarrow.string(), SHARE: pyarrow.float64(), REAL: pyarrow.float64()}
    kinds = [of.get(column.kind, pyarrow.int64()) for column in found.columns]
    schema = pyarrow.schema([(column.name, kind) for column, kind in zip(found.columns, kinds, strict=True)])
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in found.batches:
            if batch[0]:
                arrays = [pyarrow.array(values, kind) for values, kind in zip(batch, kinds, strict=True)]
                writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


EXPORTER = of_tables("parquet", ".parquet", "Apache Parquet; needs the extra zoneviz[parquet]", _write)
