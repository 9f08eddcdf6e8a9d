"""What a person waits for: the first start with empty caches, later starts, the import."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Row, best_of

PROGRAM = Path(sys.executable).parent / "ketworks"
SENTENCE = "0.5 mg/kg iv over 40 min"
OTHER = ("35 mg iv over 60 min", "--weight", "62kg", "--age", "33", "--sex", "male")
# the least that any program on this engine needs: start Python, import JAX, read one compiled program from the cache
FLOOR = """
import jax
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_compilation_cache_dir", {cache!r})
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
jax.jit(lambda x: x * 2.0)(1.0).block_until_ready()
"""


def _call(command: list[str], cache: str, folder: str) -> None:
    subprocess.run(command, cwd=folder, env={**os.environ, "KETWORKS_CACHE": cache}, check=True, capture_output=True)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder) / "cache")
        floor_cache = str(Path(folder) / "floor")

        def run(*arguments: str) -> None:
            _call([str(PROGRAM), "run", *arguments], cache, folder)

        def python(code: str) -> None:
            _call(_python(code), cache, folder)

        bare = best_of(5, lambda: python("pass"))
        imported = best_of(5, lambda: python("import ketworks"))
        floor = best_of(3, lambda: python(FLOOR.format(cache=floor_cache)))
        first = best_of(1, lambda: run(SENTENCE))
        second = best_of(3, lambda: run(SENTENCE))
        other = best_of(1, lambda: run(*OTHER))
        plain = best_of(3, lambda: run(SENTENCE, "--no-report"))
        single = best_of(2, lambda: run(SENTENCE, "--no-report", "--no-band"))
    return [
        Row("import ketworks", imported - bare, "s", "bare Python", bare, 0.3),
        Row("first run, empty cache, with report", first, "s", "JAX and one small program", floor, 15.0),
        Row("second run, with report", second, "s", "JAX and one small program", floor, 2.5),
        Row("another sentence and person, first time", other, "s", "second run", second, 2.5),
        Row("second run, no report", plain, "s", "JAX and one small program", floor, 2.5),
        Row("typical person alone, no report", single, "s", "JAX and one small program", floor),
    ]
