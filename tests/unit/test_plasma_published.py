"""Published plasma models: printed numbers solved a second time, what varies with what, what each may be asked."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import ketworks as kw
from ketworks.dose.route import ROUTES
from ketworks.engine.chain import Chain
from ketworks.engine.propagate import Channel, propagate, single
from ketworks.engine.schedule import Schedule
from ketworks.engine.stage import Stage
from ketworks.errors import CannotSay, WrongUse
from ketworks.evidence import sources
from ketworks.people.person import Person
from ketworks.plasma import mammillary
from ketworks.plasma.cards import card_of, every_card
from ketworks.plasma.flint2017.model import deviations as flint_deviations
from ketworks.plasma.flint2017.rising_clearance import metabolite_amount
from ketworks.plasma.mammillary import MammillaryPlasma, correlated, lay_out
from ketworks.plasma.otto2021.model import deviations as otto_deviations
from ketworks.registry import make

Floats = NDArray[np.float64]
KETAMINE = 237.73  # g/mol
H = 60.0


class Printed(NamedTuple):
    """Volumes (L, central first), flows and clearance (L/h) at 70 kg as the sources print them, and the powers."""

    volumes: tuple[float, ...]
    flows: tuple[float, ...]
    clearance: float
    power: float = 0.75
    share: float = 1.0
    half_time: float = 0.0  # min


def from_rates(per_kg: float, k10: float, *pairs: tuple[float, float]) -> Printed:
    v1 = per_kg * 70
    return Printed(
        (v1, *(out * v1 / back for out, back in pairs)), tuple(o * v1 * H for o, _ in pairs), k10 * v1 * H, 1
    )


PRINTED = {
    "otto2021": Printed((133, 187, 98.8), (23.2, 157), 95.2),
    "flint2017": Printed((7.73, 545), (196,), 112),
    "herd2007": Printed((38.7, 102), (215,), 90),
    "sherwin2015": Printed((20.5, 220), (87.3,), 87.9),
    "hornik2018": Printed((32.8, 152), (54.9,), 38.9, share=0.41, half_time=5),
    "brunette2011": Printed((38.7, 102), (215,), 90, share=0.45, half_time=59),
    "kamp2020": Printed((25, 56, 157), (161, 79), 84),
    "domino1984": from_rates(0.063, 0.4381, (0.5921, 0.2470), (0.5900, 0.0146)),
    "clements1981": from_rates(1.7522, 0.0109, (0.0186, 0.0137)),
    "hijazi2003": from_rates(1.08, 0.0333, (0.0088, 0.0030)),
}
OF_S = ("otto2021", "flint2017")
ROUTE = {"brunette2011": "oral"}
ALL = sorted(PRINTED)


def model(name: str) -> MammillaryPlasma:
    stage = make("plasma", name)
    assert isinstance(stage, MammillaryPlasma)
    return stage


def run(
    stage: Stage,
    times: Floats,
    doses: list[tuple[float, float, float]],
    route: str = "iv",
    weight: float = 70.0,
    eta: dict[str, float] | None = None,
    racemate: bool = True,
) -> dict[str, Floats]:
    """Levels of one person; doses are start (min), duration (min), mg."""
    start, duration, mg = (np.array(column) for column in zip(*doses, strict=True))
    umol = jnp.asarray(mg / KETAMINE * 1000.0)[None, :]
    s, r = (0.5 * umol, 0.5 * umol) if racemate else (umol, 0.0 * umol)
    codes = jnp.full(len(doses), ROUTES.index(route))
    schedule = Schedule(jnp.asarray(start), jnp.asarray(duration), s, r, codes)
    person = {name: jnp.array([value]) for name, value in Person().covariates().items()} | {
        "weight": jnp.array([weight])
    }
    drawn = {name: jnp.array([(eta or {}).get(name, 0.0)]) for name in stage.random_effects}
    names = tuple(signal.name for signal in stage.outputs)
    made = Chain([stage]).run(names, jnp.asarray(times), schedule, person, drawn).signals
    return {name: np.asarray(value)[0] for name, value in made.items()}


def ketamine(name: str, times: Floats, doses: list[tuple[float, float, float]], **more: Any) -> Floats:
    found = run(model(name), times, doses, more.pop("route", ROUTE.get(name, "iv")), racemate=name not in OF_S, **more)
    return next(values for signal, values in found.items() if "nor" not in signal)


def by_ode(
    printed: Printed, weight: float, times: Floats, doses: list[tuple[float, float, float]], route: str
) -> Floats:
    """The level from the printed numbers by SciPy's solver, with nothing of the model's code, ng/mL."""
    size = weight / 70.0
    volumes = np.array(printed.volumes) * size
    flows = np.array(printed.flows) * size**printed.power / H
    clearance = printed.clearance * size**printed.power / H
    uptake = math.log(2) / printed.half_time if route != "iv" else 0.0

    def slope(t: float, y: Floats, rate: float) -> Floats:
        depot, a = y[0], y[1:]
        between = flows * (a[0] / volumes[0] - a[1:] / volumes[1:])
        central = rate + uptake * depot - clearance * a[0] / volumes[0] - between.sum()
        return np.concatenate([[-uptake * depot, central], between])

    edges = sorted({times[-1], *(t for start, lasting, _ in doses for t in (start, start + lasting))})
    state, level = np.zeros(len(volumes) + 1), np.zeros_like(times)
    for here, after in zip(edges, [*edges[1:], None], strict=True):
        bolus = sum(mg for start, lasting, mg in doses if start == here and lasting == 0)
        state = state + bolus * np.eye(len(state))[0 if route != "iv" else 1] * (
            printed.share if route != "iv" else 1.0
        )
        if after is None:
            level[times == here] = state[1] / volumes[0]
            continue
        rate = sum(mg / lasting for start, lasting, mg in doses if lasting and start <= here < start + lasting)
        inside = (times >= here) & (times < after)
        asked = np.append(times[inside], after)
        found = solve_ivp(
            slope, (here, after), state, "DOP853", asked, args=(rate,), rtol=1e-12, atol=1e-14, max_step=20
        )
        level[inside] = found.y[1, :-1] / volumes[0]
        state = found.y[:, -1]
    return 1000.0 * level


TIMES = np.array([0.0, 1, 3, 7, 15, 30, 40, 45, 60, 90, 120, 121, 150, 200, 300, 480, 720])
COURSE = [(0.0, 0.0, 20.0), (0.0, 40.0, 35.0), (120.0, 0.0, 10.0)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name != "otto2021"])
def test_level_is_that_of_an_ode_solver(name: str) -> None:
    doses = COURSE if name != "brunette2011" else [(0.0, 0.0, 20.0), (120.0, 0.0, 10.0)]
    expected = by_ode(PRINTED[name], 20.0, TIMES, doses, ROUTE.get(name, "iv"))
    found = ketamine(name, TIMES, doses, weight=20.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * expected.max())


def test_otto_scales_the_central_volume_and_the_clearance_only() -> None:
    printed, size = PRINTED["otto2021"], 100.0 / 70.0
    own = printed._replace(
        volumes=(printed.volumes[0] * size, *printed.volumes[1:]), clearance=printed.clearance * size**0.75
    )
    expected = by_ode(own, 70.0, TIMES, COURSE, "iv")
    np.testing.assert_allclose(
        ketamine("otto2021", TIMES, COURSE, weight=100.0), expected, rtol=0, atol=1e-8 * expected.max()
    )


@pytest.mark.parametrize(
    ("name", "peak"),
    [
        ("otto2021", 158),
        ("kamp2020", 253),
        ("domino1984", 240),
        ("clements1981", 177),
        ("hijazi2003", 225),
        ("herd2007", 253),
        ("hornik2018", 495),
    ],
)
def test_peak_of_the_usual_infusion_stays(name: str, peak: float) -> None:
    """Peaks of 35 mg over 40 min at 70 kg as docs/evidence/pk.md simulated them from the same numbers."""
    found = ketamine(name, np.array([0.0, 20.0, 40.0, 60.0]), [(0.0, 40.0, 35.0)])
    assert found.max() == pytest.approx(peak, abs=0.7)


def test_hijazi_meets_clearance_volume_and_half_life_of_its_abstract() -> None:
    late = np.array([0.0, 1800.0, 1800.0 + 4.9 * H])
    level = ketamine("hijazi2003", late, [(0.0, 0.0, 70.0)])
    half_life = 4.9 * math.log(2) / math.log(level[1] / level[2])
    assert half_life == pytest.approx(4.9, rel=0.05)
    plateau = ketamine("hijazi2003", np.array([0.0, 7200.0]), [(0.0, 7200.0, 70.0 * 120)])[1]
    clearance = 1e6 / 60.0 / plateau  # mL/min/kg at 1 mg/kg/h, level in ng/mL
    assert clearance == pytest.approx(36.0, rel=0.05)
    assert clearance / 1000 * half_life * H / math.log(2) == pytest.approx(16.0, rel=0.05)  # L/kg


@pytest.mark.slow
def test_nothing_is_lost_between_ketamine_and_norketamine() -> None:
    stage = model("otto2021")
    p = {key: np.float64(row.canonical) for key, row in stage.parameters().items()}
    eta = {name: jnp.zeros(1) for name in stage.random_effects}
    c = stage.constants(p, {"weight": jnp.array([82.0])}, eta)
    assert c.metabolite is not None
    layout = lay_out(c)
    layout.add(single(jnp.zeros(1)), "left")
    layout.flux(mammillary.METABOLITE, "left", c.metabolite.clearance / c.metabolite.volumes[0])
    places = ("central", "central_2", "central_3", "metabolite", "metabolite_2", "left")
    read = layout.readings(dict.fromkeys(places, 1.0), {"left": 1.0})
    dose = Channel(layout.vector({"central": 1.0}), jnp.zeros(1), jnp.array([30.0]), jnp.array([[147.0]]))
    held, left = np.asarray(propagate(layout.cascade(), [dose], jnp.array([30.0, 100.0, 1e3, 1e5]), read))[0]
    np.testing.assert_allclose(held, 147.0, rtol=1e-10)
    assert left[0] < 20.0
    assert left[-1] == pytest.approx(147.0, rel=1e-6)


def test_correlated_is_the_factor_of_any_covariance() -> None:
    root = np.array([[0.5, 0.0, 0.0], [0.2, 0.4, 0.0], [-0.3, 0.1, 0.6]])
    full = root @ root.T
    columns = [correlated(full, list(np.eye(3)[:, k])) for k in range(3)]
    np.testing.assert_allclose(np.array(columns).T, np.linalg.cholesky(full), atol=1e-15)


def test_drawn_effects_vary_together_as_published() -> None:
    z = np.random.default_rng(3).standard_normal((4, 200_000))
    names = ("central_volume", "clearance", "norketamine_central_volume", "norketamine_clearance")
    eta = {f"plasma.{name}": jnp.asarray(row) for name, row in zip(names, z, strict=True)}
    otto = {key: np.float64(row.canonical) for key, row in model("otto2021").parameters().items()}
    for prefix, published in (("", (0.0842, 0.0226, 0.026)), ("norketamine_", (0.0404, 0.0446, 0.1032))):
        pair = otto_deviations(otto, prefix, eta)
        found = np.cov(np.stack([pair["central_volume"], pair["clearance"]]))
        np.testing.assert_allclose([found[0, 0], found[0, 1], found[1, 1]], published, rtol=0.03)
    flint = {key: np.float64(row.canonical) for key, row in model("flint2017").parameters().items()}
    both = np.stack(flint_deviations(flint, eta))
    assert np.corrcoef(both)[0, 1] == pytest.approx(0.506, abs=0.01)
    spread = np.std(np.exp(both), axis=1) / np.mean(np.exp(both), axis=1)
    np.testing.assert_allclose(spread, [0.402, 1.04], rtol=0.05)


def norketamine_by_ode(weight: float, times: Floats, slower: float) -> Floats:
    """Flint's children with the clearance rising in the equation itself: 1 mg/kg, then 2.4 mg/kg/h for 24 h, ng/mL."""
    size = weight / 70.0
    flow = size**0.75 / H
    lost = 53.2 * flow / size * math.exp(slower)

    def slope(t: float, y: Floats, rate: float) -> list[float]:
        a, b, n = y
        out, between = 112 * flow * a / (7.73 * size), 196 * flow * (a / (7.73 * size) - b / (545 * size))
        return [rate - out - between, between, out - lost * (1 + 0.0087 * t / H) * n]

    state, level = np.array([weight, 0.0, 0.0]), np.zeros_like(times)
    for here, after, rate in ((0.0, 1440.0, 2.4 * weight / H), (1440.0, times[-1], 0.0)):
        inside = (times >= here) & (times <= after)
        asked = np.union1d(times[inside], after)
        found = solve_ivp(slope, (here, after), state, "LSODA", asked, args=(rate,), rtol=1e-11, atol=1e-13)
        level[inside] = found.y[2][np.isin(asked, times[inside])] / size
        state = found.y[:, -1]
    return 1000.0 * level


