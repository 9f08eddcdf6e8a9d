"""``ketworks eeg`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Ketworks

SENTENCE = "0.5 mg/kg iv over 40 min"
SHORT = ("eeg", SENTENCE, "--at", "0,40 min", "--seconds", "8")


def test_a_sentence_gives_directions_a_picture_and_a_file(ketworks: Ketworks, tmp_path: Path) -> None:
    said = ketworks(*SHORT, "--measures", "bands,slope", "--plot", "spectrum.png", "--out", "e.csv")
    assert said.code == 0
    assert said.out.startswith(SENTENCE)
    assert "beta (13-30 Hz)" in said.out
    assert "ketworks: wrote spectrum.png" in said.err
    assert (tmp_path / "spectrum.png").read_bytes().startswith(b"\x89PNG")
    assert len((tmp_path / "e.csv").read_text().splitlines()) == 8001


def test_json_is_the_same_again_and_another_seed_is_not(ketworks: Ketworks) -> None:
    first, again, other = (
        ketworks(*SHORT, "--measures", "bands", "--json", "--quiet", "--seed", seed) for seed in ("1", "1", "2")
    )
    assert first.err == ""
    assert first.out == again.out != other.out
    found = json.loads(first.out)
    assert found["times_min"] == [0.0, 40.0]
    assert found["measures"]["beta_power"]["direction"] == ["flat", "down"]


def test_a_rival_circuit_is_stepped_as_it_is_laid_out(ketworks: Ketworks) -> None:
    quiet = (*SHORT, "--measures", "bands", "--json", "--quiet", "--chain")
    usual, rival = (
        json.loads(ketworks(*quiet, f"circuit={name}").out)["measures"]["beta_power"]
        for name in ("disinhibition-sst", "hcn1")
    )
    assert usual["no_drug"] == pytest.approx(rival["no_drug"], abs=3.0)
    assert usual["values"][1] != pytest.approx(rival["values"][1], abs=0.05)


WRONG = [
    ((*SHORT, "--measures", "dissociation"), 3, "mind.cadss"),
    ((*SHORT, "--measures", "rhythm3"), 2, "nearest: rhythm3hz"),
    ((*SHORT, "--measures", "band"), 2, "nearest: bands"),
    ((*SHORT, "--plot", "x.pdf"), 2, "ends in .png"),
    ((*SHORT, "--out", "x.txt"), 2, "ends in .fif or .csv or .npz"),
    (("eeg", SENTENCE, "--at", "40"), 2, "'40 min'"),
    (("eeg", SENTENCE, "--at", " "), 2, '--at "0,20,40,80 min"'),
    (("eeg", SENTENCE, "--at", "40 min", "--seconds", "2"), 2, "try: --seconds 60"),
    (("eeg", SENTENCE, "--at", "0 to 300 min by 1 min", "--seconds", "600"), 2, "try: --seconds 66"),
    (("eeg", SENTENCE, "--at", "40 min", "--plasma", "herd2007"), 3, "--chain plasma=combined"),
    (("eeg", SENTENCE, "--at", "40 min", "--age", "8", "--weight", "25 kg"), 3, "an EEG"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG)
def test_wrong_use_shows_the_fix(ketworks: Ketworks, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = ketworks(*arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_without_mne_the_line_that_installs_it_is_shown(ketworks: Ketworks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mne", None)
    said = ketworks(*SHORT, "--out", "e.fif")
    assert said.code == 2
    assert "pip install 'ketworks[eeg]'" in said.err
