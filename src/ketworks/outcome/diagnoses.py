"""Which diagnoses can be asked for, what each is made by, and of which others nothing can be said."""

from __future__ import annotations

from collections.abc import Mapping

from ketworks.errors import CannotSay, unknown

_NOT_READ = "no controlled trial of ketamine with a number was read"

# diagnosis: the mechanisms by place that answer for it; places not named stay as they are
DIAGNOSES: Mapping[str, Mapping[str, str]] = {
    "trd": {},
    "mdd-bipolar": {"indication": "mdd-bipolar"},
    "postpartum": {"indication": "postpartum"},
    "ptsd": {"indication": "ptsd"},
    "ocd": {"indication": "ocd"},
    "sad": {"indication": "sad"},
    "aud": {"indication": "aud"},
    "suicidal-crisis": {"suicidality": "partly-through-mood"},
    "crps": {"pain": "central-sensitisation"},
    "neuropathic-pain": {"pain": "neuropathic"},
}
# diagnosis: why nothing is said, and what to look at instead
SILENT: Mapping[str, tuple[str, str]] = {
    "anorexia": (f"anorexia nervosa: {_NOT_READ}", ""),
    "generalised-anxiety": (
        f"generalised anxiety: {_NOT_READ}; social anxiety is another diagnosis",
        "--indication sad",
    ),
    "panic": (f"panic disorder: {_NOT_READ}", ""),
    "opioid-use": ("opioid use: one case and one report without a controlled number were read", "--indication aud"),
    "cocaine-use": (f"cocaine use: {_NOT_READ}", ""),
    "psychosis": ("psychosis: ketamine provokes its symptoms; nobody was treated with it in what was read", ""),
    "adolescent-depression": ("depression under 18 years: nothing after plasma has evidence there", ""),
    "pain": ("chronic pain of any kind: what was read is on two kinds of it", "--indication crps"),
}
_ALSO = {
    **{"bipolar": "mdd-bipolar", "depression": "trd", "mdd": "trd", "suicidality": "suicidal-crisis", "alcohol": "aud"},
    **{"social-anxiety": "sad", "chronic-pain": "pain", "anxiety": "generalised-anxiety"},
}


def mechanisms_for(diagnosis: str) -> dict[str, str]:
    """Mechanisms by place for a diagnosis, as ``Chain`` takes them.

    Raises:
        CannotSay: it is known, and nothing can be said of it; with the reason.
        WrongUse: it is in no list; the nearest are given.
    """
    plain = diagnosis.strip().lower().replace("_", "-").replace(" ", "-")
    name = _ALSO.get(plain, plain)
    if name in SILENT:
        reason, instead = SILENT[name]
        raise CannotSay(reason, f"one of {', '.join(DIAGNOSES)}", paste=instead)
    if name not in DIAGNOSES:
        raise unknown("indication", diagnosis, [*DIAGNOSES, *SILENT], "--indication ptsd")
    return dict(DIAGNOSES[name])
