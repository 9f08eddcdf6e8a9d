// Plasma levels of many people in closed form: three compartments for the parent, two for its metabolite, infusions.
//
// The practical limit of a machine for this one model, written by hand: nothing general, all cores, eigenvalues of
// eight people side by side, exponentials in vector registers, each level computed once and written once.
//
// x' = M x + b r is solved mode by mode. Between two edges of the infusions, s after the first of them,
//     level = sum_i c_i exp(l_i s) + d_i (exp(l_i s) - 1) / l_i
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include <cmath>

namespace {

constexpr int LANES = 8;  // people, then times, worked on side by side
constexpr int MODES = 5;  // three of the parent, two of the metabolite
constexpr int PARENT = 3;
constexpr int CONSTANTS = 10;
typedef double Lanes __attribute__((vector_size(8 * LANES)));
typedef std::int64_t Bits __attribute__((vector_size(8 * LANES)));

inline Lanes all(double x) { return x - Lanes{}; }

inline Lanes root(Lanes x) {
    for (int n = 0; n < LANES; ++n) x[n] = std::sqrt(x[n]);
    return x;
}

// exp(x) for x <= 0 to about one rounding; below exp(-600) nothing is left, and denormal numbers are very slow
inline Lanes exp_negative(Lanes x) {
    x = x < -600.0 ? all(-600.0) : x;
    constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52: what is added to it is rounded to an integer
    Lanes shifted = x * 1.4426950408889634 + magic;
    Lanes k = shifted - magic;
    Lanes r = x - k * 6.93147180369123816490e-01 - k * 1.90821492927058770002e-10;
    Lanes p = r * 1.6059043836821613e-10 + 2.08767569878681e-09;  // 1/13!, 1/12!
    p = p * r + 2.505210838544172e-08;
    p = p * r + 2.755731922398589e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.48015873015873e-05;
    p = p * r + 1.984126984126984e-04;
    p = p * r + 1.3888888888888889e-03;
    p = p * r + 8.333333333333333e-03;
    p = p * r + 4.1666666666666664e-02;
    p = p * r + 1.6666666666666666e-01;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    Bits power;
    std::memcpy(&power, &shifted, sizeof power);
    power = (power << 52) + (std::int64_t{1023} << 52);
    Lanes scale;
    std::memcpy(&scale, &power, sizeof scale);
    return p * scale;
}

struct Decay {
    Lanes free, filled;  // exp(l s) and (exp(l s) - 1) / l, the latter by sinh where the difference would cancel
};

inline Decay decay(Lanes rate, Lanes inverse, Lanes since) {
    Lanes half = 0.5 * rate * since, e = exp_negative(half), square = half * half;
    Lanes p = square * (1.0 / 355687428096000.0) + 1.0 / 1307674368000.0;  // 1/17!, 1/15!
    p = p * square + 1.0 / 6227020800.0;
    p = p * square + 1.0 / 39916800.0;
    p = p * square + 1.0 / 362880.0;
    p = p * square + 1.0 / 5040.0;
    p = p * square + 1.0 / 120.0;
    p = p * square + 1.0 / 6.0;
    p = p * square + 1.0;
    Lanes free = e * e;
    return {free, half > -0.5 ? since * e * p : (free - 1.0) * inverse};
}

// one Jacobi rotation that empties entry (I, J) of eight symmetric 3 x 3 matrices
template <int I, int J>
inline void rotate(Lanes a[3][3], Lanes v[3][3]) {
    constexpr int K = 3 - I - J;
    Lanes off = a[I][J], gap = a[J][J] - a[I][I], spread = root(gap * gap + 4.0 * off * off);
    Lanes t = 2.0 * off / (gap + (gap < 0.0 ? -spread : spread));
    t = off == 0.0 ? Lanes{} : t;
    Lanes c = 1.0 / root(1.0 + t * t), s = t * c;
    a[I][I] -= t * off;
    a[J][J] += t * off;
    a[I][J] = a[J][I] = Lanes{};
    Lanes x = a[I][K], y = a[J][K];
    a[I][K] = a[K][I] = c * x - s * y;
    a[J][K] = a[K][J] = s * x + c * y;
    for (int k = 0; k < 3; ++k) {
        Lanes p = v[k][I], q = v[k][J];
        v[k][I] = c * p - s * q;
        v[k][J] = s * p + c * q;
    }
}

struct Eight {
    Lanes rate[MODES];     // 1/min
    Lanes entry[MODES];    // what one umol into the central compartment adds to each mode
    Lanes gain[2][MODES];  // levels from modes, umol/L
};

// of eight people: v1 v2 v3 cl q2 q3 vn1 vn2 cln qn, volumes L, flows L/min; `share` of what is cleared is metabolised
void modes(const Lanes c[CONSTANTS], double share, Eight& e) {
    Lanes v1 = c[0], v2 = c[1], v3 = c[2], cl = c[3], q2 = c[4], q3 = c[5], size = root(v1);
    Lanes vn1 = c[6], vn2 = c[7], cln = c[8], qn = c[9], size_n = root(vn1);
    Lanes a[3][3] = {{-(cl + q2 + q3) / v1, q2 / root(v1 * v2), q3 / root(v1 * v3)}, {}, {}}, v[3][3] = {};
    a[1][0] = a[0][1], a[2][0] = a[0][2], a[1][1] = -q2 / v2, a[2][2] = -q3 / v3;
    for (int i = 0; i < 3; ++i) v[i][i] = all(1.0);
    for (int sweep = 0; sweep < 6; ++sweep) {
        rotate<0, 1>(a, v);
        rotate<0, 2>(a, v);
        rotate<1, 2>(a, v);
    }
    Lanes p = -(cln + qn) / vn1, r = -qn / vn2, off = qn / root(vn1 * vn2), gap = r - p;
    Lanes spread = root(gap * gap + 4.0 * off * off), t = 2.0 * off / (gap + (gap < 0.0 ? -spread : spread));
    Lanes cosine = 1.0 / root(1.0 + t * t), rate[2] = {p - t * off, r + t * off}, central[2] = {cosine, t * cosine};
    for (int i = 0; i < PARENT; ++i) {
        e.rate[i] = a[i][i];
        e.entry[i] = e.gain[0][i] = v[0][i] / size;
        e.gain[1][i] = Lanes{};
    }
    for (int j = 0; j < 2; ++j) {
        Lanes seen = central[j] / size_n, fed{};
        for (int i = 0; i < PARENT; ++i) {  // what parent mode i feeds into metabolite mode j, parted by their rates
            Lanes part = share * cl / size * v[0][i] * seen / (a[i][i] - rate[j]);
            fed -= part * e.entry[i];
            e.gain[1][i] += seen * part;
        }
        e.rate[PARENT + j] = rate[j];
        e.entry[PARENT + j] = fed;
        e.gain[0][PARENT + j] = Lanes{};
        e.gain[1][PARENT + j] = seen;
    }
}

struct Plan {
    std::int64_t people, doses, times;
    const double *constants, *start, *duration, *amount, *time;
    double share;
    double* out;
    std::vector<double> edge;         // starts and ends of infusions, sorted
    std::vector<std::int64_t> first;  // first asked time at or after each edge
};

struct One {
    double rate[MODES], inverse[MODES], c[2][MODES], d[2][MODES];
};

// levels of one person at eight times after an edge
template <bool DRIVEN>
inline void levels(Lanes since, const One& one, Lanes& parent, Lanes& metabolite) {
    parent = metabolite = Lanes{};
#pragma GCC unroll 5
    for (int i = 0; i < MODES; ++i) {
        Decay x;
        if (DRIVEN)
            x = decay(all(one.rate[i]), all(one.inverse[i]), since);
        else
            x.free = exp_negative(one.rate[i] * since);
        if (i < PARENT) parent += one.c[0][i] * x.free;
        metabolite += one.c[1][i] * x.free;
        if (DRIVEN && i < PARENT) parent += one.d[0][i] * x.filled;
        if (DRIVEN) metabolite += one.d[1][i] * x.filled;
    }
}

// levels of one person from one edge to the next
template <bool DRIVEN>
void segment(const Plan& plan, std::int64_t from, std::int64_t to, double at, const One& one, double* level) {
    Lanes since, parent, metabolite;
    std::int64_t k = from;
    for (; k + LANES <= to; k += LANES) {
        std::memcpy(&since, plan.time + k, sizeof since);
        levels<DRIVEN>(since - at, one, parent, metabolite);
        std::memcpy(level + k, &parent, sizeof parent);
        std::memcpy(level + plan.times + k, &metabolite, sizeof metabolite);
    }
    if (k == to) return;
    since = all(at);
    std::memcpy(&since, plan.time + k, 8 * (to - k));
    levels<DRIVEN>(since - at, one, parent, metabolite);
    std::memcpy(level + k, &parent, 8 * (to - k));
    std::memcpy(level + plan.times + k, &metabolite, 8 * (to - k));
}

void eight_people(const Plan& plan, std::int64_t who) {
    Lanes constants[CONSTANTS];
    for (int k = 0; k < CONSTANTS; ++k) std::memcpy(&constants[k], plan.constants + k * plan.people + who, 8 * LANES);
    Eight e;
    modes(constants, plan.share, e);
    Lanes inverse[MODES], w[MODES] = {};
    for (int i = 0; i < MODES; ++i) inverse[i] = 1.0 / e.rate[i];
    double* level = plan.out + who * 2 * plan.times;
    for (int row = 0; row < 2 * LANES; ++row) std::fill_n(level + row * plan.times, plan.first[0], 0.0);
    for (std::size_t k = 0; k < plan.edge.size(); ++k) {
        bool last = k + 1 == plan.edge.size();
        double at = plan.edge[k];
        Lanes flow{};
        for (std::int64_t q = 0; q < plan.doses; ++q)
            if (plan.start[q] <= at && at < plan.start[q] + plan.duration[q])
                for (int n = 0; n < LANES; ++n) flow[n] += plan.amount[(who + n) * plan.doses + q] / plan.duration[q];
        bool driven = false;
        for (int n = 0; n < LANES; ++n) driven |= flow[n] != 0.0;
        std::int64_t from = plan.first[k], to = last ? plan.times : plan.first[k + 1];
        for (int n = 0; n < LANES && from < to; ++n) {
            One one;
            for (int i = 0; i < MODES; ++i) {
                one.rate[i] = e.rate[i][n], one.inverse[i] = inverse[i][n];
                for (int r = 0; r < 2; ++r) {
                    one.c[r][i] = e.gain[r][i][n] * w[i][n];
                    one.d[r][i] = e.gain[r][i][n] * e.entry[i][n] * flow[n];
                }
            }
            (driven ? segment<true> : segment<false>)(plan, from, to, at, one, level + n * 2 * plan.times);
        }
        for (int i = 0; i < MODES && !last; ++i) {
            Decay x = decay(e.rate[i], inverse[i], all(plan.edge[k + 1] - at));
            w[i] = w[i] * x.free + e.entry[i] * flow * x.filled;
        }
    }
}

}  // namespace

// constants: (10, people); amount: (people, doses), umol; start, duration, time (sorted): min; out: (people, 2, times),
// umol/L. At least eight people; infusions only.
extern "C" void plasma(std::int64_t people, std::int64_t doses, std::int64_t times, const double* constants,
                       const double* start, const double* duration, const double* amount, double share,
                       const double* time, double* out, int threads) {
    Plan plan{people, doses, times, constants, start, duration, amount, time, share, out, {}, {}};
    for (std::int64_t q = 0; q < doses; ++q) {
        plan.edge.push_back(start[q]);
        plan.edge.push_back(start[q] + duration[q]);
    }
    std::sort(plan.edge.begin(), plan.edge.end());
    for (double edge : plan.edge) plan.first.push_back(std::lower_bound(time, time + times, edge) - time);
    std::int64_t groups = (people + LANES - 1) / LANES;
    std::vector<std::thread> crew;
    for (int k = 0; k < threads; ++k)
        crew.emplace_back([&plan, groups, k, threads] {
            for (std::int64_t g = groups * k / threads; g < groups * (k + 1) / threads; ++g)
                eight_people(plan, std::min(g * LANES, plan.people - LANES));
        });
    for (auto& one : crew) one.join();
}
