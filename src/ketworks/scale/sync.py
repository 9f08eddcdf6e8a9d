"""Written bytes brought onto the disk, so that a journal may count them."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Brings a written file, or a folder's list of files, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
