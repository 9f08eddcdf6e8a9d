"""A cohort in chunks: the same bytes however it is run, stopped and resumed, and never a wrong number."""

from __future__ import annotations

import errno
import json
import os
import pickle
import re
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from command_line import Ketworks

import ketworks as kw
from ketworks.errors import CannotSay, SolverFailed, WrongUse
from ketworks.scale import workers as workers_module
from ketworks.scale.chunked_run import Chunk, ChunkedRun
from ketworks.scale.journal import Journal
from ketworks.scale.simulate_to import simulate_to
from ketworks.scale.zarr_store import ZarrStore
from ketworks.simulation import Prepared, prepare

SENTENCE, SIGNAL, TIMES = "0.5 mg/kg iv over 40 min", "plasma.ketamine.venous", "40,80 min"
PEOPLE, CHUNK = 300, 128
COMMAND = ["cohort", SENTENCE, "--people", "300", "--population", "general-adults", "--signals", SIGNAL]
COMMAND += ["--times", TIMES, "--chunk", "128", "--out", "c.zarr"]


def asked(people: int = PEOPLE, seed: int = 1) -> Prepared:
    return prepare(SENTENCE, kw.Cohort(people, seed, population="general-adults"), outputs=[SIGNAL], times=TIMES)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate_to(tmp_path_factory.mktemp("usual") / "c.zarr", asked(), CHUNK)


def test_the_numbers_are_those_of_the_whole_cohort(usual: Path) -> None:
    whole = asked().run()
    with xr.open_zarr(usual, consolidated=False) as stored:
        assert stored[SIGNAL].dims == ("person", "time")
        assert stored["person"].values.tolist() == whole.ids.tolist() == list(range(1, PEOPLE + 1))
        assert stored["time"].values.tolist() == [40.0, 80.0]
        assert stored[SIGNAL].values.tobytes() == whole.tables[SIGNAL].tobytes()
        assert stored[SIGNAL].attrs["units"] == "ng/mL"
        assert stored["weight"].values.tobytes() == whole.covariates["weight"].tobytes()
        assert set(stored.coords) == {"person", "time", "weight", "age", "height", "male"}
        assert stored["solved"].values.all()
        assert stored.attrs["complete"] is True
        assert "treats a real person" in stored.attrs["disclaimer"]
        assert stored.attrs["title"] == "0.5 mg/kg iv over 40 min - 300 people of general-adults (seed 1)"
        assert json.loads(stored.attrs["configuration"])["people"] == asked().people.described()
    assert not list(usual.parent.glob("c.zarr.*"))


@pytest.mark.parametrize("workers", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_several_workers_write_the_same_bytes(usual: Path, tmp_path: Path, workers: int) -> None:
    said: list[str] = []
    made = simulate_to(tmp_path / "c.zarr", asked(), CHUNK, workers=workers, progress=said.append)
    assert content(made) == content(usual)
    assert re.fullmatch(r"300 of 300 people done, \d+ people/s, 0 s left, [\d.]+ [MG]iB", said[-1])


def stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, error: BaseException) -> Path:
    """A run whose disk or user stops it when so many chunks are safe."""
    write, path = ZarrStore.write, tmp_path / "c.zarr"

    def failing(self: ZarrStore, chunk: Chunk) -> str:
        if chunk.number == after:
            raise error
        return write(self, chunk)

    monkeypatch.setattr(ZarrStore, "write", failing)
    with pytest.raises((type(error), WrongUse)):
        simulate_to(path, asked(), CHUNK)
    monkeypatch.setattr(ZarrStore, "write", write)
    assert not path.exists()
    return path


