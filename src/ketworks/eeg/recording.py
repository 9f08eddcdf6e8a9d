"""A recording: the EEG proxy of the column at asked times of a simulated dose, beside the same column without drug."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ketworks.eeg.settings import Settings, settings
from ketworks.errors import CannotSay, SolverFailed, WrongUse
from ketworks.people.cohort import check_seed
from ketworks.result import Simulation
from ketworks.time_points import time_points

if TYPE_CHECKING:
    from jax import Array
    from matplotlib.figure import Figure

    from ketworks.circuit.column import Column
    from ketworks.circuit.in_time import Stimulus, Trace
    from ketworks.circuit.layout import Layout
    from ketworks.eeg.evoked import Evoked
    from ketworks.eeg.measures import Table

Floats = NDArray[np.float64]
BLOCKS = ("receptor.block_pyramidal", "receptor.block_pv", "receptor.block_sst", "receptor.hcn1_block")
GRADED_BY = "circuit.gamma_power"  # rests on the whole column, as every trace does
UNIT = "arbitrary unit"
SHORTEST, LONGEST = 4.0, 600.0  # s
MOST = 20_000.0  # s of all traces together
SETTLE = 5.0  # s before a trace begins: the mean under noise is not quite the point of rest
LANES = (8, 32, 128, 512)  # traces are stepped side by side in so many lanes, so that few programs are compiled


@dataclass(frozen=True, eq=False)
class Recording:
    """What ``record`` returns.

    Attributes:
        simulation: what was given to whom.
        at: min since the first dose, shape (times,).
        blocks: NMDA block of pyramidal, PV and SST cells, and HCN1 block, at those times, shape (4, times).
        signal: EEG proxy in arbitrary units, shape (samples, 1 + times); column 0 is the column without drug.
        rates: mean rates of pyramidal, PV and SST cells, Hz, shape (3, 1 + times).
        per_s: samples per second.
        seed: of the random currents, the same for all traces.
        settings: what it rests on besides the circuit.
    """

    simulation: Simulation
    at: Floats
    blocks: Floats
    signal: Floats
    rates: Floats
    per_s: float
    seed: int
    settings: Settings

    @property
    def seconds(self) -> float:
        """Length of each trace."""
        return len(self.signal) / self.per_s

    @cached_property
    def grade(self) -> str:
        """That of the circuit, the weakest link."""
        return self.simulation.grades[GRADED_BY].grade

    def band(self, name: str) -> tuple[float, float]:
        """Edges of a band of the circuit stage, Hz."""
        p = _parameters(self.simulation)
        return p[f"band.{name}_low"], p[f"band.{name}_high"]

    def clicked(self, progress: Callable[[float], None] | None = None) -> Trace:
        """The same traces while a train of clicks opens AMPA conductance on pyramidal and PV cells."""
        import jax.numpy as jnp

        from ketworks.circuit.in_time import STEP, Stimulus

        period = round(1e3 / (self.settings.click_rate * STEP))
        train = Stimulus(self.settings.click * jnp.array([[1.0], [1.0], [0.0]]), period)
        return _traces(self.simulation, self.blocks, self.seconds, self.seed, self.settings, train, progress)

    @cached_property
    def heard(self) -> Evoked:
        """Responses to a frequent and a rare tone, (samples, 1 + times), without noise; column 0 without drug."""
        from ketworks.eeg.evoked import evoked

        c, layout, lanes = _column(self.simulation, self.blocks)
        kept = evoked(c, lanes, self.settings, layout).first(1 + len(self.at))
        _check_range(kept.difference)
        return kept

    def measured(self, names: Sequence[str] | None = None, progress: Callable[[str], None] | None = None) -> Table:
        """Measures by name (``MEASURES``), all when None, as a table against the drug-free column."""
        from ketworks.eeg.measures import measured

        return measured(self, names, progress)

    def plot(self, kind: str = "spectrum") -> Figure:
        """A matplotlib figure: ``spectrum``, ``spectrogram``, ``bands``, ``trace``, ``tones`` or ``rhythm``."""
        from ketworks.eeg.pictures import figure

        return figure(self, kind)

    def save(self, path: str) -> None:
        """Writes the traces: .csv, .npz, or .fif for MNE (needs the extra ``ketworks[eeg]``)."""
        from ketworks.eeg.files import save

        save(self, path)

    def raw(self) -> Any:
        """The traces as one ``mne.io.RawArray`` (needs the extra ``ketworks[eeg]``)."""
        from ketworks.eeg.mne_raw import raw

        return raw(self)


def record(
    simulation: Simulation,
    at: str | None = None,
    seconds: float = 60.0,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Steps the column in time under the block it is under at each asked time, and without drug.

    Block is held for each stretch: it moves over minutes. Every trace is under the same random currents, so that two
    traces differ by the drug alone; an average over traces is therefore no average over noise.

    Args:
        simulation: of a person, with the signals ``BLOCKS``.
        at: times among the simulated ones, such as ``"0,20,40,80 min"``; all of them when None.
        seconds: length of each trace, 4 to 600.
        seed: of the random currents.
        progress: called with the share that is done.

    Raises:
        WrongUse: a cohort, a time that was not simulated, or more than can be held.
        CannotSay: the simulation has no block, so there is no circuit.
        SolverFailed: the column left its range.
    """
    if not simulation.has_typical:
        raise WrongUse("an EEG of a cohort", "a simulation of one Person", paste="simulate(regimen, Person(), ...)")
    missing = [name for name in BLOCKS if name not in simulation.names]
    if missing and all(name in simulation.chain.signals for name in BLOCKS):
        raise WrongUse(f"a simulation without {missing[0]}", "all blocks among its outputs", paste="outputs=eeg.BLOCKS")
    if missing or "circuit" not in [stage.name for stage in simulation.chain.stages]:
        raise CannotSay(
            f"an EEG: {simulation.chain.variant('plasma')} makes no levels that the receptor stage reads",
            "a plasma model with arterial enantiomers",
            paste="--chain plasma=combined",
        )
    if not SHORTEST <= seconds <= LONGEST:
        nearest = f"{min(max(seconds, SHORTEST), LONGEST):g}"
        raise WrongUse(f"{seconds:g} s of EEG", f"{SHORTEST:g} to {LONGEST:g} s", nearest, "--seconds 60")
    places = _places(simulation, at)
    if (len(places) + 1) * seconds > MOST or len(places) >= LANES[-1]:
        raise WrongUse(
            f"{len(places)} traces of {seconds:g} s",
            f"fewer than {LANES[-1]} times, and at most {MOST:g} s together with the trace without drug",
            paste=f"--seconds {max(SHORTEST, MOST // (len(places) + 1)):g}",
        )
    checked, s = check_seed(seed), settings()
    blocks = np.stack([simulation.tables[name][0, places] for name in BLOCKS])
    found = _traces(simulation, blocks, seconds, checked, s, None, progress)
    return Recording(simulation, simulation.times[places], blocks, found.signal, found.rates, found.per_s, checked, s)


