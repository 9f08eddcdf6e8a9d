"""Options that several commands share, as one value that a command takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any, get_type_hints

Command = Callable[..., None]


def with_options(
    command: Command,
    name: str,
    options: Mapping[str, tuple[Any, Any]],
    described: Callable[[dict[str, Any], dict[str, Any]], Any],
) -> Command:
    """The command with these options where its parameter ``name`` stands, so that typer sees them as its own.

    Args:
        command: with a keyword parameter ``name``.
        name: of the parameter that users do not see.
        options: what stands in its place: the annotation with its ``typer.Option``, and the default.
        described: what the command gets as ``name``, from the values of these options and from all others.
    """
    hints = {key: kind for key, kind in command.__annotations__.items() if key != name}
    hints = get_type_hints(SimpleNamespace(__annotations__=hints), command.__globals__, include_extras=True)
    seen: list[inspect.Parameter] = []
    for own in inspect.signature(command).parameters.values():
        shown = options.items() if own.name == name else [(own.name, (hints[own.name], own.default))]
        seen += [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for key, (kind, default) in shown
        ]

    @wraps(command)
    def typed(**given: Any) -> None:
        chosen = {key: given.pop(key) for key in options}
        command(**given, **{name: described(chosen, given)})

    typed.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]
    typed.__annotations__ = {one.name: one.annotation for one in seen} | {"return": None}
    return typed
