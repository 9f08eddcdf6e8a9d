"""A cohort's numbers as a Zarr group that xarray opens: one block of people a chunk, each block a file of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr

from ketworks.io.dataset import COVARIATE_UNITS
from ketworks.scale.chunked_run import Chunk

if TYPE_CHECKING:
    import xarray

    from ketworks.scale.chunked_run import ChunkedRun

SOLVED = "solved"


class Store:
    """The group of one run.

    Args:
        path: its folder.
        run: decides on shapes and blocks.
    """

    def __init__(self, path: Path, run: ChunkedRun) -> None:
        self._path, self._run = path, run

    def create(self, pilot: xarray.Dataset) -> None:
        """An empty group with the names, units and attributes of a simulation of some of the people.

        Args:
            pilot: dataset of the same run for a few people (dims person, time).
        """
        names = " ".join(self._run.covariates)
        attributes = {**_plain(pilot.attrs), "coordinates": names, "complete": False}
        group = zarr.create_group(str(self._path), attributes=attributes)
        ids, times = np.asarray(self._run.cohort.ids, dtype=np.int64), np.asarray(pilot["time"].values)
        _array(group, "person", ids.shape, (self._run.chunk,), ids.dtype, ("person",), {})[:] = ids
        _array(group, "time", times.shape, times.shape, times.dtype, ("time",), _plain(pilot["time"].attrs))[:] = times
        blocks = (self._run.chunk, len(times))
        for name, array in pilot.data_vars.items():
            shape = (len(ids), len(times))
            _array(group, str(name), shape, blocks, array.dtype, ("person", "time"), _plain(array.attrs))
        meaning = {"long_name": "Whether the person's equations could be solved; all numbers are NaN where not"}
        own = {name: (np.dtype(float), {"units": COVARIATE_UNITS.get(name, "1")}) for name in self._run.covariates}
        for name, (dtype, words) in {**own, SOLVED: (np.dtype(bool), meaning)}.items():
            _array(group, name, ids.shape, blocks[:1], dtype, ("person",), words)

    def write(self, chunk: Chunk) -> None:
        """Stores a chunk; on return it is on the disk."""
        group, rows = zarr.open_group(str(self._path), mode="r+"), self._run.rows(chunk.number)
        for name, values in {**chunk.tables, **chunk.covariates, SOLVED: chunk.solved}.items():
            _block(group, name)[rows] = values
            _sync(self._path / name / "c", chunk.number)

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
        return Chunk(number, tables, covariates, solved, {}, {}).checksum() == checksum

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Marks the group as complete."""
        zarr.open_group(str(self._path), mode="r+").attrs.update({**attributes, "complete": True})


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


def _plain(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        json.dumps({str(key): value for key, value in attributes.items()}, default=float)
    )
    return found


def _sync(folder: Path, number: int) -> None:
    """Brings the block files of a chunk onto the disk before the journal counts it."""
    first = folder / str(number)
    for path in [first] if first.is_file() else sorted(first.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
