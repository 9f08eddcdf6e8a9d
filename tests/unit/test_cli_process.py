"""The command as a process of its own: signals from the keyboard, pipes that close, a clean stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SENTENCE = "0.5 mg/kg iv over 40 min"
COMMAND = [sys.executable, "-m", "ketworks"]


def start(folder: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_stdout_is_json_alone_and_words_go_to_stderr(tmp_path: Path) -> None:
    process = start(tmp_path, SENTENCE, "--json", "--signals", "dose.given", "--times", "40 min", "--no-band")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert json.loads(out)["signals"]["dose.given"]["values"] == pytest.approx([35.0])
    assert "research and teaching only" in err


CHILD = ["--age", "8", "--weight", "25 kg"]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["run", "50 mg rectal", *CHILD], 3), (["run", "50"], 2), (["nothing"], 2)]
)
def test_exit_codes_reach_the_shell(tmp_path: Path, arguments: list[str], code: int) -> None:
    process = start(tmp_path, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code
    assert out == ""
    assert err.startswith("ketworks: ")
    assert "Traceback" not in err


def test_interrupt_during_the_first_start_leaves_no_file(tmp_path: Path) -> None:
    """A cache of its own makes the start long; the interrupt comes while it compiles."""
    work = tmp_path / "work"
    work.mkdir()
    process = start(
        work, "run", SENTENCE, "--out", "s.nc", "--report", "s.html", KETWORKS_CACHE=str(tmp_path / "cache")
    )
    until = time.monotonic() + 60.0
    while not list((tmp_path / "cache").glob("*.program")):  # the first program is traced, the others are not
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert out == ""
    assert "interrupted; no file was left half-written" in err
    assert "Traceback" not in err
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("arguments", [["signals"], ["evidence", "list"], ["--help"]])
def test_a_closed_pipe_leaves_no_traceback(tmp_path: Path, arguments: list[str]) -> None:
    process = start(tmp_path, *arguments)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()  # the reader is gone before the first line
    err = process.stderr.read()
    process.wait(timeout=120)
    process.stderr.close()
    assert err == ""


def test_an_interrupt_anywhere_in_a_command_exits_130_at_once(tmp_path: Path) -> None:
    """Also while text is executed, with a thread still at work that the interpreter would wait for."""
    code = (
        "import os, signal, sys; import ketworks.__main__ as program; import ketworks.cli.main as cli\n"
        "import threading, time; threading.Thread(target=time.sleep, args=(60.0,)).start()\n"
        "cli.call = lambda words: exec('os.kill(os.getpid(), signal.SIGINT)\\nfor k in range(10**6): pass')\n"
        "sys.argv = ['ketworks', 'doctor']; program.main()\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30
    )
    assert said.returncode == 130, said.stderr
    assert "interrupted" in said.stderr
