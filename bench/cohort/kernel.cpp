// The slow chain of many people by a Rosenbrock method, written by hand for this one model.
//
// Rodas4 (Hairer & Wanner, Solving ODEs II: six stages, order 4 with an embedded 3, L-stable, dense output of order 3),
// eight people side by side with one step size for the eight, steps as their largest error allows. The Jacobian is
// written out; its elimination follows the flow of the model, so that only blocks of two and three states are
// factorised and everything else is substitution. Groups of eight go to the cores as these get free.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

namespace {

constexpr int LANES = 8, STATES = 25, STAGES = 6, PERSONAL = 19, READINGS = 17;
typedef double Lanes __attribute__((vector_size(8 * LANES)));
typedef std::int64_t Bits __attribute__((vector_size(8 * LANES)));

enum State { K1, K2, K3, T1, T2, N1, N2, U1, U2, H1, H2, BK, BN, ES, RS, HA, HT, HR, CO, RE, A, D, N, K, RECEIVED };

// handed over in this order: native.py reads it here
struct Shared {
    double mass_k, mass_n, mass_h, to_n, to_h, potency_n, free_k, free_n, k_brain, k_experience, k_response, k_heart,
        weight_n, c50_push, c50_force, c50_depression, most_push, most_force, most_dilation, rate_gain, resistance_gain,
        reflex_gain, filling, k_rate, k_force, k_resistance, share, systole0, shortening, c50_drive, largest, jump,
        tau_a, tau_d, tau_n, kept, tau_k, growth, hold, largest_share, fast, tiny;
};

struct Personal {
    Lanes v1, v2, v3, cl, q2, q3, kt, vn2, cln, qn, ku, vh1, vh2, clh, qh, flow, theta, mean0, pulse0;
};

// rates of the linear part, of eight people
struct Linear {
    Lanes k11, k12, k13, k21, k22, k31, k33, kt1, n11, n12, n21, n22, u1, h11, h12, h21, h22, s, nk, bk, bn;
};

inline Lanes all(double x) { return x - Lanes{}; }

inline Lanes larger(Lanes a, Lanes b) { return a > b ? a : b; }

inline Lanes magnitude(Lanes x) { return x < 0.0 ? -x : x; }

// ln(x) of positive normal numbers to about one rounding
inline Lanes logarithm(Lanes x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    Bits power = ((bits - 0x3fe6a09e667f3bcdLL) >> 52);  // so that the rest lies between 1/sqrt(2) and sqrt(2)
    bits -= power << 52;
    Lanes rest;
    std::memcpy(&rest, &bits, sizeof rest);
    Lanes z = (rest - 1.0) / (rest + 1.0), w = z * z;
    Lanes p = w * (2.0 / 21.0) + 2.0 / 19.0;
    p = p * w + 2.0 / 17.0;
    p = p * w + 2.0 / 15.0;
    p = p * w + 2.0 / 13.0;
    p = p * w + 2.0 / 11.0;
    p = p * w + 2.0 / 9.0;
    p = p * w + 2.0 / 7.0;
    p = p * w + 2.0 / 5.0;
    p = p * w + 2.0 / 3.0;
    p = p * w + 2.0;
    return p * z + __builtin_convertvector(power, Lanes) * 0.6931471805599453;
}

template <class Function>
inline Lanes each(Lanes x, Function f) {
    for (int n = 0; n < LANES; ++n) x[n] = f(x[n]);
    return x;
}

void prepare(const Shared& c, const Personal& p, Linear& m) {
    m.k11 = (p.cl + p.q2 + p.q3) / p.v1, m.k12 = p.q2 / p.v2, m.k13 = p.q3 / p.v3;
    m.k21 = p.q2 / p.v1, m.k22 = m.k12, m.k31 = p.q3 / p.v1, m.k33 = m.k13;
    m.kt1 = p.cl / p.v1;
    m.n11 = (p.cln + p.qn) / p.v1, m.n12 = p.qn / p.vn2, m.n21 = p.qn / p.v1, m.n22 = m.n12;
    m.u1 = p.cln / p.v1;
    m.h11 = (p.clh + p.qh) / p.vh1, m.h12 = p.qh / p.vh2, m.h21 = p.qh / p.vh1, m.h22 = m.h12;
    m.s = c.mass_k / p.v1, m.nk = c.mass_n / p.v1;
    m.bk = c.k_brain * c.free_k / p.v1, m.bn = c.k_brain * c.free_n / p.v1;
}

// 1 / a and 1 / b by one division
inline void inverses(Lanes a, Lanes b, Lanes& of_a, Lanes& of_b) {
    Lanes both = 1.0 / (a * b);
    of_a = both * b, of_b = both * a;
}

inline void rates(const Shared& c, const Personal& p, const Linear& m, Lanes input, const Lanes* y, Lanes* f) {
    f[K1] = input - m.k11 * y[K1] + m.k12 * y[K2] + m.k13 * y[K3];
    f[K2] = m.k21 * y[K1] - m.k22 * y[K2];
    f[K3] = m.k31 * y[K1] - m.k33 * y[K3];
    f[T1] = m.kt1 * y[K1] - p.kt * y[T1];
    f[T2] = p.kt * (y[T1] - y[T2]);
    f[N1] = c.to_n * p.kt * y[T2] - m.n11 * y[N1] + m.n12 * y[N2];
    f[N2] = m.n21 * y[N1] - m.n22 * y[N2];
    f[U1] = m.u1 * y[N1] - p.ku * y[U1];
    f[U2] = p.ku * (y[U1] - y[U2]);
    f[H1] = c.to_h * p.ku * y[U2] - m.h11 * y[H1] + m.h12 * y[H2];
    f[H2] = m.h21 * y[H1] - m.h22 * y[H2];
    f[BK] = m.bk * y[K1] - c.k_brain * y[BK];
    f[BN] = m.bn * y[N1] - c.k_brain * y[BN];
    Lanes s = m.s * y[K1], nk = m.nk * y[N1];
    f[ES] = c.k_experience * (s - y[ES]);
    f[RS] = c.k_response * (s - y[RS]);
    Lanes active = y[BK] + c.potency_n * y[BN], of_sum, of_active, of_push, of_force, of_total, of_wide;
    inverses(s + c.weight_n * nk + c.tiny, active + c.c50_drive, of_sum, of_active);
    f[HA] = c.k_heart * (s * s * of_sum - y[HA]);
    f[HT] = c.k_heart * (s - y[HT]);
    inverses(y[HA] + c.c50_push, y[HA] + c.c50_force, of_push, of_force);
    Lanes push = p.theta * y[HA] * of_push, force = p.theta * y[HA] * of_force;
    inverses(c.c50_depression + y[HT], 1.0 + c.most_dilation * push, of_total, of_wide);
    Lanes pressure = y[HR] * y[CO] * (1.0 - c.filling * logarithm(y[HR])) * y[RE];
    Lanes left = 1.0 - c.reflex_gain * (pressure - 1.0);
    f[HR] = c.k_rate * ((1.0 + c.rate_gain * c.most_push * push) * left - y[HR]);
    f[CO] = c.k_force * ((1.0 + c.most_force * force) * c.c50_depression * of_total * left - y[CO]);
    f[RE] = c.k_resistance * ((1.0 + c.resistance_gain * c.most_push * push) * of_wide * left - y[RE]);
    Lanes u = c.largest * active * of_active;
    f[A] = c.jump * u * (1.0 - y[A]) - y[A] * (1.0 / c.tau_a);
    f[D] = (y[A] - y[D]) * (1.0 / c.tau_d);
    f[N] = c.growth * y[D] * (1.0 - y[N]) - y[N] / (c.tau_n * (1.0 + c.hold * y[K]));
    f[K] = c.kept * u * (1.0 - y[K]) - y[K] * (1.0 / c.tau_k);
    f[RECEIVED] = u;
}

// the matrix g - J, factorised: inverse pivots, and what couples the blocks
struct Factors {
    Lanes k1, k2, k3, t, n1, n2, u, h1, h2, brain, es, rs, heart;  // inverse pivots
    Lanes ha_k, ha_n, hr_ha, co_ha, co_ht, re_ha;                  // couplings that change with the state
    Lanes b01, b02, b10, b12, b20, b21, p0, p1, p2;                // circulation: multipliers and inverse pivots
    Lanes a, a_active, d, n, n_d, n_k, k, k_active, u_active;
};

inline void factorise(const Shared& c, const Personal& p, const Linear& m, double g, const Lanes* y, Factors& x) {
    inverses(g + m.k22, g + m.k33, x.k2, x.k3);
    x.k1 = 1.0 / (g + m.k11 - m.k12 * m.k21 * x.k2 - m.k13 * m.k31 * x.k3);
    inverses(g + p.kt, g + p.ku, x.t, x.u);
    inverses(g + m.n22, g + m.h22, x.n2, x.h2);
    inverses(g + m.n11 - m.n12 * m.n21 * x.n2, g + m.h11 - m.h12 * m.h21 * x.h2, x.n1, x.h1);
    x.brain = all(1.0 / (g + c.k_brain)), x.es = all(1.0 / (g + c.k_experience));
    x.rs = all(1.0 / (g + c.k_response)), x.heart = all(1.0 / (g + c.k_heart));
    Lanes s = m.s * y[K1], sum = s + c.weight_n * m.nk * y[N1] + c.tiny, share = s / sum;
    x.ha_k = c.k_heart * m.s * share * (2.0 - share);
    x.ha_n = -c.k_heart * c.weight_n * m.nk * share * share;
    Lanes of_push, of_force;
    inverses(y[HA] + c.c50_push, y[HA] + c.c50_force, of_push, of_force);
    Lanes push = p.theta * y[HA] * of_push, push_ha = p.theta * c.c50_push * of_push * of_push;
    Lanes force = p.theta * y[HA] * of_force, force_ha = p.theta * c.c50_force * of_force * of_force;
    Lanes depressed = c.c50_depression / (c.c50_depression + y[HT]);
    Lanes wide = 1.0 / (1.0 + c.most_dilation * push), tense = 1.0 + c.resistance_gain * c.most_push * push;
    Lanes t0 = 1.0 + c.rate_gain * c.most_push * push, t1 = (1.0 + c.most_force * force) * depressed, t2 = tense * wide;
    Lanes fill = 1.0 - c.filling * logarithm(y[HR]);
    Lanes pressure = y[HR] * y[CO] * fill * y[RE], left = 1.0 - c.reflex_gain * (pressure - 1.0);
    x.hr_ha = c.k_rate * c.rate_gain * c.most_push * push_ha * left;
    x.co_ha = c.k_force * c.most_force * force_ha * depressed * left;
    x.co_ht = -c.k_force * t1 * left / (c.c50_depression + y[HT]);
    Lanes re_push = c.resistance_gain * c.most_push * wide - tense * c.most_dilation * wide * wide;
    x.re_ha = c.k_resistance * re_push * push_ha * left;
    Lanes d0 = -c.reflex_gain * y[CO] * y[RE] * (fill - c.filling), d1 = -c.reflex_gain * y[HR] * fill * y[RE];
    Lanes d2 = -c.reflex_gain * y[HR] * fill * y[CO];
    Lanes w0 = c.k_rate * t0, w1 = c.k_force * t1, w2 = c.k_resistance * t2;
    Lanes m00 = g + c.k_rate - w0 * d0, m01 = -w0 * d1, m02 = -w0 * d2;
    Lanes m10 = -w1 * d0, m11 = g + c.k_force - w1 * d1, m12 = -w1 * d2;
    Lanes m20 = -w2 * d0, m21 = -w2 * d1, m22 = g + c.k_resistance - w2 * d2;
    x.p0 = 1.0 / m00, x.b01 = m01, x.b02 = m02;
    x.b10 = m10 * x.p0, x.b20 = m20 * x.p0;
    m11 -= x.b10 * m01, m12 -= x.b10 * m02, m21 -= x.b20 * m01, m22 -= x.b20 * m02;
    x.p1 = 1.0 / m11, x.b12 = m12, x.b21 = m21 * x.p1;
    x.p2 = 1.0 / (m22 - x.b21 * m12);
    Lanes active = y[BK] + c.potency_n * y[BN], over = 1.0 / (active + c.c50_drive);
    x.u_active = c.largest * c.c50_drive * over * over;
    x.a_active = c.jump * x.u_active * (1.0 - y[A]);
    x.a = 1.0 / (g + c.jump * c.largest * active * over + 1.0 / c.tau_a);
    x.d = all(1.0 / (g + 1.0 / c.tau_d));
    Lanes held = 1.0 / (c.tau_n * (1.0 + c.hold * y[K]));
    x.n_d = c.growth * (1.0 - y[N]);
    x.n_k = y[N] * held * held * c.tau_n * c.hold;
    x.k_active = c.kept * x.u_active * (1.0 - y[K]);
    x.k = 1.0 / (g + c.kept * c.largest * active * over + 1.0 / c.tau_k);
    x.n = 1.0 / (g + c.growth * y[D] + held);
}

inline void solve(const Shared& c, const Personal& p, const Linear& m, double inverse_g, const Factors& x, Lanes* r) {
    r[K1] = (r[K1] + m.k12 * x.k2 * r[K2] + m.k13 * x.k3 * r[K3]) * x.k1;
    r[K2] = (r[K2] + m.k21 * r[K1]) * x.k2;
    r[K3] = (r[K3] + m.k31 * r[K1]) * x.k3;
    r[T1] = (r[T1] + m.kt1 * r[K1]) * x.t;
    r[T2] = (r[T2] + p.kt * r[T1]) * x.t;
    r[N1] = (r[N1] + c.to_n * p.kt * r[T2] + m.n12 * x.n2 * r[N2]) * x.n1;
    r[N2] = (r[N2] + m.n21 * r[N1]) * x.n2;
    r[U1] = (r[U1] + m.u1 * r[N1]) * x.u;
    r[U2] = (r[U2] + p.ku * r[U1]) * x.u;
    r[H1] = (r[H1] + c.to_h * p.ku * r[U2] + m.h12 * x.h2 * r[H2]) * x.h1;
    r[H2] = (r[H2] + m.h21 * r[H1]) * x.h2;
    r[BK] = (r[BK] + m.bk * r[K1]) * x.brain;
    r[BN] = (r[BN] + m.bn * r[N1]) * x.brain;
    Lanes s = m.s * r[K1];
    r[ES] = (r[ES] + c.k_experience * s) * x.es;
    r[RS] = (r[RS] + c.k_response * s) * x.rs;
    r[HA] = (r[HA] + x.ha_k * r[K1] + x.ha_n * r[N1]) * x.heart;
    r[HT] = (r[HT] + c.k_heart * s) * x.heart;
    Lanes r0 = r[HR] + x.hr_ha * r[HA], r1 = r[CO] + x.co_ha * r[HA] + x.co_ht * r[HT], r2 = r[RE] + x.re_ha * r[HA];
    r1 -= x.b10 * r0;
    r2 -= x.b20 * r0 + x.b21 * r1;
    r[RE] = r2 * x.p2;
    r[CO] = (r1 - x.b12 * r[RE]) * x.p1;
    r[HR] = (r0 - x.b01 * r[CO] - x.b02 * r[RE]) * x.p0;
    Lanes active = r[BK] + c.potency_n * r[BN];
    r[A] = (r[A] + x.a_active * active) * x.a;
    r[D] = (r[D] + r[A] * (1.0 / c.tau_d)) * x.d;
    r[K] = (r[K] + x.k_active * active) * x.k;
    r[N] = (r[N] + x.n_d * r[D] + x.n_k * r[K]) * x.n;
    r[RECEIVED] = (r[RECEIVED] + x.u_active * active) * inverse_g;
}

constexpr double GAMMA = 0.25;
constexpr double FROM[STAGES][STAGES] = {
    {},
    {1.544},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0}};
