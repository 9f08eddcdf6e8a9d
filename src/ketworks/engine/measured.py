"""What a sample shows: a person's own level with the residual error of assay, timing and model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketworks.engine.signal import Signal
from ketworks.engine.units import signal_factor

Floats = NDArray[np.float64]


def measured(
    levels: Floats,
    signal: Signal,
    residual: Any,
    rows: Mapping[str, tuple[float, str]],
    seed: int,
    ids: NDArray[np.int64],
    times: Floats,
) -> Floats:
    """Samples of levels.

    y = C exp(l e1)      or      y = max(0, C (1 + p e1) + a e2)

    Symbols: y sample, C level, a - unit of the signal; p proportional, l logarithmic SD - 1; e1, e2 standard normal - 1
    Source:  the form that the model's source states; which rows carry p, a and l is declared by its stage
    Leaves out: limits of quantification; errors of dose and time of their own; errors that go together in time.

    Args:
        levels: shape (people, times).
        signal: what they are.
        residual: ids of the rows (``engine.stage.Residual``).
        rows: value and canonical unit by id.
        seed: of the errors.
        ids: person ids.
        times: min.
    """
    from ketworks.engine.random import repeated_normals

    names = [f"measured.{signal.name}.{part}" for part in ("first", "second")]
    places = np.ascontiguousarray(times, dtype=np.float64).view(np.uint64).astype(np.int64)
    first, second = (np.asarray(drawn) for drawn in repeated_normals(seed, ids, names, places).values())
    if residual.log:
        return np.asarray(levels * np.exp(rows[residual.log][0] * first))
    found = levels.copy()
    if residual.proportional:
        found = found + levels * rows[residual.proportional][0] * first
    if residual.additive:
        size, unit = rows[residual.additive]
        found = found + size * signal_factor(unit, signal.unit, signal.molar_mass) * second
    return np.maximum(found, 0.0)
