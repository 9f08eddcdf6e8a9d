"""What to give for chronic pain, total dose or hours: the table of docs/pain.md.

Run: python examples/pain_over_dose_and_hours.py
"""

from __future__ import annotations

import ketworks as kw

REGIMENS = {
    "0.5 mg/kg, 40 min": "0.5 mg/kg iv over 40 min",
    "80 mg, 2 h": "80 mg iv over 2 h",
    "80 mg, 8 h": "80 mg iv over 8 h",
    "0.35 mg/kg/h, 4 h, 10 d": "0.35 mg/kg/h iv for 4 h daily for 10 d",
    "980 mg, 40 h": "980 mg iv over 40 h",
    "980 mg, 10 d": "980 mg iv over 240 h",
    "15 mg/h, 72 h": "15 mg/h iv for 72 h",
    "25 mg/h, 5 d": "25 mg/h iv for 5 d",
    "S-ketamine 5 mg/h, 100 h": "esketamine 5 mg/h iv for 100 h",
    "S-ketamine 22 mg/h, 100 h": "esketamine 22 mg/h iv for 100 h",
}
VARIANTS = ("central-sensitisation", "saturating-input")


def scores(sentence: str, variant: str) -> list[float]:
    """Mean pain at 7 and at 28 days."""
    found = kw.simulate(
        sentence, outputs=["pain.mean_score"], times="0,7,28 d", chain=kw.Chain(pain=variant), band=False
    )
    return [float(one) for one in found.tables["pain.mean_score"][0, 1:]]


print("| regimen | level delayed first, 7 d | 28 d | level saturates first, 7 d | 28 d |")
print("|---|---|---|---|---|")
for words, sentence in REGIMENS.items():
    cells = [f"{one:.1f}" for variant in VARIANTS for one in scores(sentence, variant)]
    print(f"| {words} | " + " | ".join(cells) + " |")