@pytest.mark.parametrize("draw", [-2.5, -0.35, 0.0, 2.0])
def test_the_rising_clearance_of_norketamine_is_followed(draw: float) -> None:
    times = np.array([0.0, 1, 2, 4, 8, 20, 60, 240, 720, 1440, 1441, 1445, 1460, 1500, 1700, 2400])
    doses = [(0.0, 0.0, 7.0), (0.0, 1440.0, 2.4 * 7 * 24)]
    eta = {"plasma.norketamine_clearance": draw}
    found = run(model("flint2017"), times, doses, weight=7.0, eta=eta, racemate=False)["plasma.s_norketamine.venous"]
    spread = math.sqrt(math.log1p(1.04**2)) * math.sqrt(1 - 0.506**2)
    expected = norketamine_by_ode(7.0, times, spread * draw)
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-4 * expected.max())


def test_a_metabolite_as_fast_as_a_mode_of_its_parent_is_finite() -> None:
    stage = model("flint2017")
    p = {key: np.float64(row.canonical) for key, row in stage.parameters().items()}
    c = stage.constants(p, {"weight": jnp.array([70.0])}, {name: jnp.zeros(1) for name in stage.random_effects})
    parent = lay_out(c._replace(metabolite=None)).cascade()
    fast = -float(np.min(parent.rates))
    times = jnp.array([0.0, 1.0, 5.0, 30.0])
    schedule = Schedule(jnp.zeros(2), jnp.array([0.0, 20.0]), jnp.ones((1, 2)), jnp.zeros((1, 2)))

    def amount(rate: float) -> Floats:
        rates = jnp.full((1, 4), rate)
        return np.asarray(metabolite_amount(parent, jnp.ones(1), rates, schedule, schedule.s_amount, times))[0]

    assert amount(fast)[0] == 0.0
    np.testing.assert_allclose(amount(fast)[1:], amount(fast * (1 + 1e-5))[1:], rtol=1e-4)