constexpr double OVER[STAGES][STAGES] = {
    {},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054}};
constexpr double DENSE[2][5] = {
    {10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662},
    {-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872}};

// one stage of a step of length 1 / over: where it looks, left in `at`, and its u
template <int STAGE>
inline void stages(const Shared& c, const Personal& p, const Linear& m, Lanes input, double over, const Factors& x,
                   const Lanes* y, Lanes (*u)[STATES], Lanes* at) {
    Lanes before[STATES], *f = u[STAGE];
    for (int q = 0; q < STATES; ++q) {
        Lanes place = y[q], sum{};
#pragma GCC unroll 5
        for (int j = 0; j < STAGE; ++j) {
            place += FROM[STAGE][j] * u[j][q];
            sum += OVER[STAGE][j] * u[j][q];
        }
        at[q] = place, before[q] = sum * over;
    }
    rates(c, p, m, input, at, f);
    for (int q = 0; q < STATES; ++q) f[q] += before[q];
    solve(c, p, m, GAMMA / over, x, f);
}

struct Plan {
    std::int64_t people, edges, times;
    const double *personal, *edge, *time, *scale;
    Shared shared;
    double end, rtol;
    double* out;
    std::atomic<std::int64_t> next{0}, steps{0}, refused{0};
};

void read(const Shared& c, const Personal& p, const Linear& m, const Lanes* y, Lanes* made) {
    Lanes stroke = y[CO] * (1.0 - c.filling * logarithm(y[HR])), pressure = y[HR] * stroke * y[RE];
    Lanes systole = c.systole0 * y[HR] * each(c.shortening * (1.0 - y[HR]), [](double x) { return std::exp(x); });
    Lanes list[READINGS] = {
        m.s * y[K1], m.nk * y[N1], c.mass_h * y[H1] / p.vh1, y[BK] + c.potency_n * y[BN], y[ES], y[RS], y[HA],
        y[HR], y[CO], y[RE], y[A], y[D], y[N], y[K], y[RECEIVED],
        p.mean0 * pressure + (1.0 - c.share) * p.pulse0 * stroke * (1.0 - systole) / (1.0 - c.systole0),
        c.largest_share * (c.fast * y[A] + (1.0 - c.fast) * y[N])};
    std::memcpy(made, list, sizeof list);
}

