"""A recording as an MNE object, with time and dose as annotations. MNE comes with the extra ``ketworks[eeg]``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.eeg.recording import Recording


def library() -> Any:
    """MNE, or the line that installs it."""
    try:
        return import_module("mne")
    except ImportError as missing:
        raise WrongUse(
            "a file for MNE, which is not installed",
            "the extra 'eeg', or an --out that ends in .csv or .npz",
            paste="pip install 'ketworks[eeg]'",
        ) from missing


def raw(recording: Recording) -> Any:
    """All traces one after the other in one ``mne.io.RawArray`` of one channel.

    The channel is of type ``misc``, which for MNE has no unit: the proxy's unit is arbitrary, and no voltage. Each
    trace has an annotation with its time since the first dose and the amount given by then; ``BAD boundary`` marks the
    joints.
    """
    mne = library()
    info = mne.create_info(["column"], recording.per_s, "misc", verbose="ERROR")
    info["description"] = f"ketworks EEG proxy of one cortical column, arbitrary unit; {recording.simulation.regimen}"
    made = mne.io.RawArray(recording.signal.T.reshape(1, -1), info, verbose="ERROR")
    starts = np.arange(recording.signal.shape[1]) * recording.seconds
    words = ["no drug", *(_when(recording, float(t)) for t in recording.at)]
    joints = starts[1:]
    made.set_annotations(
        mne.Annotations(
            [*starts, *joints],
            [recording.seconds] * len(starts) + [0.0] * len(joints),
            [*words, *["BAD boundary"] * len(joints)],
        ),
        verbose="ERROR",
    )
    return made


def _when(recording: Recording, time: float) -> str:
    return f"{time:g} min after the first dose begins; given so far: {given(recording, time)}"


def given(recording: Recording, time: float) -> str:
    """Amount that has been given up to a time, by unit, such as ``0.25 mg/kg ketamine``."""
    amounts: dict[str, float] = {}
    for event in recording.simulation.regimen.events():
        if event.duration > 0.0:
            share = float(np.clip((time - event.time) / event.duration, 0.0, 1.0))
        else:
            share = float(time >= event.time)
        key = f"{event.amount_unit} {event.drug}"
        amounts[key] = amounts.get(key, 0.0) + share * event.amount
    return " and ".join(f"{amount:.3g} {key}" for key, amount in amounts.items())
