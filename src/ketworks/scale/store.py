"""Where the numbers of a cohort go, a chunk at a time; the ending of the name decides on the format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.scale.chunked_run import Chunk, ChunkedRun
    from ketworks.scale.description import Description

LIBRARIES = {".zarr": ("zarr", "numcodecs"), ".parquet": ("pyarrow",)}  # whose versions decide on the bytes
ENDINGS = tuple(LIBRARIES)


class Store(Protocol):
    """A folder that holds the numbers of one run."""

    def create(self, description: Description) -> None:
        """Writes what is there without numbers; where it is there already, whole or damaged, it is written again."""

    def write(self, chunk: Chunk) -> str:
        """Stores a chunk and returns a checksum of it; on return it is on the disk."""

    def holds(self, number: int, checksum: str) -> bool:
        """Whether a stored chunk is what was written, to the last bit."""

    def finish(self, attributes: Mapping[str, Any]) -> None:
        """Adds what is known only at the end."""


def check_name(path: Path) -> None:
    """Says before anything runs whether a name can be a cohort's.

    Raises:
        WrongUse: another ending, no folder to stand in, the name is taken, or the library for the format is missing.
    """
    if path.suffix not in ENDINGS:
        expected = "a name that ends in " + " or ".join(ENDINGS)
        raise WrongUse(f"folder {str(path)!r}", expected, str(path.with_suffix(ENDINGS[0])))
    if not path.parent.is_dir():
        raise WrongUse(f"cannot write {str(path)!r}: no folder {str(path.parent)!r}", "a folder that exists")
    if path.exists():
        raise WrongUse(f"{str(path)!r} exists", "a new name: results are never overwritten", paste=f"rm -r {path}")
    if path.suffix == ".parquet":
        from ketworks.scale.parquet_store import library

        library()


def store_at(part: Path, ending: str, run: ChunkedRun) -> Store:
    """The store of a run in a folder.

    Args:
        part: the folder.
        ending: of the name it will have in the end.
        run: decides on shapes and blocks.
    """
    if ending == ".parquet":
        from ketworks.scale.parquet_store import ParquetStore

        return ParquetStore(part, run)
    from ketworks.scale.zarr_store import ZarrStore

    return ZarrStore(part, run)
