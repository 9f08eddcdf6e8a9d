"""Runs the benchmarks and prints each measurement as a ratio to something measured beside it.

usage: ./bench/run [latency] [chain] [gradient] [propagator] [plasma] [cohort] [circuit] [--json FILE]
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

from measure import Row, table

PARTS = ("propagator", "gradient", "plasma", "cohort", "chain", "circuit", "latency")


def main(arguments: list[str]) -> int:
    path = None
    if "--json" in arguments:
        place = arguments.index("--json")
        if place + 1 == len(arguments):
            print("--json: no file named\n  try: ./bench/run --json bench.json", file=sys.stderr)
            return 2
        path = Path(arguments.pop(place + 1))
        arguments.remove("--json")
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        print(f"unknown part {unknown[0]!r}\n  expected: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in arguments or PARTS:
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        rows += import_module(name).rows()
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}\n\n{table(rows)}")
    if path:
        found = [{**row._asdict(), "ratio": row.ratio, "verdict": row.verdict} for row in rows]
        path.write_text(json.dumps({"machine": machine, "rows": found}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
