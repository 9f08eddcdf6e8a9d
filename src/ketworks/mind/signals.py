"""What the mind stage makes."""

from __future__ import annotations

from ketworks.engine.signal import Signal

CADSS = "mind.cadss"
CADSS_MEAN = "mind.cadss_mean"
ASKED = "mind.dissociation_asked"
VOLUNTEERED = "mind.dissociation_volunteered"
HIGH = "mind.drug_high"
PSYCHOTOMIMETIC = "mind.psychotomimetic"
UNRESPONSIVE = "mind.unresponsive"
SEDATED = "mind.sedated"
MOAAS = "mind.moaas"
LADDER = "mind.sedation"
ANALGESIA = "mind.analgesia"
HEAT = "mind.analgesia.heat"
ELECTRICAL = "mind.analgesia.electrical"
MEMORY = "mind.memory"

OUTPUTS = (
    Signal(
        *(CADSS, "point", "Dissociation (CADSS total)", "#6a3d9a"),
        *("CADSS total of one person, whole points, 0-92; the typical person is the median, below the mean of many.",),
        baseline=0.0,
        headline=True,
    ),
    Signal(
        *(CADSS_MEAN, "point", "Mean dissociation (CADSS) of many people", "#a07cc5"),
        *("Mean CADSS total of many people at this level, the figure that trials print.",),
        baseline=0.0,
        headline=True,
    ),
    Signal(
        *(ASKED, "1", "Dissociation, when asked", "#8e5ea2"),
        *("Reports dissociation when asked about it in a session; without drug, as under midazolam.",),
        kind="share",
    ),
    Signal(
        *(VOLUNTEERED, "1", "Dissociation, unasked", "#c3a6d8"),
        *("Reports dissociation without being asked, as adverse events are collected.",),
        kind="share",
    ),
    Signal(
        *(HIGH, "1", "Drug high", "#c2185b"),
        *("Intensity of the felt drug effect as a share of the largest.",),
        baseline=0.0,
    ),
    Signal(
        *(PSYCHOTOMIMETIC, "1", "Psychotomimetic symptoms", "#ad6f3b"),
        *("Suspicion, ideas of reference and their like (positive symptoms), as a share of the scale.",),
        baseline=0.0,
    ),
    Signal(
        *(UNRESPONSIVE, "1", "Probability of not responding", "#263238"),
        *("Probability that the person does not respond to speech (MOAA/S 2 or below).",),
        baseline=0.0,
        headline=True,
    ),
    Signal(
        *(SEDATED, "1", "Probability of sedation", "#455a64"),
        *("Probability of any sedation (MOAA/S below 5) beyond what placebo shows.",),
        baseline=0.0,
    ),
    Signal(
        *(MOAAS, "1", "Sedation (MOAA/S)", "#78909c"),
        *("MOAA/S of one person: 5 responds readily, 4 lethargic, 3 called loudly, 2 prodded, 1 squeezed, 0 none.",),
        baseline=5.0,
    ),
    Signal(
        *(LADDER, "1", "Ladder of altered consciousness (0-4)", "#607d8b"),
        *("0 clear, 1 altered, 2 marked but responsive, 3 detached (assumed), 4 unresponsive; not MOAA/S.",),
        baseline=0.0,
    ),
    Signal(
        *(ANALGESIA, "1", "Relief of experimental pain", "#00796b"),
        *("Relief of experimental pain as a share of the largest, middle of three assays.",),
        baseline=0.0,
    ),
    Signal(
        *(HEAT, "1", "Relief of heat pain", "#26a69a"),
        *("Relief of heat pain as a share of the largest; ketamine is six times more potent here.",),
        baseline=0.0,
    ),
    Signal(
        *(ELECTRICAL, "1", "Relief of electrical pain", "#80cbc4"),
        *("Relief of electrical pain as a share of the largest.",),
        baseline=0.0,
    ),
    Signal(
        *(MEMORY, "1", "Episodic and working memory", "#5d4037"),
        *("Episodic and working memory over their values without drug; attention and priming are spared.",),
        kind="sign",
        baseline=1.0,
    ),
)
