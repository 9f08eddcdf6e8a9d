"""Spectra, 1/f fits, complexity, steady-state responses and bursts on signals whose answer is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy import signal as scipy_signal

from ketworks.eeg.alternation import Alternation, alternation
from ketworks.eeg.background import background
from ketworks.eeg.complexity import beyond_spectrum, complexity, words
from ketworks.eeg.settings import settings
from ketworks.eeg.spectra import band_db, jackknife, spectral_slope, window_spectra
from ketworks.eeg.steady_state import at_rate, evoked_db, locking

PER_S = 1000.0
FOOOF_USUAL = settings()._replace(fit_low=1.0, fit_high=45.0, peak_width_high=12.0)


def noise(seconds: float, columns: int = 1, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(round(seconds * PER_S), columns))


def test_windows_average_to_welchs_spectrum() -> None:
    trace = noise(30.0, 2) + 3.0
    frequency, windows = window_spectra(trace, PER_S, 2.0)
    expected_f, expected = scipy_signal.welch(trace, fs=PER_S, window="hann", nperseg=2000, axis=0)
    np.testing.assert_allclose(frequency, expected_f)
    np.testing.assert_allclose(windows.mean(axis=0), expected, rtol=1e-10)


def test_a_trace_shorter_than_a_window_is_one_window() -> None:
    _, windows = window_spectra(noise(1.0), PER_S, 2.0)
    assert windows.shape == (1, 501, 1)


def test_band_power_of_white_noise_and_of_a_sine() -> None:
    trace = np.concatenate([noise(60.0), 0.02 * noise(60.0)], axis=1)
    trace[:, 1] += np.sqrt(2.0) * np.sin(2.0 * np.pi * 10.0 * np.arange(len(trace)) / PER_S)
    frequency, windows = window_spectra(trace, PER_S, 2.0)
    db = band_db(frequency, windows.mean(axis=0), 8.0, 13.0)
    assert db[0] == pytest.approx(10.0 * np.log10(2.0 / PER_S), abs=0.5)
    assert db[1] == pytest.approx(10.0 * np.log10(1.0 / 5.5), abs=0.05)  # power 1 over 11 bins of 0.5 Hz


def test_jackknife_error_is_that_of_repeated_noise() -> None:
    def difference(seed: int) -> tuple[float, float]:
        parts = np.random.default_rng(seed).normal(size=(64, 2)) + 5.0
        value, error = jackknife(parts, lambda mean: mean)
        return float(value[1] - value[0]), float(error[1])

    found = np.array([difference(seed) for seed in range(200)])
    assert np.mean(found[:, 1]) == pytest.approx(found[:, 0].std(), rel=0.15)
    same = np.repeat(np.random.default_rng(1).normal(size=(64, 1)), 2, axis=1)
    assert jackknife(same, lambda mean: mean)[1][1] == 0.0  # shared noise cancels
    assert np.isnan(jackknife(same[:1], lambda mean: mean)[1]).all()


class Fit(NamedTuple):
    exponent: float
    rhythms: tuple[tuple[float, float, float], ...]
    fooof: tuple[float, float]  # offset and exponent
    peaks: tuple[tuple[float, float], ...]  # centre and width


FITS = (
    Fit(1.0, (), (2.00463756, 1.00534672), ()),
    Fit(1.5, ((10, 1.0, 1.0),), (2.0120808, 1.51528484), ((10.022, 1.982), (37.625, 1.0))),
    Fit(
        0.7,
        ((10, 0.8, 1.5), (22, 0.5, 2.0)),
        (2.00482733, 0.69337217),
        ((10.021, 2.836), (19.471, 2.521), (22.3, 3.619)),
    ),
    Fit(
        2.0,
        ((5, 0.4, 1.0), (10, 1.0, 1.0), (30, 0.4, 3.0)),
        (2.02880854, 2.00997),
        ((4.903, 1.793), (10.03, 1.932), (26.704, 1.0), (30.158, 5.223)),
    ),
)


def test_the_fit_is_that_of_fooof() -> None:
    """Numbers of FOOOF 1.1.1 for the same four spectra, with the same settings."""
    draw = np.random.default_rng(1)
    f = np.arange(0.5, 100, 0.5)
    for fit in FITS:
        rhythms = sum((h * np.exp(-0.5 * ((f - c) / w) ** 2) for c, h, w in fit.rhythms), np.zeros_like(f))
        spectrum = 2.0 - fit.exponent * np.log10(f) + rhythms + draw.normal(0, 0.03, f.size)
        found = background(f, 10**spectrum, FOOOF_USUAL)
        assert (found.offset, found.exponent) == pytest.approx(fit.fooof, abs=5e-4)
        assert [(peak.centre, peak.width) for peak in found.peaks] == [
            pytest.approx(peak, abs=0.02) for peak in fit.peaks
        ]
        assert found.explained > 0.99


@pytest.mark.slow
def test_a_fit_that_begins_with_another_ones_peaks_tells_small_differences() -> None:
    """Two noisy spectra that differ by the exponent alone: the difference is found better than by fits apart."""
    f = np.arange(0.5, 100, 0.5)
    rhythms = sum(h * np.exp(-0.5 * ((f - c) / w) ** 2) for c, h, w in ((10.0, 0.5, 1.5), (45.0, 0.4, 8.0)))
    apart, alike = [], []
    for seed in range(30):
        draw = np.random.default_rng(seed)
        shared = rhythms + draw.normal(0, 0.05, f.size)
        one, other = (10 ** (2.0 - x * np.log10(f) + shared + draw.normal(0, 0.01, f.size)) for x in (1.0, 0.98))
        first = background(f, one, settings())
        apart.append(background(f, other, settings()).exponent - first.exponent)
        alike.append(background(f, other, settings(), first).exponent - first.exponent)
    assert np.mean(alike) == pytest.approx(-0.02, abs=4e-3)
    assert np.std(alike) < np.std(apart)
    again = background(f, one, settings(), first)
    assert again.exponent == pytest.approx(first.exponent, abs=2e-3)


def test_slope_of_a_power_law_and_that_more_high_power_raises_it() -> None:
    f = np.arange(0.5, 100, 0.5)
    power = np.stack([f**-1.5, f**-1.5 * (1.0 + (f > 30.0))], axis=1)
    slopes = spectral_slope(f, power, 1.0, 80.0)
    assert slopes[0] == pytest.approx(-1.5)
    assert slopes[1] > slopes[0]


def test_no_more_peaks_than_allowed_and_none_at_the_edge() -> None:
    f = np.arange(0.5, 100, 0.5)
    comb = sum(np.exp(-0.5 * ((f - c) / 1.0) ** 2) for c in range(8, 45, 6))
    line = 2.0 - np.log10(f)
    assert len(background(f, 10 ** (line + comb), FOOOF_USUAL._replace(peaks=3)).peaks) == 3
    edge = np.exp(-0.5 * ((f - 45.0) / 2.0) ** 2)
    assert all(peak.centre < 44.0 for peak in background(f, 10 ** (line + edge), FOOOF_USUAL).peaks)


def test_words_of_the_published_example_and_of_plain_sequences() -> None:
    assert words("0001101001000101") == 6  # 0.001.10.100.1000.101
    assert words("") == 0
    assert words("0") == 1
    assert words("0" * 50) == 2
    assert words("01" * 50) == 3


def test_complexity_of_coin_tosses_is_near_one_and_of_a_rhythm_near_nothing() -> None:
    tosses = noise(4.0)[:, 0]
    rhythm = np.sin(2.0 * np.pi * 10.0 * np.arange(4000) / PER_S)
    slow = scipy_signal.lfilter([1.0], [1.0, -0.95], tosses)
    assert 0.95 < complexity(tosses) < 1.15
    assert complexity(rhythm) < 0.05
    assert complexity(rhythm) < complexity(slow) < complexity(tosses)


def test_complexity_over_that_of_the_spectrum_is_one_for_noise_of_any_colour_and_less_for_order() -> None:
    tosses = noise(10.0)[::4, 0]
    slow = scipy_signal.lfilter([1.0], [1.0, -0.95], tosses)
    time = np.arange(tosses.size) / 250.0
    order = np.sin(2.0 * np.pi * (3.0 * time + 0.9 * time**2))  # a chirp: broad spectrum, no randomness
    phases = 2.0 * np.pi * np.random.default_rng(2).random((19, tosses.size // 2 + 1))
    assert beyond_spectrum(tosses, phases) == pytest.approx(1.0, abs=0.03)
    assert beyond_spectrum(slow, phases) == pytest.approx(1.0, abs=0.08)
    assert beyond_spectrum(order, phases) < 0.7


def test_steady_state_response_of_a_known_mixture() -> None:
    time = np.arange(60_000) / PER_S
    locked = 0.3 * np.cos(2.0 * np.pi * 40.0 * time + 0.7)
    trace = np.stack([locked, locked + 0.0 * time, 0.0 * time], axis=1) + noise(60.0) * [0.0, 1.0, 1.0]
    trials = at_rate(trace, PER_S, 40.0, 1.0)
    assert trials.shape == (60, 3)
    np.testing.assert_allclose(trials[:, 0], 0.3 * np.exp(0.7j), rtol=1e-9)
    assert evoked_db(trials.mean(axis=0))[0] == pytest.approx(20.0 * np.log10(0.3), abs=1e-9)
    locked_share = locking((trials / np.abs(trials)).mean(axis=0))
    assert locked_share[0] == pytest.approx(1.0)
    assert 0.95 < locked_share[1] < 1.0
    assert locked_share[2] < 0.4


def test_bursts_between_slow_waves_are_seen_and_noise_is_not() -> None:
    seconds = 60.0
    time = np.arange(round(seconds * PER_S)) / PER_S
    white = noise(seconds)[:, 0]
    gamma = np.sin(2.0 * np.pi * 40.0 * time) * (np.sin(2.0 * np.pi * time / 4.3) > 0.0)
    waves = 2.0 * np.sin(2.0 * np.pi * 1.0 * time) * (np.sin(2.0 * np.pi * time / 4.3) <= 0.0)

    def of(trace: np.ndarray) -> Alternation:
        return alternation(trace, PER_S, (30.0, 80.0), (0.1, 4.0), -0.3)

    seen = of(0.2 * white + gamma + waves)
    assert seen.occurs
    assert seen.correlation < -0.5
    coloured = scipy_signal.lfilter([1.0], [1.0, -0.97], white)
    assert not of(coloured).occurs
    together = (gamma + 2.0 * np.sin(2.0 * np.pi * time)) * (np.sin(2.0 * np.pi * time / 4.3) > 0.0)
    assert not of(0.2 * white + together).occurs  # bursts on the waves, not between them


@pytest.mark.parametrize(("period", "seed"), [(3.0, 0), (4.3, 1), (4.3, 2), (8.0, 3)])
def test_the_period_of_a_jittered_cycle_lies_in_its_interval(period: float, seed: int) -> None:
    seconds = 120
    draw = np.random.default_rng(seed)
    time = np.arange(round(seconds * PER_S)) / PER_S
    speed = (1.0 + 0.3 * np.repeat(draw.normal(size=seconds), round(PER_S))) / period
    on = np.cumsum(speed / PER_S) % 1.0 < 0.5
    trace = 0.2 * draw.normal(size=time.size) + np.where(
        on, np.sin(2.0 * np.pi * 40.0 * time), 2.0 * np.sin(2.0 * np.pi * time)
    )
    found = alternation(trace, PER_S, (30.0, 80.0), (0.1, 4.0), -0.3)
    assert found.occurs
    assert found.period is not None
    assert found.period_low is not None
    assert found.period_high is not None
    assert found.period_low < 1.0 / speed.mean() < found.period_high
    assert found.period == pytest.approx(1.0 / speed.mean(), rel=0.04)
    assert found.period_high - found.period_low < 0.15 * period


@pytest.mark.parametrize("seed", range(6))
def test_noise_has_no_period(seed: int) -> None:
    coloured = scipy_signal.lfilter([1.0], [1.0, -0.97], noise(60.0, seed=seed)[:, 0])
    found = alternation(coloured, PER_S, (30.0, 80.0), (0.1, 4.0), -0.3)
    assert (found.occurs, found.period) == (False, None)
