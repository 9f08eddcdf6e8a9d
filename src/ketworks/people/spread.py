"""How one quantity is spread among people: mean and standard deviation within a range, or evenly over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ketworks.errors import WrongUse, nearest_of
from ketworks.quantity import to_number

KEYS = ("mean", "sd", "low", "high")


@dataclass(frozen=True)
class Spread:
    """One quantity as a user states it, each part with its unit.

    Args:
        mean: its mean; may be left out where it is spread evenly.
        sd: its standard deviation; left out, it is spread evenly from ``low`` to ``high``.
        low: the lowest value; the lowest that a person may have when not given.
        high: the highest value, likewise.
    """

    mean: Any = None
    sd: Any = None
    low: Any = None
    high: Any = None


class Numbers(NamedTuple):
    """A spread as numbers in the unit of its kind; ``even`` where it has no standard deviation."""

    mean: float
    sd: float
    low: float
    high: float
    even: bool = False

    def holds(self, value: Any) -> Any:
        """Whether values (any shape) lie in the range."""
        return (value >= self.low) & (value <= self.high)


def numbers_of(given: Any, unit: str, what: str, accepted: tuple[float, float]) -> Numbers:
    """A spread read and checked.

    Args:
        given: a ``Spread``, its parts in order, or its parts by name.
        unit: ``kg``, ``cm`` or ``year``.
        what: name for messages.
        accepted: lowest and highest value that a person may have, in ``unit``.

    Raises:
        WrongUse: a part without unit or outside what is accepted, a range without room, a mean outside its range.
    """
    spread = _spread(given, what, unit)
    bare = unit == "year"
    low, high = (
        edge if part is None else to_number(part, unit, f"{word} {what}", *accepted, bare=bare)
        for word, part, edge in zip(("lowest", "highest"), (spread.low, spread.high), accepted, strict=True)
    )
    if low > high:
        raise WrongUse(f"{what} from {low:g} to {high:g} {unit}", "the lowest value first")
    if spread.sd is None:
        if spread.mean is not None or spread.low is None or spread.high is None:
            raise WrongUse(
                f"{what} {given!r}", "mean and sd, or low and high alone for an even spread", paste=_paste(what, unit)
            )
        return Numbers(0.5 * (low + high), 0.0, low, high, even=True)
    mean = to_number(spread.mean, unit, f"mean {what}", low, high, bare=bare)
    return Numbers(mean, to_number(spread.sd, unit, f"sd of {what}", 0.0, accepted[1], bare=bare), low, high)


def described(numbers: Numbers, unit: str) -> dict[str, str]:
    """The spread as text with units; feeding it back makes the same one."""
    parts = {key: f"{getattr(numbers, key)!r} {unit}" for key in KEYS}
    return {key: parts[key] for key in ("low", "high")} if numbers.even else parts


def _spread(given: Any, what: str, unit: str) -> Spread:
    if isinstance(given, Spread):
        return given
    if isinstance(given, Mapping):
        for key in given:
            if key not in KEYS:
                raise WrongUse(f"{what}: unknown part {key!r}", ", ".join(KEYS), nearest_of(str(key), KEYS))
        return Spread(**given)
    if isinstance(given, list | tuple) and 2 <= len(given) <= len(KEYS):
        return Spread(*given)
    raise WrongUse(f"{what} {given!r}", "mean, standard deviation and range", paste=_paste(what, unit))


def _paste(what: str, unit: str) -> str:
    examples = {"kg": ("75 kg", "15 kg"), "cm": ("170 cm", "8 cm"), "year": ("45 y", "12 y")}
    return f"{what}=Spread{examples[unit]!r}".replace("'", '"')
