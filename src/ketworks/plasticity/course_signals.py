"""The solved chain as the signals of the stage: the same for every mechanism."""

from __future__ import annotations

from jax import Array

from ketworks.plasticity import signals
from ketworks.plasticity.exponential_steps import Course
from ketworks.plasticity.gates.gate import seen

_SEEN = (signals.FAST_GAIN, signals.SYNAPSES)  # what works through AMPA receptors when one looks


def named(share: Array, course: Course, at_test: Array) -> dict[str, Array]:
    """Outputs and their error estimates by name.

    Args:
        share: drive as a share of the largest, shape (people, times).
        course: what the solver made of it.
        at_test: share of AMPA throughput when the effect is looked at, scalar.
    """
    made = {
        signals.DRIVE: share,
        signals.DOSES: course.received,
        f"error.{signals.DOSES}": course.received_error,
    }
    for i, name in enumerate(signals.STATES):
        made[name] = seen(course.states[i], at_test) if name in _SEEN else course.states[i]
        made[f"error.{name}"] = course.state_error[i]
    return made
