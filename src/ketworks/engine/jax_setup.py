"""Sets JAX up for the model: float64 on, persistent compilation cache on. Called before the first array is made."""

from __future__ import annotations

from functools import cache

import jax

from ketworks.engine.cache import prepare


@cache
def set_up() -> None:
    """Configures JAX once per process."""
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    path = prepare()
    if path is not None:
        jax.config.update("jax_compilation_cache_dir", str(path))  # type: ignore[no-untyped-call]
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)  # type: ignore[no-untyped-call]
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
