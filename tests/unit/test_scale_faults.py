"""Real faults, from outside: kill -9 at random moments, a full disk, a damaged cache. Same bytes or a clear error."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from test_trial_plan import PLAN

pytestmark = pytest.mark.slow

WORDS = ["0.5 mg/kg iv over 40 min", "--people", "600", "--population", "general-adults", "--times", "40,80 min"]
WORDS += ["--signals", "plasma.ketamine.venous", "--chunk", "128", "--quiet"]
COHORT = ["cohort", *WORDS, "--out"]
TRIAL = ["trial", "plan.toml", "--replicates", "100", "--pool", "1200", "--json", "--quiet", "--out", "people.csv"]
KILLS = 10  # for each of two commands


def ketworks(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "ketworks", *words]


def run(words: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ketworks(words), cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def content(folder: Path, names: tuple[str, ...] = ()) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {name: found[name] for name in names} if names else found


def killed(words: list[str], folder: Path, most: float, random: np.random.Generator) -> tuple[bool, str]:
    """Starts a command and kills it at a random moment; whether it was killed, and its output if it was not."""
    process = subprocess.Popen(ketworks(words), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=float(random.uniform(0.5, most)))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        return True, ""
    assert process.returncode == 0, err
    return False, out


@pytest.mark.parametrize("name", ["c.zarr", "c.parquet"])
def test_ten_kills_of_a_cohort_leave_the_same_bytes(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    random, kills = np.random.default_rng(7), 0
    usual, path = tmp_path / f"usual-{name}", tmp_path / name
    start = time.monotonic()
    assert run([*COHORT, usual.name], tmp_path).returncode == 0
    longest = time.monotonic() - start
    while kills < KILLS or not path.exists():
        resume = ["--resume"] if path.with_name(f"{name}.journal").exists() else []
        kills += killed([*COHORT, name, *resume], tmp_path, longest if kills < KILLS else 600.0, random)[0]
        if path.exists():
            assert content(path) == content(usual)
            if kills < KILLS:  # done too soon: once more from the start
                shutil.rmtree(path)
    assert content(path) == content(usual)


def test_ten_kills_of_a_trial_leave_the_same_words_and_table(tmp_path: Path) -> None:
    random, kills, done = np.random.default_rng(8), 0, False
    (tmp_path / "plan.toml").write_text(PLAN)
    start = time.monotonic()
    usual = run(TRIAL, tmp_path)
    longest = time.monotonic() - start
    rows = (tmp_path / "people.csv").read_bytes()
    while kills < KILLS or not done:
        was_killed, out = killed([*TRIAL, "--resume"], tmp_path, longest if kills < KILLS else 600.0, random)
        kills, done = kills + was_killed, not was_killed
        if done:
            assert (out, (tmp_path / "people.csv").read_bytes()) == (usual.stdout, rows)
            assert not (tmp_path / "plan.journal").exists()


SCRIPT = """
mount -t tmpfs -o size={size} tmpfs full || exit 77
cp plan.toml full
cd full
{command} {resume} 2>../err >../out
echo $? >../first
mount -o remount,size=64m . || exit 77
ls -d *.journal >/dev/null 2>&1 && resume=--resume || resume={resume}
{command} $resume 2>../err2 >../out2
code=$?
cd ..
cp -r full done
exit $code
"""


SMALL = [("c.zarr", "40k"), ("c.zarr", "120k"), ("c.parquet", "40k"), ("people.csv", "40k")]


@pytest.mark.parametrize(("what", "size"), SMALL)
def test_a_disk_that_is_full_is_told_and_the_rest_comes_when_it_is_not(tmp_path: Path, what: str, size: str) -> None:
    """A disk of its own in memory, too small for the whole at first."""
    if what.endswith("parquet"):
        pytest.importorskip("pyarrow")
    if shutil.which("unshare") is None:
        pytest.skip("no unshare to mount a small disk with")
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "full").mkdir()
    trial = what == "people.csv"
    words = TRIAL if trial else [*COHORT, what]
    command = " ".join(f"'{word}'" for word in ketworks(words))
    script = SCRIPT.format(size=size, command=command, resume="--resume" if trial else "")
    made = subprocess.run(["unshare", "-Urm", "sh", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    if made.returncode == 77 or b"unshare" in made.stderr:
        pytest.skip("no right to mount")
    first, err = int((tmp_path / "first").read_text()), (tmp_path / "err").read_text()
    assert first == 2, (tmp_path / "out").read_text()
    assert "No space left on device" in err
    assert "Traceback" not in err
    assert made.returncode == 0, (tmp_path / "err2").read_text()
    usual = run(words, tmp_path)
    assert usual.returncode == 0
    if trial:
        assert (tmp_path / "out2").read_text() == usual.stdout
        assert content(tmp_path / "done", ("people.csv",)) == content(tmp_path, ("people.csv",))
    else:
        assert content(tmp_path / "done" / what) == content(tmp_path / what)


@pytest.mark.parametrize("damage", ["bit", "cut"])
def test_a_damaged_cache_of_programs_costs_time_and_no_number(tmp_path: Path, damage: str) -> None:
    usual = run([*COHORT, "usual.zarr"], tmp_path, KETWORKS_CACHE=str(tmp_path / "cache"))
    assert usual.returncode == 0, usual.stderr
    damaged = 0
    for path in (tmp_path / "cache").iterdir():
        whole = path.read_bytes()
        if len(whole) < 64:
            continue
        middle = len(whole) // 2
        bit = whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]
        path.write_bytes({"bit": bit, "cut": whole[:middle]}[damage])
        damaged += 1
    assert damaged > 5
    again = run([*COHORT, "again.zarr"], tmp_path, KETWORKS_CACHE=str(tmp_path / "cache"))
    assert again.returncode == 0, again.stderr
    assert content(tmp_path / "again.zarr") == content(tmp_path / "usual.zarr")
