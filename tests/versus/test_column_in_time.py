"""The column stepped in time against what it must equal: its working point, its linear spectrum, and smaller steps."""

from __future__ import annotations

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from ketworks.circuit import membrane, spectrum
from ketworks.circuit.column import Column, column
from ketworks.circuit.in_time import EVERY, STEP, State, Stimulus, at_rest, change, in_time, proxy
from ketworks.circuit.layout import DEFAULT, Layout
from ketworks.circuit.stage import CircuitStage
from ketworks.circuit.working_point import working_point
from ketworks.eeg.spectra import window_spectra

P = {key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()}
HALF_MG_PER_KG = (0.141, 0.183, 0.215, 0.108)
ANAESTHETIC = (0.69, 0.75, 0.79, 0.61)
BLOCKS = jnp.asarray([(0.0, 0.0, 0.0, 0.0), HALF_MG_PER_KG, (0.39, 0.47, 0.52, 0.33), ANAESTHETIC]).T
EDGES = ((1, 4), (4, 8), (8, 13), (13, 30), (30, 80))
WEAK = 1.0  # pA: at this noise the column is linear
LAYOUTS = {
    "default": DEFAULT,
    "ambient on PV": Layout(tonic="pv"),
    "looser gate": Layout(loose=True),
    "all that feeds back": Layout(returned=True, moving=True),
    "HCN1 alone": Layout(acts=(False, False, False, True)),
}


@pytest.mark.parametrize(
    "layout",
    [pytest.param(one, marks=[] if name == "default" else pytest.mark.slow, id=name) for name, one in LAYOUTS.items()],
)
def test_the_working_point_is_a_state_of_rest(layout: Layout) -> None:
    c, block, state = at_rest(column(P, layout), BLOCKS, layout)
    drift = change(c, state, block, jnp.zeros((3, 1)))
    assert max(float(jnp.max(jnp.abs(leaf))) for leaf in drift) < 1e-10
    point = working_point(column(P, layout), BLOCKS, layout)
    np.testing.assert_allclose(state.voltage, point.voltage, atol=1e-9)


@jax.jit
def linearised(c: Column, block: jax.Array, state: State) -> tuple[jax.Array, jax.Array]:
    """Jacobian of the equations as they are stepped, and gradient of the proxy, for one drug state."""
    flat, shaped = ravel_pytree(state)
    jacobian = jax.jacfwd(lambda y: ravel_pytree(change(c, shaped(y), block, jnp.zeros((3, 1))))[0])(flat)
    return jacobian, jax.grad(lambda y: proxy(c, shaped(y), block)[0])(flat)


ALL = pytest.param(LAYOUTS["all that feeds back"], marks=pytest.mark.slow, id="all that feeds back")


@pytest.mark.parametrize("layout", [pytest.param(DEFAULT, id="default"), ALL])
def test_its_jacobian_gives_the_linear_spectrum_from_far_below_the_slow_adaptation_on(layout: Layout) -> None:
    """No simulation: the linear answer of the equations as they are stepped, at every time scale they have."""
    frequencies = np.array([0.02, 0.1, 0.5, 3.0, 10.0, 40.0, 75.0])
    whole = column(P, layout)
    point = working_point(whole, BLOCKS, layout)
    slopes = membrane.slopes_at(whole, point.voltage, point.rates, BLOCKS, layout)
    found = jax.jit(jax.vmap(lambda f: spectrum.power_density(whole, slopes, f)))(jnp.asarray(frequencies))
    tau = float(whole.k["time.noise"])
    for k in range(BLOCKS.shape[1]):
        c, block, state = at_rest(whole, BLOCKS[:, k : k + 1], layout)
        jacobian, heard = (np.asarray(part) for part in linearised(c, block, state))
        size = np.asarray(c.noise / c.capacitance)[:, 0]
        for f, power in zip(frequencies, found[:, k], strict=True):
            omega = 2.0 * np.pi * f * 1e-3
            answer = np.linalg.solve((1j * omega * np.eye(heard.size) - jacobian).T, heard)[:3]
            expected = np.sum(np.abs(answer * size) ** 2) / (1.0 + (omega * tau) ** 2)
            assert float(power) == pytest.approx(expected, rel=1e-8)


@pytest.mark.slow
def test_without_noise_it_stays_there_and_returns_to_it() -> None:
    c = column(P)
    point = working_point(c, BLOCKS)
    still = in_time(c, BLOCKS, 2.0, 0.0)
    np.testing.assert_allclose(still.rates, 1e3 * point.rates, rtol=1e-6)
    assert float(np.ptp(still.signal, axis=0).max()) < 1e-6
    once = Stimulus(jnp.array([[2.0], [2.0], [0.0]]), 10**9)
    pushed = in_time(c, BLOCKS, 30.0, 0.0, stimulus=once)
    assert float(np.abs(pushed.signal - still.signal[0]).max(axis=0).min()) > 80.0
    np.testing.assert_allclose(pushed.signal[-1], still.signal[0], atol=1e-3)
    np.testing.assert_allclose(pushed.signal[-1], still.signal[0], rtol=1e-6)


