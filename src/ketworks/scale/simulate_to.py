"""A cohort of any size simulated into a folder: started, stopped at any moment, resumed with the same bytes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketworks.errors import WrongUse
from ketworks.scale.chunked_run import USUAL, ChunkedRun
from ketworks.scale.journal import Entry, Journal
from ketworks.scale.store import Store
from ketworks.scale.workers import check_workers, each_chunk

if TYPE_CHECKING:
    from ketworks.simulation import Prepared

ENDING = ".zarr"
NAMED = 20  # people who failed are kept with their reason up to so many; all are marked


def simulate_to(
    path: str | Path,
    prepared: Prepared,
    chunk: int = USUAL,
    workers: int = 1,
    scheduler: str = "",
    resume: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Simulates a cohort into a Zarr folder (``xarray.open_zarr``), a chunk of people at a time.

    Until all is done the numbers stand in ``PATH.part`` and the journal in ``PATH.journal``; then the folder appears
    under its name. The bytes depend neither on the number of workers nor on stops.

    Args:
        path: ends in ``.zarr``; must not exist.
        prepared: ``ketworks.simulation.prepare`` of a ``Cohort``, with times.
        chunk: people in a chunk; memory grows with it.
        workers: processes on this machine.
        scheduler: address of a Dask scheduler instead.
        resume: go on with what a stopped run left.
        progress: called with a word on what is being done.

    Raises:
        WrongUse: a path that is taken, a run left there that is not resumed or is another one, a full disk.
        SolverFailed: nobody of a chunk could be solved.
    """
    final, run = Path(path), ChunkedRun.of(prepared, chunk)
    part, log = final.with_name(final.name + ".part"), final.with_name(final.name + ".journal")
    if log.exists() and not part.exists():  # its numbers are complete under their name, or were taken away
        shutil.rmtree(log)
    _check(final, log, resume)
    check_workers(workers, scheduler)
    say = progress or (lambda _: None)
    store, journal = Store(part, run), Journal(log / "chunks.jsonl", run.digest)
    try:
        if log.exists():
            done = _still_there(store, journal.entries(), say)
        else:
            done = {}
            _start(part, log, store, journal, run, say)
        numbers = [number for number in range(run.chunks) if number not in done]
        watch = _Watch(run, len(done), say)
        for made in each_chunk(run, numbers, workers, scheduler):
            store.write(made)
            done[made.number] = Entry(made.number, made.checksum(), made.failed, made.errors)
            journal.add(done[made.number])
            watch.tick()
        store.finish(_summary(done))
        part.rename(final)
        shutil.rmtree(log)
    except OSError as error:
        paste = f"the same command with --resume, once {final.parent.resolve()} has room"
        given = f"cannot write {final}: {error.strerror or error}"
        raise WrongUse(given, "a place with room and permission; what is done is kept", paste=paste) from error
    return final


def _check(final: Path, log: Path, resume: bool) -> None:
    if final.suffix != ENDING:
        raise WrongUse(f"folder {str(final)!r}", f"a name that ends in {ENDING}", str(final.with_suffix(ENDING)))
    if not final.parent.is_dir():
        raise WrongUse(f"cannot write {str(final)!r}: no folder {str(final.parent)!r}", "a folder that exists")
    if final.exists():
        raise WrongUse(f"{str(final)!r} exists", "a new name: results are never overwritten", paste=f"rm -r {final}")
    if log.exists() and not resume:
        raise WrongUse(f"a stopped run stands in {log}", "to go on with it, or to remove it", paste="--resume")
    if resume and not log.exists():
        raise WrongUse(f"nothing to resume: no {log}", "a run that was stopped", paste="the same without --resume")


def _start(part: Path, log: Path, store: Store, journal: Journal, run: ChunkedRun, say: Callable[[str], None]) -> None:
    """An empty store, made from one person of the cohort, and then the journal: without it nothing counts."""
    from ketworks.io.dataset import to_dataset

    say("preparing")
    shutil.rmtree(part, ignore_errors=True)
    pilot = run.prepared.run(replace(run.cohort, only=(int(run.cohort.ids[0]),)))
    store.create(to_dataset(pilot))
    fresh = log.with_name(log.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    Journal(fresh / "chunks.jsonl", run.digest).start()
    fresh.rename(log)


def _still_there(store: Store, entries: Mapping[int, Entry], say: Callable[[str], None]) -> dict[int, Entry]:
    """Those of the counted chunks whose numbers are still what was written."""
    kept = {}
    for count, (number, entry) in enumerate(entries.items(), 1):
        say(f"checking what is there: {count} of {len(entries)} chunks")
        if store.holds(number, entry.checksum):
            kept[number] = entry
    return kept


def _summary(done: Mapping[int, Entry]) -> dict[str, Any]:
    """What is known only at the end; in the order of the chunks, whatever order they were done in."""
    failed: dict[str, str] = {}
    errors: dict[str, float] = {}
    for number in sorted(done):
        failed |= {str(key): words for key, words in done[number].failed.items()}
        for name, value in done[number].errors.items():
            errors[name] = max(errors.get(name, 0.0), value)
    return {"failed_people": len(failed), "failed": dict(list(failed.items())[:NAMED]), "errors": errors}


class _Watch:
    """Tells how far it is and how long it will take."""

    def __init__(self, run: ChunkedRun, done: int, say: Callable[[str], None]) -> None:
        self._run, self._first, self._done, self._say = run, done, done, say
        self._begin = time.monotonic()
        say(f"{done} of {run.chunks} chunks of {run.chunk} people done")

    def tick(self) -> None:
        """One more chunk is safe."""
        self._done += 1
        pace = (time.monotonic() - self._begin) / (self._done - self._first)
        rest = pace * (self._run.chunks - self._done)
        people = self._run.chunk / pace
        self._say(f"{self._done} of {self._run.chunks} chunks done, {people:.0f} people/s, {_span(rest)} left")


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
