"""One line of ``ketworks check``: what was predicted, what was observed, and whether they meet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

PASS, MISS, SKIPPED, ERROR = "pass", "miss", "skipped", "error"
VERDICTS = {
    PASS: "inside the stated band",
    MISS: "outside the stated band",
    SKIPPED: "not run, with the reason",
    ERROR: "the simulation failed or gave no number",
}


@dataclass(frozen=True)
class CheckRow:
    """One point of one study.

    Attributes:
        study: study id.
        signal: signal name (``a / b`` for a ratio of two).
        statistic: how the number was taken, with its time or window.
        predicted, observed: numbers in ``unit``, or directions.
        ratio: predicted over observed where both are numbers and the observed one is not zero.
        band: the accepted range or direction, as stated before the run.
        unit: unit of predicted, observed and band.
        label: ``calibration``, ``check`` or ``validation``.
        verdict: one of ``VERDICTS``.
        reason: why it was skipped or failed.
        source, locator, grade, note: where the observed value comes from and how good it is.
    """

    study: str
    signal: str
    statistic: str
    predicted: float | str | None
    observed: float | str | None
    ratio: float | None
    band: tuple[float, float] | str
    unit: str
    label: str
    verdict: str
    reason: str
    source: str
    locator: str
    grade: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """The row in plain types, ready for JSON."""
        return asdict(self)
