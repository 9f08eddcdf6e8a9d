"""``ketworks block``: how much NMDA current a concentration at the channel takes, without a dose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ketworks.cli.options import Json
from ketworks.errors import WrongUse

if TYPE_CHECKING:
    from ketworks.receptor.without_dose import BlockCourse, SettledBlock

_POINTS = 11
_DURATION = "10"


def complete_blocker(incomplete: str) -> list[str]:
    """Drugs for tab completion."""
    from ketworks.receptor.blockers import BLOCKERS

    return [name for name in BLOCKERS if name.startswith(incomplete)]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("block")(block)


def block(
    concentration: Annotated[
        str, typer.Option(help="Unbound concentration at the channel with unit, such as '0.5 umol/L'.")
    ] = "",
    drug: Annotated[
        str,
        typer.Option(
            help="ketamine (racemate), esketamine, arketamine, norketamine, s-norketamine, r-norketamine, "
            "hydroxynorketamine or memantine.",
            autocompletion=complete_blocker,
        ),
    ] = "ketamine",
    voltage: Annotated[str, typer.Option(help="Membrane voltage with unit.")] = "-60 mV",
    subunit: Annotated[str, typer.Option(help="2A, 2B, 2C or 2D; all four when not given.")] = "",
    magnesium: Annotated[str, typer.Option(help="Magnesium outside, with unit.", show_default="1 mmol/L")] = "",
    open_probability: Annotated[
        str, typer.Option(help="Open probability of the receptors, 0 to 1: how busy they are.", show_default="0.01")
    ] = "",
    kinetic: Annotated[bool, typer.Option("--kinetic", help="From no block on, over --seconds.")] = False,
    seconds: Annotated[str, typer.Option(help="With --kinetic: how long.", show_default=_DURATION)] = "",
    as_json: Json = False,
) -> None:
    """NMDA current lost to a channel blocker at a concentration, voltage and subunit.

    Examples: ketworks block --concentration "0.5 umol/L"; ketworks block --drug memantine --concentration "1 uM"
    --voltage "-50 mV" --subunit 2D --open-probability 0.001 --kinetic --seconds 20 --json
    """
    from ketworks.receptor import given_amount as amounts
    from ketworks.receptor.without_dose import block_over_time, settled_block

    if not concentration:
        raise WrongUse("no concentration", "--concentration", paste='ketworks block --concentration "0.5 umol/L"')
    if seconds and not kinetic:
        raise WrongUse("--seconds without --kinetic", "both, or neither", paste=f"--kinetic --seconds {seconds}")
    opening, one, outside = open_probability or None, subunit or None, magnesium or None
    settled = settled_block(drug, concentration, voltage, opening, subunit=one, magnesium=outside)
    course = None
    if kinetic:
        given = seconds or _DURATION
        end = amounts.number(f"{given} s" if given.strip()[-1:].isdigit() else given, amounts.DURATION)
        times = [end * i / (_POINTS - 1) for i in range(_POINTS)]
        course = block_over_time(drug, concentration, voltage, opening, times=times, subunit=one, magnesium=outside)
    conditions = {
        "concentration_umol_per_L": amounts.number(concentration, amounts.CONCENTRATION),
        "voltage_mV": amounts.number(voltage, amounts.VOLTAGE),
        "magnesium_mmol_per_L": settled.magnesium,
        "open_probability": settled.open_probability,
    }
    print(json.dumps(as_dict(settled, course, conditions)) if as_json else text(settled, course, conditions))


def as_dict(settled: SettledBlock, course: BlockCourse | None, conditions: dict[str, float]) -> dict[str, Any]:
    """The answer for machines."""
    found: dict[str, Any] = {
        "drug": settled.drug,
        **conditions,
        "grade": settled.grade,
        "set_by": list(settled.weakest),
        "notes": list(settled.notes),
        "subunits": {
            q: {
                "block": float(settled.share[i]),
                "half_blocking_umol_per_L": float(settled.half_blocking[i]),
                "settling_s": float(settled.settling[i]),
            }
            for i, q in enumerate(settled.subunits)
        },
    }
    if course is not None:
        blocks = {q: course.share[:, i].tolist() for i, q in enumerate(course.subunits)}
        found["course"] = {"times_s": course.times.tolist(), "block": blocks, "error": course.error}
    return found


def text(settled: SettledBlock, course: BlockCourse | None, conditions: dict[str, float]) -> str:
    """The answer for people."""
    level, volts, magnesium, opening = conditions.values()
    lines = [
        f"{settled.drug}, {level:g} umol/L unbound at the channel, {volts:g} mV, {magnesium:g} mmol/L magnesium, "
        f"open probability {opening:g}",
        "",
        "subunit  block   half-blocking   time constant",
        *(
            f"{q:<7}  {percent(settled.share[i]):>5}   {settled.half_blocking[i]:.2g} umol/L".ljust(33)
            + f"{settled.settling[i]:.2g} s"
            for i, q in enumerate(settled.subunits)
        ),
    ]
    if course is not None:
        lines += ["", "second  " + "".join(f"{q:>7}" for q in course.subunits)]
        for time, shares in zip(course.times, course.share, strict=True):
            lines.append(f"{time:<8.3g}" + "".join(f"{percent(share):>7}" for share in shares))
    first = ", ".join(settled.weakest[:3])
    more = f" and {len(settled.weakest) - 3} more" if len(settled.weakest) > 3 else ""
    lines += ["", f"grade {settled.grade}, set by {first}{more}", *settled.notes]
    return "\n".join(lines)


def percent(share: float) -> str:
    """A share in words that do not look more exact than they are."""
    return f"{100.0 * share:.0f} %" if share >= 0.01 else "<1 %" if share > 0.0 else "0 %"
