"""What is packed and pinned: the wheel holds every data file, the locks hold hashes and no address."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("build", "run", "spiking", "test")
ENTRY = re.compile(r"([a-z0-9-]+)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text("utf-8")


def pins(name: str) -> dict[str, str]:
    return {package: version for package, version, _ in ENTRY.findall(lock(name))}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_nothing_but_pins_with_hashes(name: str) -> None:
    assert ENTRY.sub("", lock(name)) == ""
    assert pins(name)


@pytest.mark.parametrize("name", ["build", "run"])
def test_environment_for_tests_serves_a_run(name: str) -> None:
    """``./test`` after ``./run`` only adds packages, and ``./run`` after ``./test`` changes nothing."""
    assert pins(name).items() <= pins("test").items()


def test_project_dependencies_are_locked() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.split(r"[<>=\[ ]", text)[0] for text in project["dependencies"]}
    assert needed <= set(pins("run"))
    tests = {re.split(r"[<>=\[ ]", text)[0] for text in project["optional-dependencies"]["test"]}
    assert tests <= set(pins("test"))


def test_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("ketworks/")}
        about = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("/METADATA"))
    source = ROOT / "src"
    there = {
        str(path.relative_to(source))
        for path in (source / "ketworks").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
    assert {Path(name).suffix for name in packed} >= {".py", ".tsv", ".toml", ".csv", ".md", ".lark", ".css"}
    assert "License-Expression: Apache-2.0" in about


def test_scripts_can_be_started() -> None:
    for name in ("run", "test", ".ci/run"):
        path = ROOT / name
        assert path.stat().st_mode & 0o111, name
        assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0