def test_a_full_disk_is_told_and_the_run_goes_on_afterwards(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    path = stopped(tmp_path, monkeypatch, 1, full)
    with pytest.raises(WrongUse, match=r"a stopped run stands in .*\n.*\n  try: --resume"):
        simulate_to(path, asked(), CHUNK)
    simulated: list[int] = []
    run = ChunkedRun.simulated
    monkeypatch.setattr(ChunkedRun, "simulated", lambda self, number: simulated.append(number) or run(self, number))
    simulate_to(path, asked(), CHUNK, resume=True)
    assert simulated == [1, 2]  # chunk 0 was safe
    assert content(path) == content(usual)


def test_a_damaged_chunk_is_simulated_again(usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stopped(tmp_path, monkeypatch, 2, KeyboardInterrupt())
    block = path.with_name("c.zarr.part") / SIGNAL / "c" / "1" / "0"
    block.write_bytes(block.read_bytes()[:-3])
    simulate_to(path, asked(), CHUNK, resume=True)
    assert content(path) == content(usual)


def test_a_damaged_description_is_written_again(usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stopped(tmp_path, monkeypatch, 2, KeyboardInterrupt())
    part = path.with_name("c.zarr.part")
    (part / "zarr.json").write_bytes(b"{")
    (part / SIGNAL / "zarr.json").unlink()
    (part / "person" / "c" / "0").write_bytes(b"")
    (part / SIGNAL / "c" / "0" / "0.1f.partial").write_bytes(b"half")
    simulate_to(path, asked(), CHUNK, resume=True)
    assert content(path) == content(usual)


def test_errors_are_the_largest_of_all_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ChunkedRun.simulated

    def worse(self: ChunkedRun, number: int) -> Chunk:
        return run(self, number)._replace(errors={SIGNAL: 1e-4 * (number % 2 + 1)}, neglected={SIGNAL: 0.01})

    monkeypatch.setattr(ChunkedRun, "simulated", worse)
    with xr.open_zarr(simulate_to(tmp_path / "c.zarr", asked(), CHUNK), consolidated=False) as stored:
        assert (stored[SIGNAL].attrs["error"], stored[SIGNAL].attrs["neglected"]) == (2e-4, 0.01)
        assert stored.attrs["errors"] == {SIGNAL: 2e-4}


def test_a_journal_without_its_numbers_counts_for_nothing(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stopped(tmp_path, monkeypatch, 1, KeyboardInterrupt())
    shutil.rmtree(path.with_name("c.zarr.part"))
    with pytest.raises(WrongUse, match="nothing to resume"):
        simulate_to(path, asked(), CHUNK, resume=True)
    assert content(simulate_to(path, asked(), CHUNK)) == content(usual)


def test_a_line_cut_short_or_damaged_does_not_count(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j", "abc")
    journal.start()
    for number in "45":
        journal.add(number, {"checksum": f"{number}.125"})
    path = tmp_path / "j" / "parts.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    assert journal.entries() == {"4": {"checksum": "4.125"}, "5": {"checksum": "5.125"}}
    assert path.read_bytes() == whole  # so that the next line begins a line
    path.write_bytes(whole.replace(b"4.125", b"4.126"))
    assert list(journal.entries()) == ["5"]
    with pytest.raises(WrongUse, match="another run or version"):
        Journal(tmp_path / "j", "abd").entries()
    for nothing in (b"", whole.replace(b"abc", b"abd")):
        path.write_bytes(nothing)
        with pytest.raises(WrongUse, match=r"is damaged\n.*\n  try: rm -r"):
            journal.entries()


def test_another_run_is_not_taken_for_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stopped(tmp_path, monkeypatch, 1, KeyboardInterrupt())
    for other, chunk in ((asked(seed=2), CHUNK), (asked(299), CHUNK), (asked(), 256)):
        with pytest.raises(WrongUse, match="another run or version"):
            simulate_to(path, other, chunk, resume=True)


def test_a_lost_worker_costs_its_chunk_and_no_number(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[workers_module._Worker] = []
    begin = workers_module._Worker.__init__

    def seen(self: workers_module._Worker, run: ChunkedRun) -> None:
        begin(self, run)
        started.append(self)
        if len(started) == 1:
            os.kill(self._process.pid or 0, signal.SIGKILL)

    monkeypatch.setattr(workers_module._Worker, "__init__", seen)
    made = simulate_to(tmp_path / "c.zarr", asked(), CHUNK, workers=2)
    assert len(started) == 3
    assert content(made) == content(usual)


def test_a_chunk_that_takes_every_worker_down_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = workers_module._Worker.__init__

    def dying(self: workers_module._Worker, run: ChunkedRun) -> None:
        begin(self, run)
        os.kill(self._process.pid or 0, signal.SIGKILL)

    monkeypatch.setattr(workers_module._Worker, "__init__", dying)
    with pytest.raises(SolverFailed, match="chunk 0 took 3 workers down"):
        list(workers_module.each_chunk(ChunkedRun.of(asked(), CHUNK), [0], workers=2))


def test_an_error_in_a_worker_arrives_whole() -> None:
    for kind in (WrongUse, CannotSay, SolverFailed):
        error = pickle.loads(pickle.dumps(kind("given", "expected", "near", "paste")))
        assert (type(error), error.given, error.paste, str(error)) == (kind, "given", "paste", str(error))


def test_who_fails_is_marked_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ChunkedRun.simulated

    def one_fails(self: ChunkedRun, number: int) -> Chunk:
        made = run(self, number)
        if number:
            return made
        made.tables[SIGNAL][4] = np.nan
        return made._replace(solved=np.arange(CHUNK) != 4, failed={5: "person 5: no"})

    monkeypatch.setattr(ChunkedRun, "simulated", one_fails)
    with xr.open_zarr(simulate_to(tmp_path / "c.zarr", asked(), CHUNK), consolidated=False) as stored:
        assert (stored.attrs["failed_people"], stored.attrs["failed"]) == (1, {"5": "person 5: no"})
        assert np.flatnonzero(~stored["solved"].values).tolist() == [4]
        assert np.isnan(stored[SIGNAL].values).sum() == 2


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--out", "c.nc"], "a name that ends in .zarr or .parquet"),
        (["--out", "no/c.zarr"], "no folder 'no'"),
        (["--chunk", "12"], "chunks of 12 people"),
        (["--workers", "0"], "0 workers"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "one of them"),
        (["--resume"], "nothing to resume"),
        (["--signals", "body.sistolic"], "nearest: body.systolic"),
        (["--people", "0", "--population", ""], "one person"),
    ],
)
def test_wrong_use_shows_the_fix(ketworks: Ketworks, words: list[str], error: str) -> None:
    said = ketworks(*COMMAND, *words)
    assert (said.code, said.out) == (2, "")
    assert error in said.err
    assert not list(Path().iterdir())


def test_the_command_says_what_it_wrote(ketworks: Ketworks) -> None:
    said = ketworks(*COMMAND)
    assert (said.code, said.out) == (0, "300 people, 1 signals: c.zarr\n")
    assert "never doses or treats" in said.err
    again = ketworks(*COMMAND)
    assert again.code == 2
    assert "results are never overwritten" in again.err


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bytes_and_survives_a_lost_worker(usual: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        made = simulate_to(tmp_path / "c.zarr", asked(), CHUNK, scheduler=address)
        assert content(made) == content(usual)
        lost = next(iter(cluster.workers.values()))
        chunks = workers_module.each_chunk(ChunkedRun.of(asked(), CHUNK), [0, 1, 2], scheduler=address)
        first = next(chunks)
        os.kill(lost.pid, signal.SIGKILL)
        rest = list(chunks)
    assert sorted(chunk.number for chunk in [first, *rest]) == [0, 1, 2]


@pytest.mark.slow
def test_nobody_at_the_address_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(WrongUse, match="nobody answers at"):
        workers_module.check_workers(1, "tcp://127.0.0.1:9")


def test_chunks_cut_a_part_of_a_cohort_too() -> None:
    some = replace(asked().people, only=(7, 3, 250))  # type: ignore[type-var]
    run = ChunkedRun.of(prepare(SENTENCE, some, outputs=[SIGNAL], times=TIMES), CHUNK)
    assert run.chunks == 1
    whole = asked().run().tables[SIGNAL]
    assert run.simulated(0).tables[SIGNAL].tobytes() == whole[[6, 2, 249]].tobytes()
