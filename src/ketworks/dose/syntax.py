"""Typed access to the parser's trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from lark import Token, Tree

Place = tuple[int, int]
"""Start and end of a piece of text."""


def place(found: Tree[Any] | Token) -> Place:
    """Where a rule's or a token's text stands."""
    start, end = (
        (found.start_pos, found.end_pos) if isinstance(found, str) else (found.meta.start_pos, found.meta.end_pos)
    )
    return int(start or 0), int(end or 0)


def trees(tree: Tree[Any]) -> list[Tree[Any]]:
    """The rules below a rule."""
    return [child for child in tree.children if not isinstance(child, str)]


def tokens(tree: Tree[Any]) -> list[Token]:
    """The tokens below a rule, separators left out."""
    separators = ("COMMA", "AND", "AT_RATE", "OF", "BY")
    found = cast("list[Token]", [child for child in tree.children if isinstance(child, str)])
    return [token for token in found if token.type not in separators]
