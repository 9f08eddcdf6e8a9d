"""``ketworks trial --resume``: what is done is kept and checked; the trial is the same, or the error is clear."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Ketworks
from test_trial_plan import PLAN

from ketworks.errors import WrongUse
from ketworks.people.cohort import Cohort
from ketworks.registry import Chain
from ketworks.scale.parts import Parts
from ketworks.simulation import simulate
from ketworks.trial import simulated as simulated_module
from ketworks.trial.simulated import simulated

WORDS = ("trial", "plan.toml", "--replicates", "70", "--pool", "200", "--json", "--quiet")
JOURNAL = Path("plan.journal")
PARTS = 3  # one piece of the pool, trials 1 to 50, trials 51 to 70


@pytest.fixture
def say(ketworks: Ketworks, tmp_path: Path) -> Ketworks:
    (tmp_path / "plan.toml").write_text(PLAN)
    return ketworks


def stopped(monkeypatch: pytest.MonkeyPatch, say: Ketworks, after: int) -> list[str]:
    """Stops the trial when so many parts are done; the list grows by each part that is made from then on."""
    made: list[str] = []
    call = Parts.__call__

    def counting(self: Parts, name: str, make: Callable[[], Any]) -> Any:
        def counted() -> Any:
            if len(made) == after and not again:
                raise KeyboardInterrupt
            made.append(name)
            return make()

        return call(self, name, counted)

    again: list[bool] = []
    monkeypatch.setattr(Parts, "__call__", counting)
    assert say(*WORDS, "--resume").code == 130
    again.append(True)
    made.clear()
    return made


def test_it_changes_nothing_and_leaves_nothing(say: Ketworks) -> None:
    plain, kept = say(*WORDS), say(*WORDS, "--resume")
    assert (kept.code, kept.out) == (0, plain.out)
    assert not JOURNAL.exists()


def test_a_stopped_trial_goes_on_with_what_is_done(say: Ketworks, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = say(*WORDS)
    made = stopped(monkeypatch, say, 2)
    assert len(list(JOURNAL.glob("*.npz"))) == 2
    again = say(*WORDS[:-1], "--resume")
    assert again.out == plain.out
    assert "going on with 2 parts" in again.err
    assert made == ["trials 51 to 70"]


@pytest.mark.parametrize("damage", ["bit", "gone", "line"])
def test_a_damaged_part_is_made_again(say: Ketworks, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    plain = say(*WORDS)
    made = stopped(monkeypatch, say, 2)
    for path in JOURNAL.glob("*.npz"):
        if damage == "bit":
            path.write_bytes(path.read_bytes()[:-1] + b"x")
        elif damage == "gone":
            path.unlink()
    lines = JOURNAL / "parts.jsonl"
    if damage == "line":
        lines.write_bytes(lines.read_bytes().replace(b"trials 1", b"trials 2"))
    assert say(*WORDS, "--resume").out == plain.out
    assert len(made) == (2 if damage == "line" else PARTS)


def test_the_parts_of_another_trial_are_refused(say: Ketworks, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stopped(monkeypatch, say, 1)
    for other in (("--null",), ("--seed", "3"), ("--replicates", "80"), ("--pool", "201")):
        refused = say(*WORDS, "--resume", *other)
        assert (refused.code, refused.out) == (2, "")
        assert "is of another run or version" in refused.err
        assert "rm -r plan.journal" in refused.err
    (tmp_path / "plan.toml").write_text(PLAN.replace("n = 40", "n = 44"))
    assert say(*WORDS, "--resume").code == 2


def test_a_full_disk_is_told_and_the_trial_goes_on_afterwards(say: Ketworks, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, write = say(*WORDS), Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.suffix == ".writing" and len(list(JOURNAL.glob("*.npz"))) == 1:
            write(self, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    said = say(*WORDS, "--resume")
    assert (said.code, said.out) == (2, "")
    assert "No space left on device" in said.err
    assert "what is done is kept" in said.err
    monkeypatch.setattr(Path, "write_bytes", write)
    assert say(*WORDS, "--resume").out == plain.out


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="cannot write"):
        Parts(tmp_path / "no" / "x.journal", "abc")


def test_pieces_come_to_the_numbers_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, names, times = Cohort(300, 3, population="trial-adults"), ["outcome.drug_effect"], [1440.0, 10080.0]
    whole = simulate("0.5 mg/kg iv over 40 min", cohort, Chain(), names, ["1440 min", "10080 min"]).tables[names[0]]
    monkeypatch.setattr(simulated_module, "PIECE", 128)
    words: list[str] = []
    found = simulated("0.5 mg/kg iv over 40 min", cohort, Chain(), names, times, say=words.append)
    assert found[names[0]].tobytes() == np.ascontiguousarray(whole).tobytes()
    assert words == [f"{done} of 300 people done" for done in (0, 128, 256)]


def test_a_stop_while_the_journal_goes_leaves_no_half_of_it(tmp_path: Path) -> None:
    leaving = tmp_path / "x.journal.done"
    leaving.mkdir()
    parts = Parts(tmp_path / "x.journal", "abc")
    assert not leaving.exists()
    assert parts("one", lambda: {"a": np.arange(3)})["a"].tolist() == [0, 1, 2]
    again = Parts(tmp_path / "x.journal", "abc")
    assert again("one", lambda: {"a": np.zeros(3)})["a"].tolist() == [0, 1, 2]
    again.remove()
    assert not list(tmp_path.iterdir())
