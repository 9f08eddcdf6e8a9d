"""Block of HCN1 channels, the hyperpolarisation-activated current of pyramidal dendrites."""

from __future__ import annotations

from jax import Array


def hcn1_block(ketamine: Array, half: Array) -> Array:
    """Share of HCN1 current that ketamine removes.

    Equation:  I = C / (C + EC50)

    ====  =========================================================  ======
    I     blocked share                                              1
    C     unbound S- plus R-ketamine in the brain                    umol/L
    EC50  half-blocking level: 4-8 in mammalian cells, 67 in oocytes umol/L
    ====  =========================================================  ======

    Source: rows ``hcn1.*``; the two values disagree tenfold and both are kept (variant ``trapping-block-weak-hcn1``).
    Leaves out: the shift of the activation curve, norketamine, and any difference between enantiomers.
    """
    return ketamine / (ketamine + half)
