"""What the pain stage makes; the setting (which pain) is the variant's."""

from __future__ import annotations

from ketworks.engine.signal import Signal

SCORE = "pain.score"
MEAN = "pain.mean_score"
PLACEBO = "pain.placebo_score"
FALL = "pain.fall"
RELIEF = "pain.relief"
SLOW = "pain.slow_relief"
RESPONDER = "pain.responder"


def outputs(whose: str) -> tuple[Signal, ...]:
    """The signals of the stage; ``whose`` says in words which pain."""
    return (
        Signal(
            *(SCORE, "point", "Pain (0-10) of the typical responder", "#b5179e"),
            f"Pain on the scale 0-10 in {whose}; the typical person responds, a cohort holds those who do not.",
        ),
        Signal(
            *(MEAN, "point", "Mean pain (0-10) of many people", "#f72585"),
            f"Mean score of many people with {whose} at this level, responders and others; what trials print.",
        ),
        Signal(
            *(PLACEBO, "point", "Pain (0-10) under placebo", "#c77dbb"),
            f"What the same person with {whose} would report under placebo; no drug in it, whatever is given.",
        ),
        Signal(
            *(FALL, "point", "Fall of pain (0-10) from before", "#e06fcb"),
            "Points by which the score has fallen from before treatment; trials count 2 points or 30 % as response.",
            baseline=0.0,
        ),
        Signal(
            *(RELIEF, "1", "Relief of pain", "#9d0b82"),
            "Share of the pain before treatment that is gone; 1 is complete relief.",
            baseline=0.0,
        ),
        Signal(
            *(SLOW, "1", "Slow relief of pain", "#7209b7"),
            "Share of pain that the slow part of the drug takes away; it outlasts the drug by weeks.",
            baseline=0.0,
        ),
        Signal(
            *(RESPONDER, "1", "Responders to treatment", "#560bad"),
            "1 for a person whom treatment with the drug relieves, else 0; a draw of the person, not of the dose.",
            kind="share",
        ),
    )
