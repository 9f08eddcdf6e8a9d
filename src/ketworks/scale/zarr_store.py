"""A cohort's numbers as a Zarr group that xarray opens: one block of people a chunk, each block a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr

from ketworks.scale.chunked_run import Chunk
from ketworks.scale.description import SOLVED, Description
from ketworks.scale.sync import sync

if TYPE_CHECKING:
    from ketworks.scale.chunked_run import ChunkedRun

_TEMPORARY = "*.partial"  # what zarr writes before a file gets its name


class ZarrStore:
    """The group of one run.

    Args:
        path: its folder.
        run: decides on shapes and blocks.
    """

    def __init__(self, path: Path, run: ChunkedRun) -> None:
        self._path, self._run = path, run

    def create(self, description: Description) -> None:
        """Names, units, ids, times, empty arrays: made beside and moved in file by file; numbers stay as they are."""
        fresh = self._path.with_name(self._path.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._empty(fresh, description)
        for temporary in self._path.rglob(_TEMPORARY):
            temporary.unlink()
        for made in sorted(path for path in fresh.rglob("*") if path.is_file()):
            place = self._path / made.relative_to(fresh)
            place.parent.mkdir(parents=True, exist_ok=True)
            made.replace(place)
        shutil.rmtree(fresh)

    def write(self, chunk: Chunk) -> str:
        """Stores a chunk and returns the checksum of its numbers; on return it is on the disk."""
        group, rows = zarr.open_group(str(self._path), mode="r+"), self._run.rows(chunk.number)
        for name, values in {**chunk.tables, **chunk.covariates, SOLVED: chunk.solved}.items():
            _block(group, name)[rows] = values
            _sync_block(self._path / name / "c", chunk.number)
        return chunk.checksum()

    def holds(self, number: int, checksum: str) -> bool:
        """Whether a stored chunk is what was written, to the last bit."""
        run = self._run
        try:
            group, rows = zarr.open_group(str(self._path), mode="r"), run.rows(number)
            tables, covariates = (
                {name: np.asarray(_block(group, name)[rows]) for name in names}
                for names in (run.prepared.names, run.covariates)
            )
            solved = np.asarray(_block(group, SOLVED)[rows])
        except (OSError, ValueError, KeyError, RuntimeError):  # a damaged block shows as any of these
            return False
        return Chunk(number, tables, covariates, solved).checksum() == checksum

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Marks the group as complete; each signal gets the largest error and neglect of anybody."""
        group = zarr.open_group(str(self._path), mode="r+")
        for name in self._run.prepared.names:
            kinds = {"error": "errors", "neglected": "neglected"}
            _block(group, name).attrs.update({kind: attributes[kinds[kind]].get(name, 0.0) for kind in kinds})
        group.attrs.update({**attributes, "complete": True})

    def _empty(self, folder: Path, description: Description) -> None:
        run = self._run
        attributes = {**description.attributes, "coordinates": " ".join(run.covariates), "complete": False}
        group = zarr.create_group(str(folder), attributes=attributes)
        ids, times = np.asarray(run.cohort.ids, dtype=np.int64), description.times
        _array(group, "person", ids.shape, (run.chunk,), ids.dtype, ("person",), {})[:] = ids
        _array(group, "time", times.shape, times.shape, times.dtype, ("time",), description.time)[:] = times
        shape, blocks = (len(ids), len(times)), (run.chunk, len(times))
        for name, words in description.signals.items():
            _array(group, name, shape, blocks, np.dtype(float), ("person", "time"), words)
        meaning = {"long_name": "Whether the person's equations could be solved; all numbers are NaN where not"}
        own = {name: (np.dtype(float), words) for name, words in description.covariates.items()}
        for name, (dtype, words) in {**own, SOLVED: (np.dtype(bool), meaning)}.items():
            _array(group, name, ids.shape, blocks[:1], dtype, ("person",), words)


def _block(group: zarr.Group, name: str) -> Any:
    """An array of the group; which sort of member a name is, its type does not say."""
    return group[name]


def _array(
    group: zarr.Group,
    name: str,
    shape: tuple[int, ...],
    blocks: tuple[int, ...],
    dtype: np.dtype[Any],
    dims: tuple[str, ...],
    attributes: dict[str, Any],
) -> zarr.Array[Any]:
    fill = np.nan if dtype.kind == "f" else np.zeros((), dtype).item()
    made: zarr.Array[Any] = group.create_array(
        name,
        shape=shape,
        chunks=blocks,
        dtype=dtype,
        dimension_names=dims,
        attributes=attributes,
        fill_value=fill,
        config={"write_empty_chunks": True},
    )
    return made


def _sync_block(folder: Path, number: int) -> None:
    """Brings the block files of a chunk onto the disk before the journal counts it."""
    first = folder / str(number)
    for path in [first] if first.is_file() else sorted(first.rglob("*")):
        if path.is_file():
            sync(path)
