"""Memory: episodic and working memory fall with the level; only the direction is known."""

from __future__ import annotations

from jax import Array

from ketworks.mind.experience import odds_of_level


def memory(level: Array, c50: Array) -> Array:
    """Episodic and working memory over their values without drug; read its direction and order of doses only.

    Equation:  m = 1 / (1 + D / C50_m)
    Symbols:   D level at the effect site - ng/mL; C50_m the person's - ng/mL
    Source:    direction and order of doses: Morgan 2004 (0.4 and 0.8 mg/kg), Harborne 1996 (25 mg im); C50_m assumed
    Leaves out: what is spared (attention, priming, executive functions), retrieval, driving.
    """
    return 1.0 / (1.0 + odds_of_level(level, c50, 1.0))