void eight(Plan& plan, std::int64_t who) {
    const Shared& c = plan.shared;
    Personal p;
    for (int k = 0; k < PERSONAL; ++k)
        std::memcpy(reinterpret_cast<Lanes*>(&p) + k, plan.personal + k * plan.people + who, sizeof(Lanes));
    Linear m;
    prepare(c, p, m);
    Lanes y[STATES] = {}, u[STAGES][STATES], stage[STATES], made[READINGS];
    y[HR] = y[CO] = y[RE] = all(1.0);
    std::int64_t asked = 0, steps = 0, refused = 0;
    Factors x;
    for (std::int64_t e = 0; e < plan.edges; ++e) {
        double t = plan.edge[e], stop = e + 1 < plan.edges ? plan.edge[e + 1] : plan.end, h = 0.1;
        Lanes input = e % 2 == 0 ? p.flow : all(0.0);
        while (t < stop) {
            bool last = t + 1.0001 * h >= stop;
            if (last) h = stop - t;
            double g = 1.0 / (GAMMA * h);
            factorise(c, p, m, g, y, x);
            double over = 1.0 / h;
            stages<0>(c, p, m, input, over, x, y, u, stage);
            stages<1>(c, p, m, input, over, x, y, u, stage);
            stages<2>(c, p, m, input, over, x, y, u, stage);
            stages<3>(c, p, m, input, over, x, y, u, stage);
            stages<4>(c, p, m, input, over, x, y, u, stage);
            stages<5>(c, p, m, input, over, x, y, u, stage);
            Lanes sum{};
            Lanes size[STATES + 1];
            for (int q = 0; q < STATES; ++q) {  // stage holds y with the first five; the sixth is the error
                stage[q] += u[5][q];
                size[q] = 1e-3 * plan.scale[q] + larger(magnitude(y[q]), magnitude(stage[q]));
            }
            size[STATES] = all(1.0);
            for (int q = 0; q < STATES; q += 2) {
                Lanes one, two;
                inverses(size[q], size[q + 1], one, two);
                one *= u[5][q];
                sum += one * one;
                if (q + 1 < STATES) two *= u[5][q + 1], sum += two * two;
            }
            double worst = 0.0;
            for (int n = 0; n < LANES; ++n) worst = std::max(worst, sum[n] / STATES);
            double error = std::sqrt(worst) / plan.rtol;
            double next = h * std::min(6.0, std::max(0.2, 0.9 / std::sqrt(std::sqrt(std::max(error, 1e-12)))));
            if (!(error <= 1.0)) {
                h = std::isfinite(error) ? next : 0.2 * h, ++refused;
                continue;
            }
            double reached = last ? stop : t + h;
            for (; asked < plan.times && plan.time[asked] <= reached; ++asked) {
                double s = (plan.time[asked] - t) / h, r = 1.0 - s;
                Lanes now[STATES];
                for (int q = 0; q < STATES; ++q) {
                    Lanes two{}, three{};
                    for (int j = 0; j < 5; ++j) two += DENSE[0][j] * u[j][q], three += DENSE[1][j] * u[j][q];
                    now[q] = y[q] * r + s * (stage[q] + r * (two + s * three));
                }
                read(c, p, m, now, made);
                for (int q = 0; q < READINGS; ++q)
                    for (int n = 0; n < LANES; ++n)
                        plan.out[((who + n) * READINGS + q) * plan.times + asked] = made[q][n];
            }
            std::memcpy(y, stage, sizeof y);
            t = reached, h = next, ++steps;
        }
    }
    plan.steps += steps, plan.refused += refused;
}

}  // namespace

// personal: (19, people); edge: starts and ends of infusions in turn, min; time: sorted, min; scale: (25,); out:
// (people, 17, times). At least eight people. counts: steps taken and refused, summed over groups of eight.
extern "C" void cohort(std::int64_t people, std::int64_t edges, std::int64_t times, const double* personal,
                       const double* shared, const double* edge, double end, const double* time, const double* scale,
                       double rtol, double* out, std::int64_t* counts, int threads) {
    Plan plan{people, edges, times, personal, edge, time, scale, {}, end, rtol, out};
    std::memcpy(&plan.shared, shared, sizeof plan.shared);
    std::int64_t groups = (people + LANES - 1) / LANES;
    std::vector<std::thread> crew;
    for (int k = 0; k < threads; ++k)
        crew.emplace_back([&plan, groups] {
            for (std::int64_t g = plan.next++; g < groups; g = plan.next++)
                eight(plan, std::min(g * LANES, plan.people - LANES));
        });
    for (auto& one : crew) one.join();
    counts[0] = plan.steps, counts[1] = plan.refused;
}
