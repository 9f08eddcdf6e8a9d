"""The house rules of the code: which part may import which, no circles, short files, lazy heavy imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ketworks"
STAGES = (
    *("dose", "plasma", "comedication", "receptor", "circuit", "rhythm"),
    *("brain", "body", "organs", "mind", "pain", "plasticity", "outcome"),
)
# An import may only go to the left. One entry is one floor; names on a floor do not import each other.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("quantity",),
    ("time_points", "other_drugs", "engine"),
    ("evidence", "events"),
    STAGES,
    ("people",),
    ("plasma_choice",),
    ("registry",),
    ("overrides", "caveats", "left_out", "configuration"),
    ("result", "batches"),
    ("simulation", "peaks"),
    ("io", "check", "comparison"),
    ("report",),
    ("predictive", "exposure", "eeg", "rivals", "safety", "scale", "trial", "readings", "derivatives"),
    ("claims",),
    ("cli",),
    ("__main__",),
)
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
# Methods of a result that save, draw and explain it reach up, when called and not before.
RESULT_REACHES = {"peaks", "io", "report"}
NOT_AT_IMPORT = ("jax", "jaxlib", "scipy", "xarray", "pandas", "matplotlib", "pint", "h5netcdf", "lark", "statsmodels")


class Import(NamedTuple):
    module: str  # importing module, dotted, without "ketworks."
    target: str  # imported module, dotted, without "ketworks."; "" is the package itself
    line: int
    when: str  # "import" time, "call" time, or for "types" only


def module_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path) for path in module_files()}


def imports_in(source: str, module: str) -> Iterator[Import]:
    """Every import of the project itself, relative ones and ``import_module("ketworks...")`` included."""
    yield from _walk(ast.parse(source), module, "import")


def _walk(node: ast.AST, module: str, when: str) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner = when
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = "call" if when == "import" else when
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            inner = "types"
        for target in _targets(child, module):
            yield Import(module, target, child.lineno, when)  # type: ignore[attr-defined]
        yield from _walk(child, module, inner)


def _targets(node: ast.AST, module: str) -> list[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            raise AssertionError(f"{module}:{node.lineno}: relative import; write ketworks.<...>")
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        names = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    ours = [name.removeprefix("ketworks").lstrip(".") for name in names if name.split(".")[0] == "ketworks"]
    return [name if name in MODULES else name.rpartition(".")[0] for name in ours]


def all_imports() -> list[Import]:
    return [found for path in module_files() for found in imports_in(path.read_text("utf-8"), module_name(path))]


def top(module: str) -> str:
    return module.split(".")[0]


def breaks_order(found: Import) -> bool:
    here, there = top(found.module), top(found.target)
    if here == there or not here or not there:  # within one part; the face; ``from ketworks import __version__``
        return False
    if here == "result" and there in RESULT_REACHES and found.when != "import":
        return False
    return FLOOR[there] >= FLOOR[here]


def circle_in(edges: dict[str, set[str]]) -> list[str]:
    """One circle of the graph, or an empty list."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for after in sorted(edges.get(node, ())):
            if circle := visit(after, [*path, node]):
                return circle
        done.add(node)
        return []

    return next((circle for node in sorted(edges) if (circle := visit(node, []))), [])


def graph(found: list[Import]) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for one in found:
        if one.target != one.module and one.target:
            edges.setdefault(one.module, set()).add(one.target)
    return edges


def test_every_part_has_a_floor() -> None:
    assert {top(module) for module in MODULES if module} <= set(FLOOR)


def test_imports_run_one_way() -> None:
    offenders = [f"{one.module}:{one.line} imports {one.target}" for one in all_imports() if breaks_order(one)]
    assert offenders == []


def test_no_circle_between_modules() -> None:
    running = [one for one in all_imports() if one.when != "types" and one.module != "result"]
    at_import = [one for one in all_imports() if one.when == "import"]
    assert circle_in(graph(running)) == []
    assert circle_in(graph(at_import)) == []


@pytest.mark.parametrize(
    ("module", "line", "forbidden"),
    [
        ("body.stage", "from ketworks.plasma.signals import SIGNALS", True),
        ("body.stage", "def f():\n    from ketworks.plasma import signals", True),
        ("engine.chain", "from ketworks.evidence.parameters import load", True),
        ("engine.chain", "import ketworks.body.stage", True),
        ("engine.chain", "importlib.import_module('ketworks.body.stage')", True),
        ("evidence.lint", "from ketworks.check.run import run", True),
        ("result", "from ketworks.report.html import write_report", True),
        ("result", "def f():\n    from ketworks.report.html import write_report", False),
        ("body.stage", "from ketworks.engine.stage import Stage", False),
        ("cli.run", "from ketworks.report.html import write_report", False),
    ],
)
def test_the_rule_sees(module: str, line: str, forbidden: bool) -> None:
    assert any(breaks_order(one) for one in imports_in(line, module)) is forbidden


def test_a_circle_is_seen() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}}) == []


def python_files() -> list[Path]:
    return [path for folder in ("src", "tests", "bench", "requirements") for path in (ROOT / folder).rglob("*.py")]


def test_files_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length >= 400} == {}


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the name to the end, without the docstring, which may hold a table of symbols."""
    doc = function.body[0] if ast.get_docstring(function) else None
    return (function.end_lineno or 0) - function.lineno + 1 - ((doc.end_lineno or 0) - doc.lineno + 1 if doc else 0)


def test_functions_stay_short() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {body_length(node)} lines"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_length(node) >= 50
    ]
    assert offenders == []


def test_no_error_is_swallowed() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in module_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert offenders == []


def test_no_drawer_for_odds_and_ends() -> None:
    assert [
        module for module in MODULES if {"utils", "util", "helpers", "misc", "common"} & set(module.split("."))
    ] == []


def test_folders_are_at_most_three_deep() -> None:
    folders = [path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    assert [str(folder) for folder in folders if len(folder.parts) > 2] == []  # ketworks/part/folder


@pytest.mark.parametrize("module", ["ketworks", "ketworks.cli.main"])
def test_heavy_libraries_wait_until_needed(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({NOT_AT_IMPORT!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
