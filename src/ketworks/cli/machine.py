"""``ketworks doctor``: versions, devices, cache and timings of this installation."""

from __future__ import annotations

import json
import platform
import time
from importlib.metadata import version
from typing import Any

import typer

from ketworks.cli.options import Json

PACKAGES = ("ketworks", "jax", "jaxlib", "numpy", "xarray", "h5netcdf", "pint", "matplotlib", "lark", "typer")
SENTENCE = "0.5 mg/kg iv over 40 min"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(as_json: Json = False) -> None:
    """Show versions, devices, the compilation cache and timings of a small run."""
    found = {"versions": _versions(), "devices": _devices(), "cache": _cache(), "timings_s": _timings()}
    if as_json:
        print(json.dumps(found))
        return
    for part, values in found.items():
        print(part)
        for name, value in values.items():
            print(f"  {name:28} {value}")


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _devices() -> dict[str, str]:
    import jax

    from ketworks.engine.jax_setup import set_up

    set_up()
    return {f"{device.platform} {device.id}": device.device_kind for device in jax.devices()} | {
        "processor": platform.processor() or platform.machine()
    }


def _cache() -> dict[str, str]:
    from ketworks.engine.cache import folder, prepare

    path, usable = folder(), prepare()
    if path is None:
        return {"folder": "off (KETWORKS_CACHE=off)"}
    files = [file for file in path.rglob("*") if file.is_file()] if usable else []
    size = sum(file.stat().st_size for file in files)
    state = "private, writable" if usable else "not usable: programs are compiled anew in every process"
    return {"folder": str(path), "state": state, "entries": str(len(files)), "size": f"{size / 1e6:.1f} MB"}


def _timings() -> dict[str, Any]:
    from ketworks.people.person import Person
    from ketworks.simulation import simulate

    times = {}
    for name, band in (("whole chain, first, band", True), ("whole chain, warm, band", True)):
        start = time.perf_counter()
        simulate(SENTENCE, Person(), band=band)
        times[name] = round(time.perf_counter() - start, 3)
    simulate(SENTENCE, Person(), band=False, times="0 to 24 h by 1 min")
    start = time.perf_counter()
    simulate(SENTENCE, Person(), band=False, times="0 to 24 h by 1 min")
    times["one person, 24 h by 1 min"] = round(time.perf_counter() - start, 4)
    return times
