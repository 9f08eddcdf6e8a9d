"""Makes or mends ``.venv`` from the hash-pinned locks. Called by ``environment.sh`` when the stamp does not agree.

usage: python3 environment.py ROOT run|test

Only the standard library, since nothing is installed yet. Safe against: two starts at once (a lock that the installer
holds as well, so that an orphan is waited for), a kill at any moment (the stamp comes last, and what has none is
made anew), a moved folder, a changed lock (made anew) and a changed pyproject.toml (only the package itself is mended).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

KINDS = ("run", "test")
MARK = "made-by-ketworks"
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off", "--no-deps")
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|Timeout|timed out|ProxyError|Network is unreachable"
    r"|Max retries exceeded|ConnectionReset"
)


class Failed(Exception):
    """The environment cannot be made; the text says why and what helps."""


class Progress:
    """One line on standard error: rewritten in place on a terminal, printed once elsewhere."""

    def __init__(self, text: str) -> None:
        self.text, self.live, self.start = text, sys.stderr.isatty(), time.monotonic()
        self._write(f"ketworks: {text} ...", "" if self.live else "\n")

    def step(self, detail: str) -> None:
        """Shows where it stands, on a terminal only."""
        if self.live:
            self._write(f"\r\033[Kketworks: {self.text}: {detail}", "")

    def done(self, detail: str) -> None:
        """Ends the line."""
        lead = "\r\033[K" if self.live else ""
        self._write(f"{lead}ketworks: {detail} in {time.monotonic() - self.start:.0f} s", "\n")

    def broken(self) -> None:
        """Leaves the line, so that what follows starts on a fresh one."""
        if self.live:
            self._write("", "\n")

    @staticmethod
    def _write(text: str, end: str) -> None:
        print(text, end=end, file=sys.stderr, flush=True)


def main(root: Path, kind: str) -> int:
    """Makes ``root/.venv`` ready for ``kind``; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with _lock(root) as held:
            if not _ready(root, kind):
                _make_ready(root, kind, held)
    except Failed as failure:
        print(f"ketworks: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"ketworks: the environment cannot be written: {failure}", file=sys.stderr)
        print(f"  expected: free disk space and the right to write in {root}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ketworks: interrupted; the next start makes the environment anew", file=sys.stderr)
        return 130
    return 0


def _make_ready(root: Path, kind: str, held: int) -> None:
    venv = root / ".venv"
    fits = [k for k in KINDS if _stamp(root, k).startswith(_pinned(root, k)) and _has_python(root)]
    if venv.exists() and any(venv.iterdir()) and not (venv / MARK).exists():
        raise Failed(f"{venv} was not made by ./run and is left alone\n  try: mv '{venv}' '{venv}-mine'")
    for k in KINDS:
        (venv / f"ready-{k}").unlink(missing_ok=True)
    progress = Progress("bringing .venv up to date" if fits else "making .venv (one time, about a minute)")
    try:
        if not fits:
            _make_anew(venv, held)
        if kind not in fits:
            locks = [f"--requirement={lock}" for lock in _locks(root, kind)]
            _pip(venv, ["--require-hashes", "--only-binary=:all:", *locks], progress, held)
        progress.step("ketworks itself")
        _pip(venv, ["--no-build-isolation", "--no-index", f"--editable={root}"], progress, held)
    except BaseException:
        progress.broken()
        raise
    # test.lock holds all of run.lock, so that an environment for the tests serves a run as well
    for k in {kind, "run", *fits}:
        _write(venv / f"ready-{k}", _wanted(root, k))
    progress.done("environment ready")


def _make_anew(venv: Path, held: int) -> None:
    venv.mkdir(exist_ok=True)
    (venv / MARK).touch()
    for child in venv.iterdir():  # the mark stays, so that a kill in the middle leaves a folder known as ours
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        elif child.name != MARK:
            child.unlink()
    # the versioned name (python3.11), so that a later system Python does not slip under the installed packages
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    command = [python, "-m", "venv", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, pass_fds=[held], check=False)
    if made.returncode:
        said = (made.stdout + made.stderr).strip()
        raise Failed(f"{' '.join(command)} failed:\n  {said}\n  try: apt-get install python3-venv")


def _pip(venv: Path, what: list[str], progress: Progress, held: int) -> None:
    """Runs pip in the environment. User settings (mirrors, proxies) hold, except those that would install elsewhere."""
    environ = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    command = [str(venv / "bin/python"), *PIP, *what]
    output: list[str] = []
    count = 0
    # stdin closed and output piped: pip can neither ask nor write between our lines
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environ,
        pass_fds=[held],
    ) as pip:
        try:
            for line in pip.stdout or ():
                output.append(line.rstrip())
                if line.startswith("Collecting "):
                    count += 1
                    progress.step(f"package {count}, {line.split()[1].split('==')[0]}")
                elif line.startswith("Installing collected"):
                    progress.step("unpacking")
        except BaseException:
            pip.terminate()
            raise
    if pip.returncode:
        raise Failed(_explain(output))


def _explain(output: list[str]) -> str:
    text = "\n".join(output)
    errors = [line for line in output if line.startswith("ERROR")][:6] or output[-6:]
    shown = "\n    ".join(errors)
    if "DO NOT MATCH THE HASHES" in text:
        return f"a downloaded package is not the one in the lock and was refused:\n    {shown}"
    if NO_NETWORK.search(text):
        return (
            "the packages cannot be downloaded (no network?)\n"
            "  expected: a Python package index within reach, once; later starts need no network\n"
            f"  pip said: {shown}"
        )
    python = f"Python {sys.version_info.major}.{sys.version_info.minor} on {os.uname().machine}"
    return f"pip could not install the packages for {python} (tested: Python 3.11 and 3.12 on x86_64)\n    {shown}"


@contextlib.contextmanager
def _lock(root: Path) -> Iterator[int]:
    """Holds the lock; yields its file descriptor, which the installer inherits."""
    with (root / ".venv-lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("ketworks: another start is making the environment; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as failure:  # a file system without locks: go on, and say what is not guarded
            print(f"ketworks: no file lock here ({failure.strerror}); do not start twice at once", file=sys.stderr)
        yield handle.fileno()


def _locks(root: Path, kind: str) -> list[Path]:
    return [root / "requirements/build.lock", root / f"requirements/{kind}.lock"]


def _pinned(root: Path, kind: str) -> bytes:
    return os.fsencode(root) + b"\n" + b"".join(lock.read_bytes() for lock in _locks(root, kind))


def _wanted(root: Path, kind: str) -> bytes:
    """The same bytes as ``inputs`` in environment.sh."""
    return _pinned(root, kind) + (root / "pyproject.toml").read_bytes()


def _stamp(root: Path, kind: str) -> bytes:
    path = root / f".venv/ready-{kind}"
    return path.read_bytes() if path.exists() else b""


def _has_python(root: Path) -> bool:
    return os.access(root / ".venv/bin/python", os.X_OK)


def _ready(root: Path, kind: str) -> bool:
    return _stamp(root, kind) == _wanted(root, kind) and _has_python(root)


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
