"""Analgesia: relief of experimental pain by S-ketamine, with a spread between people of its own."""

from __future__ import annotations

from jax import Array

from ketworks.mind.experience import odds_of_level


def analgesia(level: Array, c50: Array) -> Array:
    """Relief of pain as a share of the largest.

    Equation:  A = D_a / (D_a + C50),  D_a = S + w_a R
    Symbols:   S, R levels at the effect site - ng/mL; w_a potency of R - 1; C50 of the person for this
               kind of pain - ng/mL
    Source:    C50 and parent only: Simons 2022; heat to electrical pain: Sigtermans 2009; exponent 1 assumed
    Leaves out: hyperalgesia after the end (heat pain, Sigtermans 2009); norketamine, which may oppose (Noppers 2012);
                chronic pain, whose relief outlasts the drug by weeks.
    """
    odds = odds_of_level(level, c50, 1.0)
    return odds / (1.0 + odds)


def more_sensitive(c50: Array, ratio: Array) -> Array:
    """C50 of the more sensitive pain from that of the less sensitive one.

    Equation:  C50_heat = C50_electrical / r
    Symbols:   C50 - ng/mL; r how many times more potent ketamine is on heat pain - 1
    Source:    r = 6, Sigtermans 2009
    Leaves out: that another group finds the C50s of three assays within a factor of 1.4 (Simons 2022).
    """
    return c50 / ratio
