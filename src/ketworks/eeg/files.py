"""Writes the traces of a recording: .csv, .npz, or .fif for MNE."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ketworks.io.whole_file import check_writable, write_whole

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording

KINDS = (".fif", ".csv", ".npz")


def check(path: str) -> None:
    """Says before a run whether the file can be written, and whether what it needs is installed."""
    check_writable(Path(path), KINDS)
    if Path(path).suffix.lower() == ".fif":
        from ketworks.eeg.mne_raw import library

        library()


def save(recording: Recording, path: str) -> None:
    """Writes the traces, whole or not at all.

    Args:
        recording: what.
        path: where; the ending decides: ``.csv`` one column a time, ``.npz`` arrays with names, ``.fif`` for MNE.
    """
    check(path)
    write_whole(Path(path), {".csv": _csv, ".npz": _npz, ".fif": _fif}[Path(path).suffix.lower()](recording))


def names(recording: Recording) -> list[str]:
    """One name a trace: ``no_drug``, then the minutes."""
    return ["no_drug", *(f"{t:g}_min" for t in recording.at)]


def _csv(recording: Recording) -> bytes:
    time = np.arange(len(recording.signal)) / recording.per_s
    lines = [",".join(["time_s", *names(recording)])]
    lines += [
        ",".join([f"{t:.4f}", *(f"{value:.6g}" for value in row)])
        for t, row in zip(time, recording.signal, strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def _npz(recording: Recording) -> bytes:
    import io

    held = io.BytesIO()
    np.savez_compressed(
        held,
        signal=recording.signal,
        traces=np.array(names(recording)),
        samples_per_s=recording.per_s,
        times_min=recording.at,
        block=recording.blocks,
        seed=recording.seed,
        regimen=np.array(str(recording.simulation.regimen)),
        unit=np.array("arbitrary unit"),
    )
    return held.getvalue()


def _fif(recording: Recording) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "column_raw.fif"  # MNE warns of names that do not end so
        recording.raw().save(path, verbose="ERROR")
        return path.read_bytes()
