"""A trial as it is planned: arms, people, setting, visits, losses, endpoints, analyses."""

from __future__ import annotations

from dataclasses import dataclass, field

DESIGNS = ("parallel", "crossover", "withdrawal")
MEASURES = ("madrs", "hamd17", "qids", "phq9", "pain")
BLINDING = ("double", "open")
SETTINGS = ("saline", "midazolam", "masked", "new-antidepressant", "hospital")
STRATA = ("severity", "sex")
HANDLING = ("missing", "policy")
LOST = ("either", "threshold")
ROLES = ("randomise", "stay")
NONE = "none"  # the regimen of an arm without drug
STANDARDISED, HAZARD_RATIO, MEDIAN, PEOPLE = "standardised_difference", "hazard_ratio", "median_days", "people"
STATISTICS = (
    *("mean_change", "sd_change", "rate", "difference", "rate_difference"),
    *(STANDARDISED, HAZARD_RATIO, MEDIAN, PEOPLE),
)
ENDPOINTS = ("change", "response", "remission", "relapse")
# which endpoint each analysis reads
ANALYSES = {
    "ancova": "change",
    "t": "change",
    "mmrm": "change",
    "crossover": "change",
    "logistic": "response",
    "fisher": "response",
    "bayes": "response",
    "kaplan-meier": "relapse",
    "cox": "relapse",
}


@dataclass(frozen=True)
class Arm:
    """One arm: its dose sentence, or ``none``; its share of the allocation; its own drop-out where it differs."""

    name: str
    regimen: str = NONE
    share: int = 1
    dropout_per_week: float | None = None

    @property
    def active(self) -> bool:
        """Whether the arm gets ketamine."""
        return self.regimen != NONE


@dataclass(frozen=True)
class Who:
    """People: how many, from which population, and their score before treatment (points; None: the model's own)."""

    n: int
    population: str = "trial-adults"
    baseline: float | None = None
    baseline_sd: float | None = None
    lowest: float = 0.0  # score below which nobody is included


@dataclass(frozen=True)
class Losses:
    """People who leave: hazard per week, and how many times larger it is for each ten points of score above 30."""

    per_week: float = 0.0
    severity: float = 1.0


@dataclass(frozen=True)
class Rescue:
    """From a visit on, a score at or above this brings other treatment, worth ``gain`` points at later visits.

    ``handling``: ``missing`` drops what follows, ``policy`` keeps it as measured.
    """

    score: float
    start: float  # min
    handling: str = "missing"
    gain: float = 0.0


@dataclass(frozen=True)
class Endpoint:
    """What counts, at which visit (min).

    ``fraction``: fall that is a response; ``threshold``: score of remission; None is the model's own definition.
    ``missing``: for response and remission whether the unseen fail (``failure``) or are left out (``observed``).
    Of a relapse ``lost`` says whether the response fraction counts beside the threshold (``either``) or not
    (``threshold``), and ``confirm`` how many visits running must show it; the first of them dates it.
    ``group``: of a withdrawal trial, those in one group only.
    """

    name: str
    kind: str
    at: float
    fraction: float | None = None
    threshold: float | None = None
    missing: str = "failure"
    lost: str = LOST[0]
    confirm: int = 1
    group: str = ""


@dataclass(frozen=True)
class Group:
    """People of a withdrawal trial by how their open phase went: ``kind`` at ``needed`` or more of ``visits`` (min).

    ``role``: ``randomise`` makes a stratum of those who belong to no earlier group; whoever does not fulfil a ``stay``
    has left before randomisation. ``fraction`` and ``threshold`` as of an endpoint.
    """

    name: str
    kind: str
    visits: tuple[float, ...]
    needed: int
    role: str = ROLES[0]
    fraction: float | None = None
    threshold: float | None = None


@dataclass(frozen=True)
class Withdrawal:
    """An open phase for everybody, then randomisation of those for whom it worked.

    Attributes:
        randomise: min since the first dose; a visit.
        background: variant of the outcome stage that says what the score does besides the drug over months.
        groups: in order.
    """

    randomise: float
    background: str
    groups: tuple[Group, ...]

    @property
    def strata(self) -> tuple[Group, ...]:
        """The groups that are randomised, each apart."""
        return tuple(group for group in self.groups if group.role == ROLES[0])


@dataclass(frozen=True)
class Analysis:
    """One analysis of one endpoint: two arms against each other; ``power`` asks for it in every replicate."""

    name: str
    kind: str
    endpoint: str
    arms: tuple[str, str]
    missing: str = "observed"
    power: bool = False


@dataclass(frozen=True)
class Reported:
    """A published number of this trial, with where it stands and how it was read."""

    endpoint: str
    statistic: str
    arm: str
    value: float
    source: str
    locator: str
    how_read: str
    label: str
    against: str = ""
    note: str = ""


@dataclass(frozen=True)
class Trial:
    """A whole plan. Times are minutes since the first dose of a period.

    Attributes:
        setting: what the control is, one of ``SETTINGS``: it says what people improve by without the drug, and how
            well they can tell what they got.
        blinding: ``double``, or ``open`` when everybody knows.
        block: people in a block of the allocation; 0 for one block that holds everybody.
        stratify: by what blocks are kept apart.
        washout: min between the last visit of one period of a crossover and the next period.
        chain: mechanisms chosen by stage.
        withdrawal: the open phase and who is randomised after it; None in other designs.
        measure: what is counted; baseline and ``lowest`` are points of MADRS for every depression scale.
    """

    name: str
    title: str
    who: Who
    arms: tuple[Arm, ...]
    visits: tuple[float, ...]
    endpoints: tuple[Endpoint, ...]
    analyses: tuple[Analysis, ...]
    setting: str = "saline"
    blinding: str = "double"
    design: str = "parallel"
    block: int = 0
    stratify: tuple[str, ...] = ()
    washout: float = 0.0
    losses: Losses = Losses()
    rescue: Rescue | None = None
    seed: int = 1
    note: str = ""
    chain: dict[str, str] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()
    withdrawal: Withdrawal | None = None
    measure: str = MEASURES[0]

    @property
    def periods(self) -> int:
        """How often each person is treated: once, or once with every arm."""
        return len(self.arms) if self.design == "crossover" else 1

    @property
    def period(self) -> float:
        """Min from the start of one period to the start of the next."""
        return self.visits[-1] + self.washout

    @property
    def control(self) -> int:
        """Place of the arm without drug; the last arm when all get drug."""
        return next((k for k, arm in enumerate(self.arms) if not arm.active), len(self.arms) - 1)

    def arm(self, name: str) -> int:
        """Place of an arm."""
        return [arm.name for arm in self.arms].index(name)

    def endpoint(self, name: str) -> Endpoint:
        """An endpoint by name."""
        return next(one for one in self.endpoints if one.name == name)

    def stratum(self, group: str) -> int:
        """Place of a group among those that are randomised."""
        assert self.withdrawal is not None
        return [one.name for one in self.withdrawal.strata].index(group)

    def visit(self, endpoint: Endpoint) -> int:
        """Place of an endpoint's visit."""
        return self.visits.index(endpoint.at)
