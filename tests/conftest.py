"""What every test starts from: float64, a compilation cache of the tests' own, hypothesis without a stopwatch."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

# compiled programs are kept between test runs, apart from the user's own cache
os.environ["KETWORKS_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")

from ketworks.engine.jax_setup import set_up

set_up()

_SLOW_IS_FINE = [HealthCheck.too_slow]  # the first example of a shape compiles
settings.register_profile("default", max_examples=25, deadline=None, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=250)
settings.load_profile("ci" if os.environ.get("CI") else "default")
