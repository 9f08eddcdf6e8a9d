"""Kept programs: reused by the next process, never trusted when spoilt, foreign or stale, and few of them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks import Person, simulate
from ketworks.dose.stage import DoseStage
from ketworks.engine import compiled
from ketworks.engine.cache import folder, prepare
from ketworks.plasma.combined.model import Combined

SENTENCE = "0.5 mg/kg iv over 40 min"
Run = Callable[[], np.ndarray]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("KETWORKS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one for each stage that is traced anew."""
    count: list[int] = []
    export = jax.export.export

    def counted(*arguments: Any, **named: Any) -> Any:
        count.append(1)
        return export(*arguments, **named)

    monkeypatch.setattr(jax.export, "export", counted)
    return count


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A cheap run that, like a new process, holds no program yet."""

    def once() -> np.ndarray:
        monkeypatch.setattr(compiled, "_READY", {})
        return np.asarray(simulate(SENTENCE, outputs=["dose.given"], times="0,10,40 min", band=False)["dose.given"])

    return once


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())} if place.is_dir() else {}


def only_program(place: Path) -> Path:
    (path,) = place.glob("*.program")
    return path


def test_a_kept_program_is_used_again(place: Path, run: Run, traced: list[int]) -> None:
    first = run()
    before = contents(place)
    assert len(before) == len(traced) == 1
    np.testing.assert_array_equal(run(), first)
    assert len(traced) == 1
    assert contents(place) == before


def flipped(place: int) -> Callable[[bytes], bytes]:
    def spoil(content: bytes) -> bytes:
        where = place % len(content)
        return content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :]

    return spoil


@pytest.mark.parametrize("spoil", [flipped(0), flipped(31), flipped(32), flipped(1500), flipped(-1)])
def test_a_flipped_bit_is_found_and_the_program_made_again(
    place: Path, run: Run, spoil: Any, traced: list[int]
) -> None:
    spoilt_and_made_again(place, run, spoil, traced)


@pytest.mark.parametrize("keep", [0, 1, 31, 32, 33, 1500, -1])
def test_a_truncated_program_is_found_and_made_again(place: Path, run: Run, keep: int, traced: list[int]) -> None:
    spoilt_and_made_again(place, run, lambda content: content[:keep], traced)


def spoilt_and_made_again(place: Path, run: Run, spoil: Callable[[bytes], bytes], traced: list[int]) -> None:
    first = run()
    path = only_program(place)
    path.write_bytes(spoil(path.read_bytes()))
    np.testing.assert_array_equal(run(), first)
    assert len(traced) == 2
    np.testing.assert_array_equal(run(), first)  # from the program made again
    assert len(traced) == 2
    assert len(contents(place)) == 1


def test_the_cache_can_be_switched_off(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    before = contents(place)
    for word in ("off", "OFF"):
        monkeypatch.setenv("KETWORKS_CACHE", word)
        assert folder() is None
        assert prepare() is None
        np.testing.assert_array_equal(run(), first)
    assert contents(place) == before
    assert not Path("off").exists()


def test_the_folder_is_that_of_the_environment_or_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KETWORKS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert folder() == Path("/x/ketworks")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/h")
    assert folder() == Path("/h/.cache/ketworks")
    monkeypatch.setenv("KETWORKS_CACHE", "/k")
    assert folder() == Path("/k")


@pytest.mark.parametrize("mode", [None, 0o777, 0o755])
def test_the_folder_and_what_lies_in_it_are_private(place: Path, run: Run, mode: int | None) -> None:
    if mode is not None:
        place.mkdir()
        place.chmod(mode)
    run()
    assert place.stat().st_mode & 0o777 == 0o700
    assert only_program(place).stat().st_mode & 0o077 == 0


def test_a_folder_that_belongs_to_somebody_else_is_left_alone(
    place: Path, run: Run, monkeypatch: pytest.MonkeyPatch, traced: list[int]
) -> None:
    first = run()
    before, owner = contents(place), os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    assert prepare() is None
    np.testing.assert_array_equal(run(), first)
    assert len(traced) == 2  # its program was not used
    assert contents(place) == before


def test_a_folder_that_cannot_be_made_or_written_costs_only_time(
    place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    before = contents(place)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda path, mode: False)
        assert prepare() is None
        np.testing.assert_array_equal(run(), first)
    monkeypatch.setenv("KETWORKS_CACHE", str(only_program(place) / "below-a-file"))
    assert prepare() is None
    np.testing.assert_array_equal(run(), first)
    assert contents(place) == before


def test_a_full_disk_costs_only_time(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    only_program(place).unlink()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "replace", full)
    np.testing.assert_array_equal(run(), first)
    assert contents(place) == {}  # and nothing half-written stays behind


def test_the_name_follows_the_source_the_stage_the_shapes_and_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = [jax.ShapeDtypeStruct((2, 3), jnp.float64)]

    def name(stage: Any = None, sizes: Any = None, tree: Any = "tree") -> str:
        return compiled._digest(stage or DoseStage(), sizes or shapes, tree)

    plain = name()
    assert plain == name()
    found = {plain, name(Combined()), name(sizes=[jax.ShapeDtypeStruct((2, 4), jnp.float64)])}
    found |= {name(sizes=[jax.ShapeDtypeStruct((2, 3), jnp.float32)]), name(tree="other")}
    source = compiled.source_digest
    for changed in ("dose", "engine"):
        with monkeypatch.context() as patch:
            patch.setattr(
                compiled, "source_digest", lambda path, which=changed: source(path) + "!" * (path.name == which)
            )
            found.add(name())
    with monkeypatch.context() as patch:
        patch.setattr(jax, "__version__", "0.0")
        found.add(name())
    assert len(found) == 8


def test_the_digest_of_a_folder_sees_code_and_values_only(tmp_path: Path) -> None:
    digest = compiled.source_digest.__wrapped__
    (tmp_path / "stage.py").write_text("x = 1\n")
    (tmp_path / "parameters.tsv").write_text("id\n")
    seen = [digest(tmp_path)]
    (tmp_path / "README.md").write_text("words\n")
    assert digest(tmp_path) == seen[0]
    for name, text in (("stage.py", "x = 2\n"), ("parameters.tsv", "id value\n"), ("more.py", "")):
        (tmp_path / name).write_text(text)
        seen.append(digest(tmp_path))
    (tmp_path / "more.py").rename(tmp_path / "less.py")
    seen.append(digest(tmp_path))
    assert len(set(seen)) == 5


def test_another_dose_time_or_person_of_the_same_size_needs_no_other_program(
    place: Path, monkeypatch: pytest.MonkeyPatch, traced: list[int]
) -> None:
    monkeypatch.setattr(compiled, "_READY", {})
    asked = ["dose.given", "plasma.s_ketamine.arterial"]
    levels = set()
    for sentence, person, times in (
        (SENTENCE, Person(), "0,20,40,80 min"),
        ("1 mg/kg iv over 2 min", Person(weight="93 kg", age=71, sex="male"), "0 to 2 h by 5 min"),
        ("esketamine 20 mg iv bolus", Person(height="150 cm"), None),
        ("0.3 mg/kg iv over 100 min", None, "1 d"),
    ):
        run = simulate(sentence, person, outputs=asked, times=times, band=False)
        levels.add(float(np.asarray(run[asked[1]]).max()))
        assert len(contents(place)) == len(traced) == len(compiled._READY) == 2, sentence
    assert len(levels) == 4
    simulate(SENTENCE + ", daily for 10 days", outputs=asked, times="0 to 12 d by 1 d", band=False)
    assert len(contents(place)) == len(traced) == 4  # more doses and times than fit: one more program for each stage


SCRIPT = f"""
import warnings
warnings.simplefilter("ignore")  # JAX warns of the entries of its own cache that it cannot read
from ketworks import simulate
run = simulate({SENTENCE!r}, outputs=["dose.given"], times="0,10,40 min", band=False)
print([float(x).hex() for x in run["dose.given"].values.ravel()])
"""


def test_another_process_reads_what_the_first_one_kept_and_survives_its_corruption(place: Path) -> None:
    def process() -> str:
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120)
        return done.stdout

    first = process()
    before = contents(place)
    assert any(name.endswith(".program") for name in before)
    assert any(name.endswith("-cache") for name in before)  # the machine code that JAX keeps
    assert process() == first
    assert contents(place) == before
    for name, content in before.items():
        (place / name).write_bytes(flipped(len(content) // 2)(content))
    assert process() == first
