"""Files are written whole or not at all: to a temporary neighbour, synced, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from ketworks.errors import WrongUse


def check_writable(path: Path, kinds: tuple[str, ...] = ()) -> Path:
    """Says before a run starts whether its file could be written.

    Args:
        path: where the file is to go.
        kinds: accepted endings, for example ``(".nc",)``; any when empty.

    Raises:
        WrongUse: the folder is missing or closed, the path is a folder, or the ending is another.
    """
    if kinds and path.suffix.lower() not in kinds:
        raise WrongUse(
            f"file {str(path)!r}", "a name that ends in " + " or ".join(kinds), str(path.with_suffix(kinds[0]))
        )
    folder = path.parent
    if not folder.is_dir():
        raise WrongUse(f"cannot write {str(path)!r}: no folder {str(folder)!r}", "a folder that exists")
    if path.is_dir():
        raise WrongUse(f"cannot write {str(path)!r}: it is a folder", "a file name")
    try:  # asking the file system is the only answer that holds for every user and kind of folder
        _temporary(path).unlink()
    except OSError as error:
        raise WrongUse(f"cannot write {str(path)!r}: {error.strerror}", "a place you may write to") from error
    if path.exists() and not os.access(path, os.W_OK):
        raise WrongUse(f"cannot write {str(path)!r}: no permission", "a place you may write to")
    return path


def write_whole(path: Path, content: bytes | Callable[[Path], None]) -> Path:
    """Writes the content and only then lets it appear under its name.

    Args:
        path: final name.
        content: the bytes, or a function that writes a file at the path it is given.
    """
    check_writable(path)
    temporary = _temporary(path)
    try:
        if isinstance(content, bytes):
            temporary.write_bytes(content)
        else:
            content(temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise WrongUse(f"cannot write {str(path)!r}: {error.strerror}", "a place with room and permission") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _temporary(path: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