@cache
def spectra(seconds: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frequencies, Welch density and linear density at WEAK noise, the latter two (frequencies, n)."""
    c = column(P)
    found = in_time(c, BLOCKS, seconds, WEAK, seed, settle=4.0)
    frequency, windows = window_spectra(found.signal, found.per_s, 2.0)
    point = working_point(c, BLOCKS)
    slopes = membrane.slopes_at(c, point.voltage, point.rates, BLOCKS)
    linear = jax.jit(jax.vmap(lambda f: spectrum.power_density(c, slopes, f)))(jnp.asarray(frequency))
    # white noise through the linear system has S; an OU current of variance s^2 has 4 s^2 tau S/(C^2 is in S)
    scale = 4.0 * WEAK**2 * float(c.k["time.noise"]) * 1e-3
    return frequency, windows.mean(axis=0), scale * np.asarray(linear)


def bands_off(seconds: float) -> np.ndarray:
    """Stepped over linear power of each band, dB, (bands, n)."""
    frequency, stepped, linear = spectra(seconds)
    return np.stack(
        [
            10.0 * np.log10(stepped[inside].mean(axis=0) / linear[inside].mean(axis=0))
            for inside in ((frequency >= low) & (frequency <= high) for low, high in EDGES)
        ]
    )


@pytest.mark.slow
def test_spectrum_under_weak_noise_is_the_linear_one() -> None:
    """Four standard errors of a band's mean: 4.34 dB / sqrt(independent estimates), 120 s times the band's width."""
    off = bands_off(120.0)
    for (low, high), row in zip(EDGES, off, strict=True):
        assert np.abs(row).max() < 4.0 * 4.34 / np.sqrt(120.0 * (high - low)) + 0.02
    change_off = off - off[:, :1]  # the traces share their noise, so that changes are known far better
    assert np.abs(change_off).max() < 0.35
    assert np.abs(change_off[2:, :3]).max() < 0.15
    assert np.abs(change_off[2:]).max() < 0.25  # anaesthesia: power is 12 dB lower, less of the noise is shared


@pytest.mark.slow
def test_spectrum_of_a_long_stretch_agrees_closely() -> None:
    off = bands_off(2000.0)
    assert np.abs(off).max() < 0.25
    assert np.abs(off - off[:, :1]).max() < 0.08


@pytest.mark.slow
def test_half_the_step_changes_little() -> None:
    """The answer to one strong click, which is far from linear: no noise, so that steps may be compared."""
    c = column(P)
    once = Stimulus(jnp.array([[5.0], [5.0], [0.0]]), 10**9)
    coarse, fine, finest = (in_time(c, BLOCKS, 1.0, 0.0, stimulus=once, step=STEP / k) for k in (1, 2, 4))
    assert coarse.per_s * 4 == finest.per_s == 4e3 / (STEP * EVERY)
    best = (4.0 * finest.signal[3::4] - fine.signal[1::2]) / 3.0  # Richardson's limit of a second-order method
    size = np.abs(best - best[-1]).max(axis=0)
    errors = [np.abs(x - best).max(axis=0) / size for x in (coarse.signal, fine.signal[1::2])]
    assert errors[0].max() < 0.02
    assert (errors[1] < 0.35 * errors[0]).all()


def test_draws_depend_on_seed_and_place_alone() -> None:
    c = column(P)
    short, long = (in_time(c, BLOCKS, seconds, WEAK) for seconds in (3.0, 5.0))
    assert np.array_equal(short.signal, long.signal[: len(short.signal)])
    turned = in_time(c, BLOCKS[:, ::-1], 3.0, WEAK)
    np.testing.assert_allclose(turned.signal[:, ::-1], short.signal, rtol=1e-9)
    other = in_time(c, BLOCKS, 3.0, WEAK, seed=2)
    assert abs(np.corrcoef(short.signal[:, 0], other.signal[:, 0])[0, 1]) < 0.3


def test_settling_shifts_the_kept_stretch_and_the_first_click() -> None:
    c = column(P)
    whole = in_time(c, BLOCKS, 4.0, WEAK)
    late = in_time(c, BLOCKS, 2.0, WEAK, settle=2.0)
    assert np.array_equal(late.signal, whole.signal[2000:])
    train = Stimulus(jnp.array([[0.5], [0.5], [0.0]]), 100)
    clicked = in_time(c, BLOCKS, 2.0, WEAK, settle=2.0, stimulus=train)
    first = clicked.signal - late.signal
    assert float(np.abs(first[:1]).max()) < 10.0  # of a train that had run since the start it would be ten times that
    assert float(np.abs(first[4:30]).max()) > 20.0
