"""What every test starts from: float64, a compilation cache of the tests' own, hypothesis without a stopwatch."""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from command_line import Ketworks, Said
from hypothesis import HealthCheck, settings

# compiled programs are kept between test runs, apart from the user's own cache
os.environ["KETWORKS_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")

from ketworks.engine import compiled
from ketworks.engine.jax_setup import set_up

set_up()

_PLENTY = 3 << 30  # bytes
_SLOW_IS_FINE = [HealthCheck.too_slow]  # the first example of a shape compiles
settings.register_profile("default", max_examples=25, deadline=None, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True, max_examples=15)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=250)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# files whose tests start the program, browsers or every study; ./test fast leaves them out
_WHOLE = (
    "evidence/",
    "golden/",
    "versus/",
    "web/",
    "unit/test_cli_",
    "unit/test_report_",
    "unit/test_house_",
    "unit/test_io_",
)
_WHOLE += (
    "unit/test_eeg_command",
    "unit/test_trial_command",
    "unit/test_eeg_recording",
    "unit/test_eeg_slow_rhythm",
    "unit/test_exposure_cli",
    "unit/test_exposure_simulated",
    "unit/test_simulation",
    "unit/test_result",
    "unit/test_engine_compiled",
    "unit/test_comparison",
)


@pytest.fixture
def ketworks(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ketworks:
    """The command line in this process, in an empty folder, without compiling ahead for the next start."""
    from ketworks.cli import run
    from ketworks.cli.main import call

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "_prepare_next_start", lambda quiet: None)

    def say(*arguments: object) -> Said:
        return Said(call([str(argument) for argument in arguments]), *capsys.readouterr())

    return say


@pytest.fixture(autouse=True, scope="module")
def _programs_are_dropped() -> Iterator[None]:
    """Compiled programs stay in memory for good; when they are too many the next file reads its own from the disk."""
    yield
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    if pages * resource.getpagesize() > _PLENTY:
        compiled._READY.clear()
        jax.clear_caches()
        gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what runs the whole program."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(_WHOLE):
            item.add_marker(pytest.mark.whole)
