"""A cohort's numbers as a folder of Parquet files, one a chunk: a row for each person and time, a column a signal.

pandas, polars and DuckDB read the folder as one table. Who could not be solved has empty cells (null), which their
sums leave out. Each file is whole in itself: units, grades and sources stand beside its columns, the run's
configuration, and who of it could not be solved, beside its table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.errors import WrongUse
from ketworks.scale.chunked_run import Chunk
from ketworks.scale.description import SOLVED, Description
from ketworks.scale.sync import sync

if TYPE_CHECKING:
    from ketworks.scale.chunked_run import ChunkedRun

FORMAT = "ketworks-cohort-parquet-1"
DIGITS = 5  # of a file's number, and more where there are more
_TEMPORARY = ".writing"  # before a file gets its name


def library() -> Any:
    """Arrow.

    Raises:
        WrongUse: it is not installed.
    """
    try:
        import_module("pyarrow.parquet")
    except ImportError as error:
        raise WrongUse(
            "a .parquet folder without Arrow", "the extra, or NAME.zarr", paste='pip install "ketworks[scale]"'
        ) from error
    return import_module("pyarrow")


class ParquetStore:
    """The files of one run.

    Args:
        path: their folder.
        run: decides who is in which file.
    """

    def __init__(self, path: Path, run: ChunkedRun) -> None:
        self._path, self._run = path, run
        self._arrow = library()
        self._digits = max(DIGITS, len(str(run.chunks - 1)))
        self._schema: Any = None
        self._times = np.zeros(0)

    def create(self, description: Description) -> None:
        """The folder; files carry the description themselves."""
        self._path.mkdir(exist_ok=True)
        for temporary in self._path.glob(f"*{_TEMPORARY}"):
            temporary.unlink()
        self._schema, self._times = self._schema_of(description), description.times

    def write(self, chunk: Chunk) -> str:
        """Stores a chunk and returns the digest of its file; on return it is on the disk."""
        path = self._file(chunk.number)
        temporary = path.with_suffix(_TEMPORARY)
        content = self._content(chunk)
        temporary.write_bytes(content)
        sync(temporary)
        temporary.replace(path)
        sync(self._path)
        return hashlib.sha256(content).hexdigest()

    def holds(self, number: int, checksum: str) -> bool:
        """Whether a chunk's file is what was written, to the last bit."""
        try:
            return hashlib.sha256(self._file(number).read_bytes()).hexdigest() == checksum
        except OSError:
            return False

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Every file has said of its people what there is to say."""

    def _file(self, number: int) -> Path:
        return self._path / f"part-{number:0{self._digits}d}.parquet"

    def _schema_of(self, description: Description) -> Any:
        arrow, number = self._arrow, self._arrow.float64()
        meaning = {"long_name": "Whether the person's equations could be solved; other numbers are null where not"}
        fields = [arrow.field("person", arrow.int64()), arrow.field("time", number, metadata=_words(description.time))]
        for group in (description.signals, description.covariates):
            fields += [arrow.field(name, number, metadata=_words(words)) for name, words in group.items()]
        fields.append(arrow.field(SOLVED, arrow.bool_(), metadata=meaning))
        return arrow.schema(fields, metadata=_words({**description.attributes, "format": FORMAT}))

    def _content(self, chunk: Chunk) -> bytes:
        """The whole file."""
        own = {"chunk": chunk.number, "failed": chunk.failed, "errors": chunk.errors, "neglected": chunk.neglected}
        words = {name: json.dumps(value) for name, value in own.items()}
        schema = self._schema.with_metadata({**self._schema.metadata, **words})
        table = self._arrow.table(self._columns(chunk), schema=schema)
        sink = BytesIO()
        import_module("pyarrow.parquet").write_table(table, sink, compression="zstd", row_group_size=table.num_rows)
        return sink.getvalue()

    def _columns(self, chunk: Chunk) -> list[Any]:
        """Columns in the order of the schema, shape (people * times,); null where a person could not be solved."""
        ids, count = np.asarray(self._run.cohort.ids[self._run.rows(chunk.number)], dtype=np.int64), len(self._times)
        missing = ~np.repeat(chunk.solved, count)
        values = {name: table.ravel() for name, table in chunk.tables.items()}
        values |= {name: np.repeat(own, count) for name, own in chunk.covariates.items()}
        known = {
            "person": np.repeat(ids, count),
            "time": np.tile(self._times, len(ids)),
            SOLVED: ~missing,
        }
        return [
            self._arrow.array(known[name]) if name in known else self._arrow.array(values[name], mask=missing)
            for name in self._schema.names
        ]


def _words(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()}
