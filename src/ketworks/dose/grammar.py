"""The compiled grammar of ``sentence.lark``; lark is imported at the first sentence, not before."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark

_FILE = Path(__file__).parent / "sentence.lark"


@cache
def grammar(start: str) -> Lark:
    """The parser of one start rule."""
    from lark import Lark

    return Lark(_FILE.read_text(encoding="utf-8"), parser="lalr", propagate_positions=True, start=start)


@cache
def terminals() -> dict[str, str]:
    """The regular expression of each terminal."""
    return {terminal.name: terminal.pattern.to_regexp() for terminal in grammar("sentence").terminals}
