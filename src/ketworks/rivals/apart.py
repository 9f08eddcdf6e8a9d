"""Which experiment would tell the rivals apart: the observable on which they differ most for its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ketworks.registry import make
from ketworks.rivals.response import COUNTS, OBSERVABLES, UNITS, Exposure, Floats, responses

LEVELS = (0.5, 1.0, 2.0, 4.0)  # multiples of the exposure at which one may measure
SPREAD = 0.05  # lognormal spread put on every number that no measurement carries
DRAWS = 256
_CENTRAL = (15.87, 84.13)  # percentiles one standard deviation either side


class Experiment(NamedTuple):
    """One observable at one level.

    Attributes:
        signal: the observable.
        level: multiple of the exposure.
        says: change and its uncertainty for each rival, in the observable's unit (dB, % of baseline, slope).
        distance: by pair, difference over uncertainty.
    """

    signal: str
    level: float
    says: Mapping[str, tuple[float, float]]
    distance: Mapping[tuple[str, str], float]

    @property
    def weakest(self) -> float:
        """Distance of the pair that this experiment tells apart worst."""
        return min(self.distance.values())


def guessed_rows(circuit: str, receptor: str) -> list[str]:
    """Ids of the numbers no measurement carries (grade E) among those that the circuit's outputs rest on."""
    stage, before = make("circuit", circuit), make("receptor", receptor)
    carried = dict.fromkeys(name for names in stage.support().values() for name in names)
    below = dict.fromkeys(name for key in carried for name in before.support().get(key, ()))
    rows = {**before.parameters(), **stage.parameters()}
    found = [key for key in (*below, *carried) if key in rows and rows[key].grade == "E"]
    return [key for key in found if not key.startswith("band.")]


def moved(circuit: str, to: Exposure, count: int, spread: float, seed: int) -> dict[str, Floats]:
    """Values of the guessed rows with a lognormal spread, each (count,); the first set is the tables'."""
    rows = {**make("receptor", to.receptor).parameters(), **make("circuit", circuit).parameters()}
    names = guessed_rows(circuit, to.receptor)
    draws = np.exp(spread * np.random.default_rng(seed).standard_normal((len(names), count)))
    draws[:, 0] = 1.0
    return {key: rows[key].canonical * draws[i] for i, key in enumerate(names)}


def experiments(
    circuits: Sequence[str],
    to: Exposure,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> list[Experiment]:
    """All observables at all levels, best first: by the pair of rivals that each tells apart worst.

    A distance is the difference of two rivals over the root of the sum of three variances: each rival's own when all
    guessed numbers move by 5 %, and the smallest change that the studies count as one. The error of a real measurement
    is not in it: it depends on the laboratory and on how many people are measured.
    """
    said: dict[str, tuple[Floats, Floats]] = {}
    for name in circuits:
        if progress is not None:
            progress(f"uncertainty: {name}")
        found = responses(name, to, np.array(LEVELS), moved(name, to, draws, SPREAD, seed))
        low, high = np.percentile(found.change[found.whole], _CENTRAL, axis=0)
        said[name] = found.change[0], 0.5 * (high - low)
    made = []
    for i, signal in enumerate(OBSERVABLES):
        for j, level in enumerate(LEVELS):
            says = {name: (float(mean[i, j]), float(sd[i, j])) for name, (mean, sd) in said.items()}
            made.append(Experiment(signal, level, says, _distances(says, COUNTS[UNITS[signal]])))
    return sorted(made, key=lambda one: -one.weakest)


def best_for(pair: tuple[str, str], among: Sequence[Experiment]) -> Experiment:
    """The experiment that tells two rivals apart best."""
    return max(among, key=lambda one: one.distance[pair])


def by_eeg(among: Sequence[Experiment]) -> list[Experiment]:
    """Those that need no more than an EEG: bands and slope, not firing or glutamate."""
    return [one for one in among if UNITS[one.signal] != "%"]


def _distances(says: Mapping[str, tuple[float, float]], counts: float) -> dict[tuple[str, str], float]:
    return {
        (a, b): abs(says[a][0] - says[b][0]) / float(np.sqrt(says[a][1] ** 2 + says[b][1] ** 2 + counts**2))
        for a, b in combinations(says, 2)
    }
