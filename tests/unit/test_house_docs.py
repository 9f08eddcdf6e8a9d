"""What the pages for people say is true of the code: links lead somewhere, examples are read by the real readers."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

import pytest

import ketworks as kw
from ketworks.cli.main import app
from ketworks.evidence.studies import load_file

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md")


def blocks(page: str, language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", (ROOT / page).read_text("utf-8"), re.M | re.S)
    return [textwrap.dedent(text) for _, text in found]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_paths_exist(page: str) -> None:
    named = re.findall(r"`((?:src|tests|docs|bench|requirements|engine)/[\w/.]+)`", (ROOT / page).read_text("utf-8"))
    example = "src/ketworks/evidence/studies/bp_example.toml"
    paths = [path if not path.startswith("engine/") else f"src/ketworks/{path}" for path in named if path != example]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 120


def test_example_study_is_a_study(tmp_path: Path) -> None:
    [text] = blocks("CONTRIBUTING.md", "toml")
    path = tmp_path / "bp_example.toml"
    path.write_text(text)
    study = load_file(path)
    assert study.id == "bp_example"
    assert study.compare[0].signal == "body.systolic"


def test_python_example_uses_public_names() -> None:
    [text] = blocks("README.md", "python")
    used = {
        node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "kw"
    }
    assert used
    assert used <= set(kw.__all__)
    methods = set(re.findall(r"\bs\.(\w+)\(", text))
    assert methods
    assert all(hasattr(kw.Simulation, name) for name in methods)


def test_commands_in_the_readme_exist() -> None:
    import typer

    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = re.findall(r"^\./run ([a-z]+)", "\n".join(blocks("README.md", "sh")), re.M)
    assert named
    assert set(named) <= known
