"""What the outcome stage makes; the meaning of each depends on whether a control treatment is included."""

from __future__ import annotations

from ketworks.engine.signal import Signal

MEAN_EFFECT = "outcome.mean_effect"
DRUG_EFFECT = "outcome.drug_effect"
DRUG_SHARE = "outcome.drug_share"
MADRS = "outcome.madrs"
RESPONSE = "outcome.response"
REMISSION = "outcome.remission"
RELAPSE = "outcome.relapse"


def outputs(included: str, short: str, control: str) -> tuple[Signal, ...]:
    """The signals of the stage; ``included`` says what the score contains, ``short`` so in two words; ``control`` names
    the control on top of which the drug acts."""
    return (
        Signal(
            *(MEAN_EFFECT, "point", "Mean drug effect (MADRS)", "#2a6f97"),
            *(
                "Mean fall of MADRS caused by the drug in people with this exposure, on top of what the control brings "
                f"({control}); placebo and expectancy excluded.",
            ),
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *(DRUG_EFFECT, "point", "Drug effect (MADRS)", "#61a5c2"),
            *("One person's fall of MADRS caused by the drug; the typical person is the median, below the mean.",),
            baseline=0.0,
        ),
        Signal(
            *(DRUG_SHARE, "1", "Share taken away by the drug", "#2a9d8f"),
            *("Share that the drug takes of what the control leaves of a person's score; the same in any setting.",),
            baseline=0.0,
        ),
        Signal(
            *(MADRS, "point", "MADRS of the typical person", "#9b2226"),
            *(f"Depression score of one person: {included}.",),
            headline=True,
        ),
        Signal(
            *(RESPONSE, "1", f"Response, {short}", "#588157"),
            *(f"MADRS has fallen by half or more: {included}.",),
            kind="share",
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *(REMISSION, "1", f"Remission, {short}", "#386641"),
            *(f"MADRS at or below the remission threshold: {included}.",),
            kind="share",
            baseline=0.0,
            headline=True,
        ),
        Signal(
            *(RELAPSE, "1", f"Response lost, {short}", "#bc6c25"),
            *(f"An earlier response is lost: {included}.",),
            kind="share",
            baseline=0.0,
        ),
    )
