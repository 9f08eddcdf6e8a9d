"""Expectancy and unblinding: what people guess they got, from what they feel, and what the guess is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketworks.trial.settings import Setting

Floats = NDArray[np.float64]
_QUANTILES = 1000


def felt_effect(dissociation: Floats, rise: Floats, pressure: float) -> Floats:
    """What gives the treatment away.

    Equation:  z = C + w max(dP, 0)
    Symbols:   C highest dissociation of the first session - points; dP highest rise of systolic pressure - mmHg;
               w - points/mmHg
    Source:    row ``trial.felt_pressure`` (assumed)
    Leaves out: taste, nausea, what staff let slip, later sessions, what people know from earlier treatment.
    """
    return dissociation + pressure * np.maximum(rise, 0.0)


def guess_probability(felt: Floats, setting: Setting) -> Floats:
    """Probability of guessing that one got the drug.

    Equation:  p = 1 / (1 + exp(-b (z - z50)))
    Symbols:   z felt effect - points; z50 effect at which half guess drug - points; b - 1/points
    Source:    rows ``trial.*_threshold`` and ``trial.*_slope`` (assumed); b = 0 where nobody can tell (p = 1/2)
    Leaves out: guesses from improvement: who got better guesses drug, which would make unblinding look larger than
               it is.
    """
    return 1.0 / (1.0 + np.exp(-setting.slope * (felt - setting.threshold)))


def expectancy_points(guessed: Floats, reference: Floats, held: Floats, worth: float, points: float) -> Floats:
    """Fall of the score by expectancy, beyond what the other terms already hold.

    Equation:  X_i = X (y (g_i - r_i) - h_i)
    Symbols:   X - points; g guess, 1 drug and 0 control; r probability with which the same person guesses drug on the
               blinded control of this trial, whose change holds that much; h what the drug effect holds already: by how
               much more often the person guesses drug on ketamine than on midazolam in trials against midazolam, 0 in
               control arms; y share of expectancy that a guess can still win in this setting - 1
    Source:    terms of docs/evidence/clinical.md section 3; X calibrated on 3 to 5 points between saline and midazolam
    Leaves out: nocebo, raters' expectancy, and that a belief fades.
    """
    return points * (worth * (guessed - reference) - held)


def sensation(setting: Setting, share: Floats) -> Floats:
    """What the control itself lets people feel, by their place among all people.

    Equation:  z = -m ln(1 - u)
    Symbols:   m mean felt effect of the control - points; u share of people who feel less - 1
    Source:    rows ``trial.*_sensation`` (assumed); exponential, since most feel little
    Leaves out: that sedation feels unlike dissociation.
    """
    return -setting.sensation * np.log1p(-share)


def guess_variance(setting: Setting) -> float:
    """Mean of p (1 - p) over people on the control, the share of a guess that is chance, by 1,000 quantiles."""
    share = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    probability = guess_probability(sensation(setting, share), setting)
    return float(np.mean(probability * (1.0 - probability)))


def control_sd(setting: Setting, rating: float, points: float, chance: float) -> float:
    """Spread of the control's change that belongs to the person, so that all terms together spread as published.

    Equation:  s_p^2 = s^2 - s_r^2 - X^2 v
    Symbols:   s published spread; s_r of one rating; X worth of the guess - points; v mean of p (1 - p) - 1
    Source:    sum of variances of independent terms
    Leaves out: a correlation between them; never below zero.
    """
    return float(np.sqrt(max(setting.sd**2 - rating**2 - points**2 * chance, 0.0)))
