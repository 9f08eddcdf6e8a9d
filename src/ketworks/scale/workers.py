"""Chunks simulated one after another, on several processes, or on a Dask cluster; the numbers are the same."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from ketworks.errors import KetworksError, SolverFailed, WrongUse
from ketworks.scale.chunked_run import Chunk, ChunkedRun

ATTEMPTS = 3  # of a chunk whose worker was lost
MOST_WORKERS = 256
AHEAD = 2  # chunks given to a cluster for each of its threads, so that none waits and memory stays bounded


def check_workers(workers: int, scheduler: str) -> None:
    """Says before anything runs whether the work could be given away.

    Args:
        workers: processes on this machine.
        scheduler: address of a Dask scheduler, or empty.

    Raises:
        WrongUse: workers that cannot be had, or an address that nobody answers at.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise WrongUse(f"{workers!r} workers", f"1 to {MOST_WORKERS}", paste="--workers 2")
    if scheduler and workers != 1:
        raise WrongUse(f"--workers {workers} with --scheduler", "one of them: the cluster knows its workers")
    if scheduler:
        _client(scheduler).close()


def each_chunk(run: ChunkedRun, numbers: Sequence[int], workers: int = 1, scheduler: str = "") -> Iterator[Chunk]:
    """The chunks in the order in which they are done.

    Args:
        run: what is simulated.
        numbers: of the chunks that are wanted.
        workers: processes on this machine; 1 simulates in this one.
        scheduler: address of a Dask scheduler (``tcp://host:8786``) instead; its workers need ketworks installed.

    Raises:
        SolverFailed: a chunk of which nobody could be solved, or that took several workers down.
    """
    if scheduler:
        yield from _on_cluster(run, numbers, scheduler)
    elif workers == 1:
        yield from (run.simulated(number) for number in numbers)
    else:
        yield from _on_processes(run, numbers, min(workers, max(len(numbers), 1)))


@cache
def _known(text: str, chunk: int) -> ChunkedRun:
    """One object for one run in each worker, so that what is decided for the whole cohort is decided once."""
    return ChunkedRun(text, chunk)


def _one(text: str, chunk: int, number: int) -> Chunk:
    return _known(text, chunk).simulated(number)


class _Worker:
    """A process that simulates the chunks it is sent; ``line`` is where answers come out, or nothing if it dies."""

    def __init__(self, run: ChunkedRun) -> None:
        context = get_context("spawn")
        self.line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, run.text, run.chunk), daemon=True)
        self._process.start()
        theirs.close()

    def stop(self) -> None:
        """Ends it, whatever it is doing."""
        self._process.terminate()
        self._process.join()
        self.line.close()


def _serve(line: Connection, text: str, chunk: int) -> None:
    """What a worker process does until its line is closed; Ctrl-C is answered by the process that gave the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError):
        while True:
            number = line.recv()
            try:
                line.send(_one(text, chunk, number))
            except KetworksError as error:
                line.send(error)


def _on_processes(run: ChunkedRun, numbers: Sequence[int], workers: int) -> Iterator[Chunk]:
    """A worker that dies takes its own chunk along and no other: another worker gets it."""
    waiting, tried = list(reversed(numbers)), dict.fromkeys(numbers, 0)
    busy: dict[Connection, tuple[_Worker, int]] = {}
    idle = [_Worker(run) for _ in range(workers)]
    try:
        while waiting or busy:
            while waiting and idle:
                worker, number = idle.pop(), waiting.pop()
                tried[number] += 1
                busy[worker.line] = (worker, number)
                with suppress(OSError):  # one that is dead already is found out below
                    worker.line.send(number)
            for line in wait(list(busy)):
                assert isinstance(line, Connection)
                worker, number = busy.pop(line)
                try:
                    made = worker.line.recv()
                except (EOFError, OSError) as lost:
                    worker.stop()
                    _give_up(number, tried[number], lost)
                    waiting.append(number)
                    idle.append(_Worker(run))
                    continue
                idle.append(worker)
                if isinstance(made, KetworksError):
                    raise made
                yield made
    finally:
        for worker in [*idle, *(worker for worker, _ in busy.values())]:
            worker.stop()


def _give_up(number: int, tried: int, lost: BaseException) -> None:
    """After the last attempt."""
    if tried >= ATTEMPTS:
        given = f"chunk {number} took {tried} workers down"
        raise SolverFailed(given, "workers with enough memory: smaller chunks, fewer workers") from lost


def _on_cluster(run: ChunkedRun, numbers: Sequence[int], address: str) -> Iterator[Chunk]:
    """A lost worker's chunks are given to the others by the scheduler."""
    client, distributed = _client(address), import_module("distributed")

    def running_on(number: int) -> Any:
        return client.submit(_one, run.text, run.chunk, number, pure=False)

    try:
        threads = max(sum(client.nthreads().values()), 1)
        first, rest = numbers[: AHEAD * threads], iter(numbers[AHEAD * threads :])
        running = distributed.as_completed([running_on(number) for number in first])
        for done in running:
            chunk: Chunk = done.result()
            done.release()
            if (number := next(rest, None)) is not None:
                running.add(running_on(number))
            yield chunk
    except distributed.KilledWorker as lost:
        given = f"a chunk took several workers down: {lost}"
        raise SolverFailed(given, "workers with enough memory: smaller chunks") from lost
    finally:
        client.close()


def _client(address: str) -> Any:
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise WrongUse("--scheduler without Dask", "the extra", paste='pip install "ketworks[scale]"') from error
    try:
        return distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise WrongUse(
            f"nobody answers at {address!r}: {error}", "the address of a Dask scheduler", paste="tcp://127.0.0.1:8786"
        ) from error
