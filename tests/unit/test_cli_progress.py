"""Words on progress where a line cannot be written over: the first after some patience, then one a minute."""

from __future__ import annotations

import time

import pytest

from ketworks.cli import progress as module
from ketworks.cli.progress import Progress


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    progress = Progress(quiet=False)
    progress._show()
    for seconds, word in ((1.0, "one"), (58.0, "two"), (2.0, "three"), (1.0, "four"), (60.0, "five")):
        now[0] += seconds
        progress(word)
    assert capsys.readouterr().err.split("\n") == ["ketworks: starting", "ketworks: three", "ketworks: five", ""]


def test_quiet_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(module, "APART", 0.0)
    with Progress(quiet=True).running() as progress:
        time.sleep(0.05)
        progress("one")
    assert capsys.readouterr().err == ""