def test_muscle_gives_a_part_and_takes_its_time() -> None:
    stage = model("hornik2018")
    by_muscle = stage.fitted(frozenset({"route:im", "route:iv"}))
    times = np.arange(0.0, 60.0, 0.5)
    level = run(by_muscle, times, [(0.0, 0.0, 112.0)], "im", weight=14.0)["plasma.ketamine.venous"]
    assert abs(level[0]) < 1e-9 * level.max()
    assert 5.0 <= times[np.argmax(level)] <= 22.0
    expected = by_ode(PRINTED["hornik2018"], 14.0, times, [(0.0, 0.0, 112.0)], "im")
    np.testing.assert_allclose(level, expected, rtol=0, atol=1e-8 * expected.max())
    assert "hornik2018.im_half_time" in by_muscle.support()["plasma.ketamine.venous"]
    into_vein = stage.fitted(frozenset({"route:iv"}))
    assert "hornik2018.im_half_time" not in into_vein.support()["plasma.ketamine.venous"]


@pytest.mark.parametrize("name", ALL)
def test_card_and_stage_agree(name: str) -> None:
    card, stage = card_of(name), model(name)
    assert card is not None
    assert card.id == name == stage.variant
    assert card.source in sources.load()
    assert {signal.name.rpartition(".")[2] for signal in stage.outputs} == {card.site}
    assert card.drugs == (("esketamine",) if name in OF_S else ("ketamine",))
    assert set(stage.routes) | set(stage.absorbed) == set(card.routes)
    analytes = {signal.name.split(".")[1] for signal in stage.outputs}
    s_only = {"s_ketamine", "ketamine", "s_norketamine", "norketamine"}
    assert analytes == (s_only if name in OF_S else {"ketamine"})
    assert set(stage.residual) == (set(stage.rests_on) if name in OF_S else set())
    assert {id for one in stage.residual.values() for id in one if id} <= set(stage.parameters())


