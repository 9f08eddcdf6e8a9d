"""``ketworks models``: the published plasma models, and the card of each."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from textwrap import indent, shorten, wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ketworks.cli.options import Json

if TYPE_CHECKING:
    from ketworks.engine.parameter import Parameter
    from ketworks.engine.stage import Stage
    from ketworks.plasma.card import Card

_WIDTH, _MARGIN = 118, 2
_POPULATION = 58  # letters of the population in the table; the card has all
_COLUMNS = ("id", "drug", "routes", "site", "population", "n", "source", "grade")


def complete_model(incomplete: str) -> list[str]:
    """Ids of models for tab completion."""
    from ketworks.plasma.cards import every_card

    return [name for name in every_card() if name.startswith(incomplete)]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("models")(models)


def models(
    model: Annotated[
        str, typer.Argument(help="Id of a model; every model when empty.", autocompletion=complete_model)
    ] = "",
    as_json: Json = False,
) -> None:
    """List the plasma models, or show one: 'ketworks models herd2007'; run one with '--plasma herd2007'."""
    from ketworks.errors import unknown
    from ketworks.plasma.cards import every_card

    cards = every_card()
    if not model:
        lines = [_line(card) for card in cards.values()]
        print(json.dumps(lines) if as_json else _table(lines))
        return
    if model not in cards:
        raise unknown("plasma model", model, cards, "ketworks models")
    print(json.dumps(_whole(cards[model])) if as_json else _page(cards[model]))


def _stage(card: Card) -> Stage | None:
    """The model's stage with all its routes; None when the card describes a model that is not a choice (yet)."""
    from ketworks.registry import make, variants

    if card.id not in variants()["plasma"]:
        return None
    return make("plasma", card.id).fitted(frozenset(f"route:{route}" for route in card.routes))


def _rows(stage: Stage | None) -> list[Parameter]:
    """The rows behind the model's levels and samples by any of its routes, without those of chemistry."""
    if stage is None:
        return []
    named = {name for names in stage.support().values() for name in names}
    named |= {name for residual in stage.residual.values() for name in residual if name}
    return [row for row in stage.parameters().values() if row.id in named and row.species != "chemical"]


def _line(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "drug": ", ".join(card.drugs),
        "routes": ", ".join(card.routes),
        "site": card.site if card.site_known else f"{card.site}?",
        "population": card.population,
        "n": card.people or None,
        "source": card.source,
        "grade": max((row.grade for row in _rows(_stage(card))), default=""),
    }


def _table(lines: list[dict[str, Any]]) -> str:
    """The models as text; a question mark behind a site says that it was not read."""
    shown = [
        {
            **line,
            "population": shorten(line["population"], _POPULATION, placeholder=" ..."),
            "routes": shorten(line["routes"], 24, placeholder=" ..."),
            "n": str(line["n"] or "?"),
        }
        for line in lines
    ]
    widths = {name: max(len(name), *(len(line[name]) for line in shown)) for name in _COLUMNS}
    head = "  ".join(name.ljust(widths[name]) for name in _COLUMNS).rstrip()
    rule = "  ".join("-" * widths[name] for name in _COLUMNS)
    body = ["  ".join(line[name].ljust(widths[name]) for name in _COLUMNS).rstrip() for line in shown]
    below = "site?: assumed (E).  grade: of the weakest value behind it, by any route.  ketworks models ID: its card."
    return "\n".join([head, rule, *body, "", below])


def _page(card: Card) -> str:
    parts = [f"{card.id}: {card.title}", *_about(card)]
    parts += ["", "Defects"] + [text for defect in card.defects for text in _wrapped(defect, "- ")]
    stage = _stage(card)
    if stage is None:
        return "\n".join([*parts, "", "No stage runs it yet."])
    parts += ["", "Equations"]
    for name, words in _equations(stage).items():
        parts += [" " * _MARGIN + name, indent(words, " " * 2 * _MARGIN), ""]
    parts.append("Parameters")
    parts += [text for row in _rows(stage) for text in _parameter(row)]
    return "\n".join(parts)


def _about(card: Card) -> list[str]:
    """What the card says before its defects, one wrapped line a fact."""
    from ketworks.evidence.sources import load

    source = load()[card.source]
    paper = ". ".join(part for part in (source.short, source.title, f"doi:{source.doi}" if source.doi else "") if part)
    facts = {
        "Paper": f"{paper} (read as {source.how_read})",
        "Drug": ", ".join(card.drugs),
        "Routes": ", ".join(card.routes),
        "Site": f"{card.site}, {'as read' if card.site_known else 'assumed: not read'}",
        "People": f"{card.people or 'number not read'}; {card.population}",
        "For": f"{_span(card.ages)} y, {_span(card.weights)} kg",
        "Sampled": f"to {card.sampled_until:g} min" if card.sampled_until else "not read until when",
        "Structure": card.structure,
        "Covariates": card.covariates,
        "Tried, left out": card.covariates_excluded,
        "Between people": card.between_person,
        "Residual": card.residual,
    }
    return [text for name, words in facts.items() for text in _wrapped(words, f"{name + ':':<17}")]


def _span(ends: tuple[float, float]) -> str:
    return f"{ends[0]:g} to {ends[1]:g}"


def _wrapped(words: str, first: str) -> list[str]:
    margin = " " * _MARGIN
    return wrap(words, _WIDTH, initial_indent=margin + first, subsequent_indent=margin + " " * len(first))


def _equations(stage: Stage) -> dict[str, str]:
    """The docstrings of all functions behind the model's levels, each once, by name."""
    functions = dict.fromkeys(function for listed in stage.equations.values() for function in listed)
    return {function.__name__: inspect.getdoc(function) or "" for function in functions}


def _parameter(row: Parameter) -> list[str]:
    unit = "" if row.unit == "1" else f" {row.unit}"
    span = "" if row.low is None or row.high is None else f" [{row.low:g}, {row.high:g}; {row.interval}]"
    words = (
        f"{row.id} = {row.value:g}{unit}{span}  {row.grade}  {row.source}: {row.locator} ({row.method})  {row.meaning}"
    )
    return wrap(words, _WIDTH, initial_indent=" " * _MARGIN, subsequent_indent=" " * 3 * _MARGIN)


def _whole(card: Card) -> dict[str, Any]:
    """Card, equations and parameters in plain types."""
    stage = _stage(card)
    return {
        **asdict(card),
        "grade": _line(card)["grade"],
        "equations": {} if stage is None else _equations(stage),
        "parameters": [vars(row) for row in _rows(stage)],
        "signals": [] if stage is None else [signal.name for signal in stage.outputs],
        "residual_error": {} if stage is None else {name: one._asdict() for name, one in stage.residual.items()},
    }
