"""Heart rate, stroke volume and vascular resistance as turnovers that one baroreflex restrains.

All quantities are relative to their value without drug, so that 1 is the resting state of every person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array


class Drive(NamedTuple):
    """What the drug asks of the circulation before the reflex answers, relative to rest, one shape.

    ``depression`` is what a direct effect on the heart muscle leaves of its force: 1 without drug.
    """

    sympathetic: Array
    vasodilation: Array
    inotropy: Array
    depression: Array


def acting_level(s_ketamine: Array, r_ketamine: Array, s_norketamine: Array, weights: tuple[Array, Array]) -> Array:
    """The level that pushes: S-ketamine with R-ketamine at its weight, held down by S-norketamine.

    Equation:  L = S + w_R R;  D = L^2 / (L + w_N N), which is L - w_N N for small w_N N and never negative
    Symbols:   S, R, N arterial S-ketamine, R-ketamine, S-norketamine - ng/mL; w_R, w_N potency over that of S - 1
    Source:    Kamp 2021 (S-norketamine opposes S-ketamine: the sign only); w_R the ratio at the NMDA receptor (Ebert
               1997) for the sympathetic push and for the vessels, none for the heart's force (Kunst 1999)
    Leaves out: R-norketamine and later metabolites (no effect on output was found); any action of S-norketamine alone.
    """
    r_weight, n_weight = weights
    agonist = s_ketamine + r_weight * r_ketamine
    total = agonist + n_weight * s_norketamine
    return agonist * agonist / jnp.where(total > 0.0, total, 1.0)


def sensitivity(eta: Array, cv: Array) -> Array:
    """How strongly one person's circulation answers, 1 for the typical person.

    Equation:  theta = max(0, 1 + cv * eta)
    Symbols:   eta standard-normal draw - 1; cv spread of the largest pressure rise over its mean - 1
    Source:    body/parameters.tsv, from the spread of individual largest rises under racemic ketamine
    Leaves out: falls of pressure under the drug (one person in five shows no rise); differences between sessions. A
               log-normal theta with the same spread was tried: its upper tail is hardly longer, since the reflex
               compresses large rises, and its typical person is no mean person.
    """
    return jnp.maximum(0.0, 1.0 + cv * eta)


def drug_drive(central: Array, cardiac: Array, total: Array, theta: Array, p: Mapping[str, Array]) -> Drive:
    """Four effects of ketamine: central sympathetic drive, direct vasodilation, inotropy, and depression of the muscle.

    Equation:  E_sym = theta A_sym D/(D + C50_sym);  E_vaso = theta A_vaso D/(D + C50_sym);
               E_ino = theta A_ino F/(F + C50_ino);  E_dep = 1/(1 + (S + R)/C50_dep)
    Symbols:   D, F levels that drive the sympathetic system and the heart's force - ng/mL; S + R - ng/mL;
               A largest effect - 1; C50 - ng/mL; theta personal sensitivity - 1
    Source:    form after Snelder 2014 (rats), constants fitted to human points by ``body/calibrate.py``; E_dep from
               strips of human heart muscle (Kunst 1999)
    Leaves out: a C50 of its own for vasodilation (no human point tells it from that of sympathetic drive); binding of
               ketamine in plasma, which would weaken E_dep further.

    Args:
        central, cardiac: D and F at the effect site, ng/mL, shape (people, times).
        total: S- and R-ketamine together, likewise.
        theta: sensitivity, broadcastable to them.
        p: parameter values.
    """
    push = theta * central / (central + p["baroreflex.sympathetic_c50"])
    heart = theta * cardiac / (cardiac + p["baroreflex.inotropy_c50"])
    return Drive(
        sympathetic=p["baroreflex.sympathetic_most"] * push,
        vasodilation=p["baroreflex.vasodilation_most"] * push,
        inotropy=p["baroreflex.inotropy_most"] * heart,
        depression=1.0 / (1.0 + total / p["baroreflex.depression_c50"]),
    )


def reflex(pressure: Array, gain: Array) -> Array:
    """What the baroreflex leaves of every sympathetic push when pressure departs from rest.

    Equation:  b = 1 - FB (MAP/MAP0 - 1)
    Symbols:   MAP/MAP0 - 1; FB gain - 1
    Source:    Snelder 2014 (form); Kienbaum 2001 (gain: clamped against free pressure)
    Leaves out: resetting, delay, saturation, the vagal limb as a limb of its own.
    """
    return 1.0 - gain * (pressure - 1.0)


def stroke_volume(turnover: Array, rate: Array, filling: Array) -> Array:
    """Stroke volume, lower when a faster heart has less time to fill.

    Equation:  SV/SV0 = s (1 - a ln(HR/HR0))
    Symbols:   s contractile turnover state - 1; HR/HR0 - 1; a - 1
    Source:    Snelder 2014 (form; the number was not read and is assumed)
    Leaves out: preload, posture, venous tone.
    """
    return turnover * (1.0 - filling * jnp.log(rate))


def turnover(state: Array, drive: Drive, p: Mapping[str, Array]) -> Array:
    """Rates of change of heart rate h, contractile state s and resistance r.

    Equation:  dh/dt = k_h ((1 + g_h E_sym) b - h)
               ds/dt = k_s ((1 + E_ino) E_dep b - s)
               dr/dt = k_r ((1 + g_r E_sym) / (1 + E_vaso) b - r)
               MAP/MAP0 = h s (1 - a ln h) r;  b = 1 - FB (MAP/MAP0 - 1)
    Symbols:   h, s, r relative to rest - 1; k = 1/tau - 1/min; g gain of sympathetic drive - 1
    Source:    Snelder 2014 (form); tau from the human model of Ursino 1998; gains fitted, see ``body/calibrate.py``
    Leaves out: reflex delays of seconds, breathing, hormones, kidney.

    Args:
        state: h, s, r; shape (3, people).
        drive: drug pushes, each (people,), constant or at one time.
        p: parameter values.

    Returns:
        1/min, shape (3, people).
    """
    rate, contractile, resistance = state
    pressure = rate * stroke_volume(contractile, rate, p["baroreflex.filling"]) * resistance
    target = targets(drive, p) * reflex(pressure, p["baroreflex.gain"])
    per_minute = 60.0 / jnp.stack([p[f"baroreflex.{name}_lag"] for name in ("rate", "contractility", "resistance")])
    return per_minute[:, None] * (target - state)


def targets(drive: Drive, p: Mapping[str, Array]) -> Array:
    """Where h, s and r would settle without a reflex; shape (3, ...).

    Equation:  h = 1 + g_h E_sym;  s = (1 + E_ino) E_dep;  r = (1 + g_r E_sym) / (1 + E_vaso)
    Symbols:   E drug pushes - 1; E_dep what depression leaves - 1; g gain of sympathetic drive - 1
    Source:    form after Snelder 2014; vasodilation divides, since it adds conductance, which also keeps r positive
    Leaves out: single vascular beds.
    """
    return jnp.stack(
        [
            1.0 + p["baroreflex.rate_gain"] * drive.sympathetic,
            (1.0 + drive.inotropy) * drive.depression,
            (1.0 + p["baroreflex.resistance_gain"] * drive.sympathetic) / (1.0 + drive.vasodilation),
        ]
    )


def sympathetic_activity(drive: Array, pressure: Array, gain: Array) -> Array:
    """Muscle sympathetic activity relative to rest.

    Equation:  SNA/SNA0 = (1 + E_sym) b
    Symbols:   E_sym central drive - 1; b what the reflex leaves of it - 1
    Source:    Kienbaum 2001: 18 bursts/min awake, 35 with S-ketamine, 53 with pressure clamped back
    Leaves out: single bursts, their link to the heart beat, plasma noradrenaline.
    """
    return (1.0 + drive) * reflex(pressure, gain)
