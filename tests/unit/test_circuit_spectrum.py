"""The reduced 3 x 3 circuit against all 18 state equations written out one by one: an independent path."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ketworks.circuit import bands, membrane, spectrum
from ketworks.circuit.column import column
from ketworks.circuit.rivals import DirectPyramidal, DisinhibitionPv, WithoutAmbient
from ketworks.circuit.stage import BANDS, CircuitStage, state_of
from ketworks.circuit.working_point import unbalanced, working_point

jax.config.update("jax_enable_x64", True)
P = {key: jnp.asarray(row.canonical) for key, row in CircuitStage.parameters().items()}
C = column(P)
HALF_MG_PER_KG = (0.141, 0.183, 0.215, 0.108)
ANAESTHETIC = (0.69, 0.75, 0.79, 0.61)
BLOCKS = [
    (0.0, 0.0, 0.0, 0.0),
    HALF_MG_PER_KG,
    (0.39, 0.47, 0.52, 0.33),
    ANAESTHETIC,
    (0.0, 0.0, 0.3, 0.0),
]
EDGES = [(1, 4), (4, 8), (8, 13), (13, 30), (30, 80)]


def rates(v):
    return FLAT.ceiling / (1 + jnp.exp(-(v - FLAT.threshold) / FLAT.slope))


def flat(c):
    return jax.tree.map(lambda leaf: leaf[:, 0] if leaf.ndim == 2 else leaf, c)


FLAT = flat(C)


def rhs(y, block, c=FLAT):
    """dy/dt of v(3) qA(3) sN sP sS h w1 w2 u(3) x(3), per ms."""
    k = C.k
    v, q, u, x = y[:3], y[3:6], y[12:15], y[15:18]
    n, pv, sst, h, w1, w2 = y[6:12]
    r = rates(v)
    gate = 1 / (1 + k["nmda.magnesium"] / k["nmda.magnesium_half"] * jnp.exp(-k["nmda.magnesium_slope"] * v))
    current = c.leak * (v - c.rest) + (c.ampa * q + c.drive) * (v - k["reversal.excitation"])
    current += c.nmda * (1 - block[:3]) * (n + c.tonic) * gate * (v - k["reversal.excitation"])
    current += (c.from_pv * pv + c.from_sst * sst) * (v - k["reversal.inhibition"])
    own = k["hcn.conductance"] * (1 - block[3]) * h * (v[0] - k["hcn.reversal"]) + w1 + w2
    plastic = c.recovery > 0
    du = jnp.where(plastic, (c.use - u) / jnp.where(plastic, c.facilitation, 1) + c.use * (1 - u) * r[0], c.use - u)
    dx = jnp.where(plastic, (1 - x) / jnp.where(plastic, c.recovery, 1) - u * x * r[0], 1 - x)
    singles = [
        -n / k["time.nmda"] + k["nmda.opening"] * (1 - n) * r[0],
        -pv / k["time.pv"] + r[1],
        -sst / k["time.sst"] + r[2],
        (1 / (1 + jnp.exp((v[0] - k["hcn.half"]) / k["hcn.slope"])) - h) / k["time.hcn"],
        (k["adaptation.fast"] * r[0] * 1e3 - w1) / k["time.adaptation_fast"],
        (k["adaptation.slow"] * r[0] * 1e3 - w2) / k["time.adaptation_slow"],
    ]
    dq = -q / k["time.ampa"] + u * x * r[0]
    return jnp.concatenate([-(current.at[0].add(own)) / c.capacitance, dq, jnp.stack(singles), du, dx])


def eeg(y, block):
    """GABA minus AMPA minus NMDA current of pyramidal cells, pA."""
    c, k, v = FLAT, C.k, y[0]
    gate = 1 / (1 + k["nmda.magnesium"] / k["nmda.magnesium_half"] * jnp.exp(-k["nmda.magnesium_slope"] * v))
    excitation = c.ampa[0] * y[3] + c.drive[0] + c.nmda[0] * (1 - block[0]) * (y[6] + c.tonic[0]) * gate
    inhibition = c.from_pv[0] * y[7] + c.from_sst[0] * y[8]
    return inhibition * (v - k["reversal.inhibition"]) - excitation * (v - k["reversal.excitation"])


jacobian_of = jax.jit(jax.jacfwd(rhs))


@jax.jit
def full_state(block, column=C):
    """The steady state of all 18 equations, found by Newton on them alone, from the reduced voltages."""
    v, c = working_point(column, block[:, None]).voltage[:, 0], flat(column)
    r, k = rates(v), C.k
    u = jnp.where(FLAT.recovery > 0, 0.5, FLAT.use)
    singles = jnp.array([0.1, 7 * r[1], 20 * r[2], 0.1, 5.0, 5.0])
    y = jnp.concatenate([v, k["time.ampa"] * u * r[0] * jnp.ones(3), singles, u, jnp.array([1.0, 0.5, 0.9])])
    y = jax.lax.fori_loop(0, 50, lambda _, y: y - jnp.linalg.solve(jax.jacfwd(rhs)(y, block, c), rhs(y, block, c)), y)
    return y, v


@pytest.mark.parametrize("block", BLOCKS)
def test_working_point_is_where_all_equations_rest(block: tuple[float, ...]) -> None:
    y, v = full_state(jnp.asarray(block))
    np.testing.assert_allclose(y[:3], v, atol=1e-9)
    at = working_point(C, jnp.asarray(block)[:, None])
    assert float(at.residual[0]) < 1e-9
    assert float(jnp.max(jnp.abs(unbalanced(C, at.voltage, jnp.asarray(block)[:, None])))) < 1e-9


def test_drug_free_point_is_the_stated_one() -> None:
    at = working_point(C, jnp.zeros((4, 1)))
    np.testing.assert_allclose(at.voltage[:, 0], [-60, -58, -54], atol=1e-9)
    stated = [P[f"column.rate_{cell}"] for cell in ("pyramidal", "pv", "sst")]
    np.testing.assert_allclose(at.rates[:, 0] * 1e3, stated, rtol=1e-9)
    assert jnp.all(C.drive[:2] > 0)
    assert jnp.all(C.tonic[1:] > 0)


@pytest.mark.parametrize("block", BLOCKS)
def test_spectrum_equals_that_of_the_full_jacobian(block: tuple[float, ...]) -> None:
    b = jnp.asarray(block)
    y, _ = full_state(b)
    jacobian, row = np.asarray(jacobian_of(y, b)), np.asarray(jax.grad(eeg)(y, b))
    at = working_point(C, b[:, None])
    slopes = membrane.slopes_at(C, at.voltage, at.rates, b[:, None])
    for f in (1.0, 3.0, 6.0, 10.0, 20.0, 40.0, 75.0):
        omega = 2 * np.pi * f * 1e-3
        heard = np.linalg.solve((1j * omega * np.eye(18) - jacobian).T, row)[:3]
        size = np.asarray(FLAT.noise / FLAT.capacitance)
        expected = np.sum(np.abs(heard) ** 2 * size**2) / (1 + (omega * float(C.k["time.noise"])) ** 2)
        assert float(spectrum.power_density(C, slopes, jnp.asarray(f))[0]) == pytest.approx(expected, rel=1e-8)


def test_the_column_stays_stable_from_no_drug_to_anaesthesia() -> None:
    for share in np.linspace(0, 1, 8):
        b = jnp.asarray(share * np.array(ANAESTHETIC))
        assert np.linalg.eigvals(jacobian_of(full_state(b)[0], b)).real.max() < 0


@pytest.mark.parametrize(
    "kind", [pytest.param(DisinhibitionPv, marks=pytest.mark.slow), DirectPyramidal, WithoutAmbient]
)
def test_rivals_rest_where_all_equations_do_and_stay_stable(kind) -> None:
    c = column(P, kind.layout)
    for share in (0.0, 0.2, 0.6, 1.0):
        b = jnp.asarray(share * np.array(ANAESTHETIC))
        y, v = full_state(b, c)
        np.testing.assert_allclose(y[:3], v, atol=1e-8)
        assert np.linalg.eigvals(jacobian_of(y, b, flat(c))).real.max() < 0


def test_drug_free_rhythms_are_damped_alpha_and_gamma() -> None:
    values = np.linalg.eigvals(jacobian_of(full_state(jnp.zeros(4))[0], jnp.zeros(4)))
    frequency, damping = values.imag / 2 / np.pi * 1e3, -values.real / np.abs(values)
    assert np.any((frequency > 8.5) & (frequency < 11.5) & (damping > 0.15) & (damping < 0.4))
    assert np.any((frequency > 35) & (frequency < 45) & (damping > 0.06) & (damping < 0.22))


@pytest.mark.slow
def test_band_quadrature_against_a_dense_integral() -> None:
    b = jnp.asarray(HALF_MG_PER_KG)[:, None]
    at = working_point(C, b)
    slopes = membrane.slopes_at(C, at.voltage, at.rates, b)
    low, high = (jnp.array(edge, dtype=float) for edge in zip(*EDGES, strict=True))
    powers, _ = bands.log_band_powers(lambda f: spectrum.power_density(C, slopes, f), low, high)
    for i, (a, z) in enumerate(EDGES):
        f = jnp.linspace(a, z, 2001)
        dense = jnp.mean(jax.vmap(lambda f: spectrum.power_density(C, slopes, f)[0])(f))
        assert float(powers[i, 0]) == pytest.approx(10 * np.log10(dense), abs=0.02)


@pytest.mark.slow
def test_band_powers_against_a_long_noisy_simulation() -> None:
    """Euler-Maruyama of all equations under weak noise, 2 x 400 s; the change of each band within 0.35 dB."""
    step, segment = 0.1, 20_000  # ms; 2 s of samples at 10 kHz
    key = jax.random.PRNGKey(3)
    found = []
    for block in (BLOCKS[0], BLOCKS[2]):
        b = jnp.asarray(block)
        y, _ = full_state(b)
        tau = C.k["time.noise"]

        def one(carry, kick, b=b, tau=tau):
            y, noise = carry
            noise = noise - step / tau * noise + jnp.sqrt(step) / tau * 20.0 * kick * FLAT.noise
            y = y + step * rhs(y, b).at[:3].add(noise / FLAT.capacitance)
            return (y, noise), eeg(y, b)

        def chunk(carry, key, one=one):
            carry, trace = jax.lax.scan(one, carry, jax.random.normal(key, (segment, 3)))
            window = jnp.hanning(segment)
            return carry, jnp.abs(jnp.fft.rfft((trace - jnp.mean(trace)) * window)) ** 2

        _, power = jax.lax.scan(chunk, (y, jnp.zeros(3)), jax.random.split(key, 200))
        f = np.fft.rfftfreq(segment, step * 1e-3)
        mean = np.asarray(power[2:]).mean(axis=0)
        found.append([10 * np.log10(mean[(f >= a) & (f <= z)].mean()) for a, z in EDGES])
    simulated = np.array(found[1]) - np.array(found[0])
    states, _ = state_of(P, C, jnp.asarray([BLOCKS[0], BLOCKS[2]]).T)
    linear = np.asarray(states[3 : 3 + len(BANDS), 1] - states[3 : 3 + len(BANDS), 0])
    np.testing.assert_allclose(simulated, linear, atol=0.35)
