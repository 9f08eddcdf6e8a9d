"""What ``./run`` says and does when the environment cannot be made, tried on a copy with no network and no packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with spaces"
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("run", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "run"), *arguments]
    env = {**os.environ, "KETWORKS_PYTHON": sys.executable, **environ}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd="/")


def make_ready(folder: Path, program: str) -> None:
    """A finished environment whose ``ketworks`` is a shell script."""
    (folder / ".venv/bin").mkdir(parents=True)
    for name, text in (("python", "exit 0"), ("ketworks", program)):
        path = folder / ".venv/bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    inputs = [folder / "requirements/build.lock", folder / "requirements/run.lock", folder / "pyproject.toml"]
    stamp = f"{folder.resolve()}\n" + "".join(path.read_text() for path in inputs)
    (folder / ".venv/ready-run").write_text(stamp)


def fake_python(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_ready_environment_is_used_as_it_is(copy: Path) -> None:
    make_ready(copy, 'printf "%s|" "$@"; pwd; exit 7')
    run = start(copy, "0.5 mg/kg iv over 40 min", "--weight", "80 kg")
    assert run.returncode == 7
    assert run.stdout == "0.5 mg/kg iv over 40 min|--weight|80 kg|/\n"
    assert run.stderr == ""


def test_link_to_the_script_works(copy: Path, tmp_path: Path) -> None:
    make_ready(copy, "exit 5")
    (tmp_path / "ketworks").symlink_to(copy / "run")
    assert subprocess.run([str(tmp_path / "ketworks")], check=False).returncode == 5


@pytest.mark.parametrize("change", ["requirements/run.lock", "requirements/build.lock", "pyproject.toml"])
def test_changed_inputs_are_noticed(copy: Path, change: str) -> None:
    make_ready(copy, "exit 7")
    with (copy / change).open("a") as handle:
        handle.write("\n# changed\n")
    assert "not made by ./run" in start(copy).stderr  # goes on to mend, and refuses this hand-made one


def test_moved_folder_is_noticed(copy: Path, tmp_path: Path) -> None:
    make_ready(copy, "exit 7")
    moved = copy.rename(tmp_path / "moved")
    assert "not made by ./run" in start(moved).stderr


def test_foreign_environment_is_left_alone(copy: Path) -> None:
    (copy / ".venv").mkdir()
    (copy / ".venv/mine").write_text("precious")
    run = start(copy)
    assert run.returncode == 1
    assert "mv '" in run.stderr
    assert (copy / ".venv/mine").read_text() == "precious"


def test_missing_venv_names_the_debian_package(copy: Path) -> None:
    python = fake_python(copy, 'case "$2" in *ensurepip*) exit 1 ;; esac; echo "Python 3.11.2"')
    run = start(copy, KETWORKS_PYTHON=python)
    assert run.returncode == 1
    assert "apt-get install python3-venv" in run.stderr
    assert not (copy / ".venv").exists()


def test_old_python_is_named(copy: Path) -> None:
    python = fake_python(copy, '[ "$1" = --version ] && echo "Python 3.9.2" && exit; exit 1')
    run = start(copy, KETWORKS_PYTHON=python)
    assert run.returncode == 1
    assert "Python 3.9.2 is too old" in run.stderr
    assert "3.11 or newer" in run.stderr


def test_no_python_at_all(copy: Path) -> None:
    run = start(copy, KETWORKS_PYTHON=str(copy / "none"))
    assert run.returncode == 1
    assert "no Python found" in run.stderr


@pytest.mark.slow
def test_failed_install_is_explained_and_leaves_no_stamp(copy: Path) -> None:
    (copy / "requirements/build.lock").write_text("")
    (copy / "requirements/run.lock").write_text("nosuchpackage-ketworks==0 --hash=sha256:" + "0" * 64 + "\n")
    run = start(copy, PIP_NO_INDEX="1")
    assert run.returncode == 1
    assert "nosuchpackage-ketworks" in run.stderr
    assert "Traceback" not in run.stderr
    assert (copy / ".venv/made-by-ketworks").exists()
    assert not list((copy / ".venv").glob("ready-*"))
