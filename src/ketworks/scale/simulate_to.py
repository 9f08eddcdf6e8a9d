"""A cohort of any size simulated into a folder: started, stopped at any moment, resumed with the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ketworks.errors import WrongUse
from ketworks.scale.chunked_run import USUAL, Chunk, ChunkedRun
from ketworks.scale.description import described
from ketworks.scale.journal import Journal, digest_of
from ketworks.scale.store import LIBRARIES, Store, check_name, store_at
from ketworks.scale.watch import Watch
from ketworks.scale.workers import check_workers, each_chunk

if TYPE_CHECKING:
    from ketworks.simulation import Prepared

NAMED = 20  # people who failed are kept with their reason up to so many; all are marked


class Written(NamedTuple):
    """What a run came to.

    Attributes:
        path: of the folder.
        people: how many are in it.
        failed: how many of them could not be solved.
        chunks: how many there are.
        kept: how many of them an earlier run had left.
        seconds: that this run took for the others.
        people_per_s: of this run.
        memory: bytes that it and its workers took at most.
    """

    path: Path
    people: int
    failed: int
    chunks: int
    kept: int
    seconds: float
    people_per_s: float
    memory: int


def simulate_to(
    path: str | Path,
    prepared: Prepared,
    chunk: int = USUAL,
    workers: int = 1,
    scheduler: str = "",
    resume: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Simulates a cohort into a folder, a chunk of people at a time; arguments and errors as of ``write_cohort``.

    Returns:
        The folder.
    """
    return write_cohort(path, prepared, chunk, workers, scheduler, resume, progress).path


def write_cohort(
    path: str | Path,
    prepared: Prepared,
    chunk: int = USUAL,
    workers: int = 1,
    scheduler: str = "",
    resume: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Written:
    """Simulates a cohort into a folder of Zarr (``xarray.open_zarr``) or Parquet, a chunk of people at a time.

    Until all is done the numbers stand in ``PATH.part`` and the journal in ``PATH.journal``; then the folder appears
    under its name. The bytes depend neither on the number of workers nor on stops.

    Args:
        path: ends in ``.zarr`` or ``.parquet``; must not exist.
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
    check_name(final)
    _check_resume(log, resume)
    check_workers(workers, scheduler)
    say = progress or (lambda _: None)
    store = store_at(part, final.suffix, run)
    journal = Journal(log, digest_of((run.digest, final.suffix), LIBRARIES[final.suffix]))
    try:
        done = _begun(part, log, store, journal, run, say)
        kept = len(done)
        watch = Watch(len(run.cohort.ids), sum(_people(run, number) for number in done), say)
        numbers = [number for number in range(run.chunks) if number not in done]
        for made in each_chunk(run, numbers, workers, scheduler):
            done[made.number] = _entry(made, store.write(made))
            journal.add(str(made.number), done[made.number])
            watch.tick(made)
        summary = _summary(done)
        store.finish(summary)
        part.rename(final)
        shutil.rmtree(log)
    except OSError as error:
        paste = f"the same command with --resume, once {final.parent.resolve()} has room"
        given = f"cannot write {final}: {error.strerror or error}"
        raise WrongUse(given, "a place with room and permission; what is done is kept", paste=paste) from error
    counts = (len(run.cohort.ids), int(summary["failed_people"]), run.chunks, kept)
    return Written(final, *counts, watch.seconds, watch.pace, watch.memory)


def _check_resume(log: Path, resume: bool) -> None:
    if log.exists() and not resume:
        raise WrongUse(f"a stopped run stands in {log}", "to go on with it, or to remove it", paste="--resume")
    if resume and not log.exists():
        raise WrongUse(f"nothing to resume: no {log}", "a run that was stopped", paste="the same without --resume")


def _begun(
    part: Path, log: Path, store: Store, journal: Journal, run: ChunkedRun, say: Callable[[str], None]
) -> dict[int, Mapping[str, Any]]:
    """What is done already: an empty store is made before its journal, for without a journal nothing in it counts."""
    entries = journal.entries() if log.exists() else None
    say("preparing")
    if entries is None:
        shutil.rmtree(part, ignore_errors=True)
    store.create(described(run))
    if entries is None:
        journal.start()
        return {}
    kept: dict[int, Mapping[str, Any]] = {}
    for count, (name, entry) in enumerate(entries.items(), 1):
        say(f"checking what is there: {count} of {len(entries)} chunks")
        number = int(name)
        if store.holds(number, entry["checksum"]):
            kept[number] = entry
    return kept


def _people(run: ChunkedRun, number: int) -> int:
    rows = run.rows(number)
    return int(rows.stop) - int(rows.start)


def _entry(made: Chunk, checksum: str) -> dict[str, Any]:
    """What the journal says of a chunk."""
    failed = {str(key): words for key, words in made.failed.items()}
    return {"checksum": checksum, "failed": failed, "errors": made.errors, "neglected": made.neglected}


def _summary(done: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """What is known only at the end; in the order of the chunks, whatever order they were done in."""
    failed: dict[str, str] = {}
    largest: dict[str, dict[str, float]] = {"errors": {}, "neglected": {}}
    for number in sorted(done):
        failed |= done[number]["failed"]
        for kind, found in largest.items():
            for name, value in done[number][kind].items():
                found[name] = max(found.get(name, 0.0), value)
    return {"failed_people": len(failed), "failed": dict(list(failed.items())[:NAMED]), **largest}
