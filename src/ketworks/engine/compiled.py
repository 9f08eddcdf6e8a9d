"""Stages as compiled programs that outlive the process: traced once, compiled once, several at a time.

A new process would otherwise trace every stage again before it could look into the compilation cache, which costs more
than the run itself. A program is kept in JAX's export format with a checksum; its name holds a digest of the stage's
and the engine's source, the shapes, the JAX version and the platform, so that a stale program cannot be met.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.export
import numpy as np
from jax import Array

from ketworks.engine.cache import prepare
from ketworks.engine.parameter import part_folder
from ketworks.engine.stage import Stage, Surroundings

Program = Callable[..., dict[str, Array]]
_CHECKSUM_BYTES = 32
# these programs are many small loops: the older emitters compile them in half the time and run them no slower
# processors with vectors of 512 bits are asked for them, which LLVM avoids by itself; others are not affected
_CPU_OPTIONS = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_prefer_vector_width": 512}
_TRACED: list[str] = []
_READY: dict[tuple[Stage, Any, tuple[Any, ...]], Program] = {}


class Call(NamedTuple):
    """One stage with its arguments: arrays, or their shapes when it is only to be prepared."""

    stage: Stage
    around: Surroundings
    inputs: Mapping[str, Any]
    factors: Mapping[str, Any]


def run_stage(call: Call) -> dict[str, Array]:
    """Every output of the stage, by name; inside a transformation (grad, vmap) the stage is traced in place."""
    leaves, tree = _flat(call)
    if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
        return stage_outputs(*call)
    return _program(call.stage, leaves, tree)(*leaves)


def _flat(call: Call) -> tuple[list[Any], Any]:
    """The arrays of a call and their structure; plain numbers become arrays, since a program needs shapes."""
    leaves, tree = jax.tree_util.tree_flatten(call[1:])
    return [np.asarray(leaf) if isinstance(leaf, int | float) else leaf for leaf in leaves], tree


def traced_programs() -> int:
    """How many programs this process had to trace because none was kept; 0 when nothing is kept at all."""
    return len(_TRACED)


def prepare_stages(calls: Sequence[Call]) -> None:
    """Compiles what is not ready yet: one thread traces, the others compile what is traced."""
    waiting: dict[Any, Future[Program]] = {}
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for call in calls:
            leaves, tree = _flat(call)
            if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
                continue
            key = _key(call.stage, leaves, tree)
            if key not in _READY and key not in waiting:
                waiting[key] = pool.submit(_compiled, _lowered(call.stage, leaves, tree))
    _READY.update({key: program.result() for key, program in waiting.items()})


def stage_outputs(
    stage: Stage, around: Surroundings, inputs: Mapping[str, Array], factors: Mapping[str, Array]
) -> dict[str, Array]:
    """Runs the stage on inputs converted to the units it declared, and holds it to its promise."""
    made = stage.run(around, {name: array * factors[name] for name, array in inputs.items()})
    missing = {signal.name for signal in stage.outputs} - set(made)
    if missing:
        raise TypeError(f"stage {stage.name}[{stage.variant}] did not make {sorted(missing)}")
    return {name: jax.numpy.asarray(array, dtype=jax.numpy.float64) for name, array in made.items()}


def _program(stage: Stage, leaves: Sequence[Any], tree: Any) -> Program:
    key = _key(stage, leaves, tree)
    if key not in _READY:
        _READY[key] = _compiled(_lowered(stage, leaves, tree))
    return _READY[key]


def _compiled(lowered: Any) -> Program:
    options = _CPU_OPTIONS if jax.default_backend() == "cpu" else {}
    program: Program = lowered.compile(compiler_options=options)
    return program


def _key(stage: Stage, leaves: Sequence[Any], tree: Any) -> tuple[Stage, Any, tuple[Any, ...]]:
    return stage, tree, tuple([(leaf.shape, leaf.dtype) for leaf in leaves])


def _lowered(stage: Stage, leaves: Sequence[Any], tree: Any) -> Any:
    """The program ready to be compiled, kept or traced."""
    shapes = [jax.ShapeDtypeStruct(np.shape(leaf), leaf.dtype) for leaf in leaves]  # type: ignore[no-untyped-call]
    folder = prepare()
    path = None if folder is None else folder / f"{_digest(stage, shapes, tree)}.program"
    exported = None if path is None else _read(path)
    if exported is None:

        def program(*arrays: Array) -> dict[str, Array]:
            return stage_outputs(stage, *jax.tree_util.tree_unflatten(tree, arrays))

        exported = jax.export.export(jax.jit(program))(*shapes)
        if path is not None:
            with suppress(OSError):  # a full disk costs the next run its start, never this run its answer
                _write(path, exported)
            _TRACED.append(path.name)
    return jax.jit(exported.call).lower(*shapes)


def _digest(stage: Stage, shapes: Sequence[Any], tree: Any) -> str:
    kind = type(stage)
    parts = (
        jax.__version__,
        jax.default_backend(),
        str(jax.config.jax_enable_x64),  # type: ignore[attr-defined]
        f"{kind.__module__}.{kind.__qualname__} {stage!r}",
        source_digest(part_folder(kind)),
        source_digest(Path(__file__).parent),
        str(tree),
        str(shapes),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


@cache
def source_digest(folder: Path) -> str:
    """Digest of every file of code and values in a folder and below."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".tsv"):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> Any:
    """The kept program, or None when there is none or its checksum fails."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    checksum, body = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
    if hashlib.sha256(body).digest() != checksum:
        path.unlink(missing_ok=True)
        return None
    return jax.export.deserialize(bytearray(body))


def _write(path: Path, exported: Any) -> None:
    body = bytes(exported.serialize())
    handle, name = tempfile.mkstemp(prefix=".program.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