def _places(simulation: Simulation, at: str | None) -> NDArray[np.int64]:
    """Where the asked times stand among the simulated ones."""
    if at is None:
        return np.arange(len(simulation.times))
    wanted = time_points(at)
    absent = wanted[~np.isin(wanted, simulation.times)]
    if absent.size:
        near = float(simulation.times[np.argmin(np.abs(simulation.times - absent[0]))])
        raise WrongUse(f"{absent[0]:g} min was not simulated", "times of the simulation", f"{near:g} min")
    return np.asarray(np.searchsorted(simulation.times, wanted))


def _parameters(simulation: Simulation) -> dict[str, float]:
    rows = simulation.chain.maker(GRADED_BY).parameters()
    return {key: simulation.values.get(key, row.canonical) for key, row in rows.items()}


def _column(simulation: Simulation, blocks: Floats) -> tuple[Column, Layout, Array]:
    """The column, its layout, and blocks in lanes: none, then those at each time, then none to fill up, (4, lanes)."""
    import jax.numpy as jnp

    from ketworks.circuit.column import column

    stage = simulation.chain.maker(GRADED_BY)
    layout = getattr(stage, "layout", None)
    if layout is None:
        raise CannotSay(
            f"an EEG of the circuit {stage.variant}, which is no column", "a circuit that ships with ketworks"
        )
    made = column({key: jnp.asarray(value) for key, value in _parameters(simulation).items()}, layout)
    count = 1 + blocks.shape[1]
    lanes = np.zeros((4, min(size for size in LANES if size >= count)))
    lanes[:, 1:count] = blocks
    return made, layout, jnp.asarray(lanes)


def _traces(
    simulation: Simulation,
    blocks: Floats,
    seconds: float,
    seed: int,
    s: Settings,
    train: Stimulus | None,
    progress: Callable[[float], None] | None,
) -> Trace:
    """Traces of the column without drug and under each block; lanes that only fill up are cut off."""
    from ketworks.circuit.in_time import in_time

    c, layout, lanes = _column(simulation, blocks)
    found = in_time(c, lanes, seconds, s.noise, seed, layout, train, SETTLE, progress=progress)
    count = 1 + blocks.shape[1]
    _check_range(found.signal[:, :count])
    return found._replace(signal=found.signal[:, :count], rates=found.rates[:, :count])


def _check_range(signal: Floats) -> None:
    lost = np.flatnonzero(~np.isfinite(signal).all(axis=0))
    if lost.size:
        raise SolverFailed(f"the column left its range in trace {lost[0]}", "finite values", paste="--seconds 60")