def test_every_card_can_be_read() -> None:
    assert set(ALL) <= set(every_card())
    for card in every_card().values():
        assert card.defects
        assert card.ages[0] < card.ages[1]
        assert card.weights[0] < card.weights[1]


def test_the_total_of_an_esketamine_model_is_the_enantiomer() -> None:
    found = run(model("otto2021"), TIMES, COURSE, racemate=False)
    np.testing.assert_array_equal(found["plasma.ketamine.venous"], found["plasma.s_ketamine.venous"])
    np.testing.assert_array_equal(found["plasma.norketamine.venous"], found["plasma.s_norketamine.venous"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_a_dose_of_nothing_gives_nothing(name: str) -> None:
    found = run(model(name), TIMES, [(0.0, 40.0, 0.0)], ROUTE.get(name, "iv"))
    assert all((values == 0.0).all() for values in found.values())


@pytest.mark.parametrize("name", ALL)
def test_model_runs_through_the_public_face(name: str) -> None:
    card = card_of(name)
    assert card is not None
    age = 40 if card.ages[1] > 40 else 1
    drug = "esketamine " if name in OF_S else ""
    sentence = f"{drug}1 mg/kg {'oral' if name == 'brunette2011' else 'iv over 10 min'}"
    person = kw.Person(age=age, weight="70 kg" if age == 40 else "10 kg")
    found = kw.simulate(sentence, person, kw.Chain(plasma=name), times="0,10,60 min", band=False)
    level = found.tables[f"plasma.ketamine.{card.site}"][0]
    assert abs(level[0]) < 1e-9 * level.max()
    assert level[2] > 1.0  # ng/mL
    assert np.isfinite(level).all()
    wrong = "1 mg/kg iv bolus" if name in OF_S else sentence.replace("1 mg/kg", "esketamine 1 mg/kg")
    with pytest.raises((WrongUse, CannotSay), match="ketamine"):
        kw.simulate(wrong, person, kw.Chain(plasma=name), times="10 min", band=False)
