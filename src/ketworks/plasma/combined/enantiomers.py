"""S- and R-ketamine side by side: what the two share, and the two clearances in which they differ."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
from jax import Array

from ketworks.plasma.liver.first_pass import LiverState
from ketworks.plasma.simons2022.equations import Constants


def both_enantiomers(p: Mapping[str, Array], printed: Constants, liver: LiverState) -> Constants:
    """The constants of S-ketamine in all people, then of R-ketamine in the same people.

    CL_S = CL rK      CL_R = CL rK 0.86      CLN = CLN rN      CLH_R = CLH / 1.8      fm = 1

    Symbols: CL, CLN, CLH clearances of ketamine, norketamine, hydroxynorketamine - L/min; rK, rN what age, organs
             and co-medication make of the hepatic clearances - 1; fm share of ketamine that becomes norketamine - 1
    Source:  Simons 2022 for S; ratio Wang 2019; hydroxynorketamine Hasan 2021; rK, rN ``plasma/liver/first_pass.py``
    Leaves out: an effect of R- on S-ketamine (reports disagree; none seen at 0.5 to 2 mg/kg); all other differences.
    """
    s = printed._replace(
        clearance=printed.clearance * liver.clearance_ratio,
        clearance_n=printed.clearance_n * liver.norketamine_clearance_ratio,
        to_n=p["combined.fraction_norketamine"] * jnp.ones_like(printed.to_n),
    )
    r = s._replace(
        clearance=s.clearance * p["enantiomer.clearance_ratio"],
        clearance_h=s.clearance_h / p["enantiomer.hydroxynorketamine_exposure_ratio"],
    )
    return Constants(*(jnp.concatenate(pair) for pair in zip(s, r, strict=True)))


def both_livers(p: Mapping[str, Array], liver: LiverState) -> LiverState:
    """Gut wall and liver as S-, then as R-ketamine meets them, of shape (2 people,).

    E_R = E_S (1 - h (1 - 0.86))

    Symbols: E share taken out by one pass - 1; h share of the difference in clearance that is the liver's - 1
    Source:  h = 1 is assumed: with one flow through the liver, 0.86 times the clearance is 0.86 times the extraction;
             the gut wall is taken as equal for both
    Leaves out: a difference in the gut wall, which nobody measured.
    """
    doubled = LiverState(*(jnp.concatenate([part, part]) for part in liver))
    weaker = 1.0 - p["enantiomer.hepatic_share"] * (1.0 - p["enantiomer.clearance_ratio"])
    return doubled._replace(extraction=jnp.concatenate([liver.extraction, weaker * liver.extraction]))
