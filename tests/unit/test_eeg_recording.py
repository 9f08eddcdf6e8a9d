"""A recording of a dose: what it holds, what its table says, its files, and what it refuses."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import ketworks as kw
from ketworks.eeg import BLOCKS, Measured, Recording, record
from ketworks.eeg.measures import CANNOT, checked
from ketworks.eeg.settings import Settings, settings
from ketworks.eeg.words import text
from ketworks.evidence.parameters import load

SENTENCE = "0.5 mg/kg iv over 40 min"
EEG = str(Path(__file__).parents[2] / "src" / "ketworks" / "eeg")


@cache
def simulated(sentence: str = SENTENCE, times: str = "0,20,40,100 min") -> kw.Simulation:
    return kw.simulate(sentence, outputs=BLOCKS, times=times, band=False)


@cache
def recorded() -> Recording:
    return record(simulated(), seconds=24.0)


def test_a_recording_holds_a_trace_a_time_beside_that_without_drug() -> None:
    found = recorded()
    assert found.signal.shape == (24_000, 5)
    assert (found.per_s, found.seconds, found.grade) == (1000.0, 24.0, "E")
    np.testing.assert_array_equal(found.signal[:, 1], found.signal[:, 0])  # no drug yet, and the same noise
    assert np.abs(found.signal[:, 3] - found.signal[:, 0]).max() > 1.0
    np.testing.assert_array_equal(found.blocks, [simulated().tables[name][0] for name in BLOCKS])


def test_directions_agree_with_the_linear_spectrum_of_the_chain() -> None:
    names = [f"circuit.{band}_power" for band in ("alpha", "beta", "gamma")]
    linear = kw.simulate(SENTENCE, outputs=names, times="0,20,40,100 min", band=False)
    rows = {row.name: row for row in recorded().measured(["bands"]).rows}
    for name in names:
        row = rows[name.removeprefix("circuit.")]
        np.testing.assert_allclose(row.change, linear.tables[name][0], atol=0.15)
        assert row.directions[0] == "flat"
        assert row.directions[2] == ("up" if linear.tables[name][0, 2] > 0.0 else "down")


def test_effects_follow_the_infusion_and_fade() -> None:
    [beta] = [row for row in recorded().measured(["bands"]).rows if row.name == "beta_power"]
    assert 0.0 > beta.change[1] > beta.change[2]
    assert abs(beta.change[3]) < 0.3 * abs(beta.change[2])


def test_a_change_must_be_clear_to_have_a_direction() -> None:
    values, error = np.array([1.0, 1.2, 0.8, 1.2, 1.009]), np.array([0.0, 0.05, 0.05, 0.15, 0.0001])
    assert Measured("x", "x", "1", values, error).directions == ["up", "down", "unclear", "flat"]
    assert Measured("x", "x", "1", 10.0 * values, error).directions == ["up", "down", "up", "flat"]
    assert Measured("x", "x", "dB", values - 9.0, error).directions == ["up", "down", "unclear", "flat"]
    unknown = np.full(5, np.nan)
    assert Measured("x", "x", "1", values, unknown).directions == ["unclear"] * 3 + ["flat"]


def test_table_prints_directions_and_flags_sizes() -> None:
    found = recorded().measured(["bands", "slope", "lz"])
    plain = text(found)
    assert "alpha (8-13 Hz)" in plain
    assert "dB" not in plain
    assert "not these numbers" in text(found, sizes=True)
    told = found.as_dict()
    assert told["measures"]["gamma_power"]["kind"] == "sign"
    assert told["measures"]["gamma_power"]["size_supported"] is False
    assert len(told["background"]) == 5
    assert told["background"][0]["peaks"]
    assert 0.3 < told["measures"]["lempel_ziv"]["no_drug"] < 1.0


def test_many_times_are_rows() -> None:
    many = record(simulated(times="0 to 90 min by 10 min"), seconds=4.0).measured(["bands"])
    plain = text(many)
    lines = plain.splitlines()
    assert lines[4].split("  ")[0] == "against no drug"
    assert lines[5].startswith("0 min ")
    assert lines[5].split()[2:] == ["flat"] * 5
    assert "people at about 0.5 mg/kg" in plain


def test_steady_state_response_locks_without_saturating() -> None:
    rows = {row.name: row for row in recorded().measured(["assr"]).rows}
    assert 0.4 < rows["steady_state_locking"].values[0] < 0.9  # what the size of a click was set by
    assert rows["steady_state_locking"].values[0] > 2.0 / np.sqrt(23)  # chance: about 1/sqrt(trials)
    assert np.isfinite(rows["steady_state_power"].change).all()


def test_the_shipped_column_rests_at_anaesthetic_dose() -> None:
    found = record(simulated("2 mg/kg iv bolus", "1,5 min"), seconds=24.0).measured(["bands", "alternation"])
    assert not any(one.occurs for one in found.alternations)
    assert "rests at these levels" in text(found)
    rows = {row.name: row.directions for row in found.rows}
    assert rows["alpha_power"] == rows["beta_power"] == ["down", "down"]


@pytest.mark.parametrize("name", CANNOT)
def test_what_the_column_cannot_show_is_said(name: str) -> None:
    with pytest.raises(kw.CannotSay, match=name):
        checked([name])


def test_wrong_use_is_answered_with_the_remedy() -> None:
    with pytest.raises(kw.WrongUse, match="nearest: bands"):
        checked(["band"])
    with pytest.raises(kw.WrongUse, match="nearest: 20 min"):
        record(simulated(), at="21 min")
    with pytest.raises(kw.WrongUse, match="4 to 600 s"):
        record(simulated(), seconds=1.0)
    with pytest.raises(kw.WrongUse, match="one Person"):
        record(kw.simulate(SENTENCE, kw.Cohort(2), outputs=BLOCKS, times="20 min"))
    with pytest.raises(kw.WrongUse, match=r"outputs=eeg\.BLOCKS"):
        record(kw.simulate(SENTENCE, outputs=["plasma.ketamine.venous"], times="20 min", band=False))
    with pytest.raises(kw.WrongUse, match="nearest: spectrum"):
        recorded().plot("spectra")
    other = kw.simulate(
        SENTENCE, chain=kw.Chain(plasma="herd2007"), outputs=["plasma.ketamine.venous"], times="20 min", band=False
    )
    with pytest.raises(kw.CannotSay, match="herd2007"):
        record(other)


@pytest.mark.parametrize("kind", ["spectrum", "spectrogram", "bands", "trace", "tones", "rhythm"])
def test_pictures_have_axes_with_units(kind: str) -> None:
    axes = recorded().plot(kind).axes
    labels = [label for axis in axes for label in (axis.get_xlabel(), axis.get_ylabel()) if label]
    assert len(labels) >= 2
    assert all("(" in label for label in labels)


def test_csv_and_npz_hold_the_same_numbers(tmp_path: Path) -> None:
    found = record(simulated(), at="40 min", seconds=4.0)
    found.save(str(tmp_path / "e.csv"))
    found.save(str(tmp_path / "e.npz"))
    rows = list(csv.DictReader((tmp_path / "e.csv").read_text().splitlines()))
    assert list(rows[0]) == ["time_s", "no_drug", "40_min"]
    with np.load(tmp_path / "e.npz", allow_pickle=False) as held:
        np.testing.assert_array_equal(held["signal"], found.signal)
        assert str(held["unit"]) == "arbitrary unit"
    np.testing.assert_allclose([float(row["40_min"]) for row in rows], found.signal[:, 1], rtol=1e-5)


def test_mne_reads_its_file_with_time_and_dose(tmp_path: Path) -> None:
    mne = pytest.importorskip("mne", reason="the extra ketworks[eeg] is not installed")
    found = record(simulated(), at="20,100 min", seconds=4.0)
    found.save(str(tmp_path / "eeg.fif"))
    raw = mne.io.read_raw_fif(tmp_path / "eeg.fif", verbose="ERROR")
    assert raw.get_channel_types() == ["misc"]  # no voltage
    assert raw.info["sfreq"] == 1000.0
    np.testing.assert_allclose(raw.get_data()[0], found.signal.T.ravel(), rtol=1e-6)
    words = [words for words in raw.annotations.description if "boundary" not in words]
    assert words == [
        "no drug",
        "20 min after the first dose begins; given so far: 0.25 mg/kg ketamine",
        "100 min after the first dose begins; given so far: 0.5 mg/kg ketamine",
    ]
    assert list(raw.annotations.onset) == [0.0, 4.0, 4.0, 8.0, 8.0]


def test_every_row_is_read_and_every_setting_has_a_row() -> None:
    assert {f"eeg.{name}" for name in Settings._fields} == set(load(EEG))
    assert settings().slow_high == 4.0
