"""What the checks of the fits share: least squares by Gram and Schmidt, drawn runs, and fits with known mistakes."""

from __future__ import annotations

import math
import statistics

from scaling_laws_oracles import Roughly, expect_answers, near, uniform

from autograder.checks import expect_accepted

# The docstrings ask for one in a hundred million. In float64 the worst right way, normal equations without
# the mean taken off, is wrong by 1e-10 here at most; in float32 the best way is wrong by more than 1e-8 in one of some
# numbers: it rounds ln size, which is about 20, by 1e-6.
TOL_FIT = {"rtol": 1e-8, "atol": 1e-8}


def least_squares(columns, values):
    """The factors of the columns whose sum is nearest to the values: each column is freed of those before it."""
    free, made_of = [], []
    for column in columns:
        factors = []
        for one in free:
            factors.append(_dot(one, column) / _dot(one, one))
            column = [own - factors[-1] * other for own, other in zip(column, one, strict=True)]
        free.append(column)
        made_of.append(factors)
    found = [0.0] * len(columns)
    for place in reversed(range(len(columns))):
        rest = [
            value - sum(factor * column[row] for factor, column in zip(found, columns, strict=True))
            for row, value in enumerate(values)
        ]
        found[place] = _dot(free[place], rest) / _dot(free[place], free[place])
    return found


def _dot(one, other):
    return math.fsum(map(lambda a, b: a * b, one, other))


def line(x, y, weights=None):
    """(height at 0, slope) of the line of least squares."""
    weights = weights or [1.0] * len(x)
    middle = _dot(weights, x) / sum(weights)
    root = [math.sqrt(one) for one in weights]
    columns = [root, [w * (one - middle) for w, one in zip(root, x, strict=True)]]
    height, slope = least_squares(columns, [w * one for w, one in zip(root, y, strict=True)])
    return height - slope * middle, slope


def logs(values, log=math.log):
    return [log(one) for one in values]


def spread(rng, count, decades):
    """Whole sizes over so many powers of ten, with the smallest and the largest inside and not at an end."""
    start, step = uniform(rng, 3.5, 6.5), decades / (count - 1)
    powers = [start + step * (at + (uniform(rng, -0.3, 0.3) if 0 < at < count - 1 else 0)) for at in range(count)]
    first, *inner, last = powers
    inner = rng.permutation(inner)
    middle = rng.permutation([first, last, *inner[2:]])
    return [round(10**one) for one in (inner[0], *middle, inner[1])]


# --- fit_power_law, predict_loss -------------------------------------------------------------------------------------


def law_of(sizes, losses, log=math.log, power=math.exp):
    height, slope = line(logs(sizes, log), logs(losses, log))
    return power(height), -slope


def loss_of(size, a, alpha):
    return math.exp(math.log(a) - alpha * math.log(size))


def law_in_losses(sizes, losses):
    """The power law whose squares of the losses themselves are smallest, step by step from that of the logarithms."""
    x = logs(sizes)
    middle = statistics.fmean(x)
    away = [one - middle for one in x]  # so that height and slope say different things, and the steps lead there
    a, alpha = law_of(sizes, losses)
    height = a * math.exp(-alpha * middle)
    for _ in range(20):
        powers = [math.exp(-alpha * one) for one in away]
        slopes = [-height * power * one for power, one in zip(powers, away, strict=True)]
        off = [loss - height * power for loss, power in zip(losses, powers, strict=True)]
        more_height, more_alpha = least_squares([powers, slopes], off)
        height, alpha = height + more_height, alpha + more_alpha
    return height * math.exp(alpha * middle), alpha


def _with_slope(slope_of):
    """A law with another slope, through the same middle."""

    def law(sizes, losses):
        x, y = logs(sizes), logs(losses)
        slope = slope_of(x, y)
        return math.exp(statistics.fmean(y) - slope * statistics.fmean(x)), -slope

    return law


def _through(places):
    """A law through two of the runs, chosen from (sizes, losses)."""

    def law(sizes, losses):
        one, other = places(sizes, losses)
        return law_of([sizes[one], sizes[other]], [losses[one], losses[other]])

    return law


def _pairs(x, y):
    ordered = sorted(zip(x, y, strict=True))
    return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(ordered, ordered[1:], strict=False) if b[0] != a[0]]


def _all_pairs(x, y):
    points = sorted(zip(x, y, strict=True))
    return [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1 :] if b[0] != a[0]]


def once(keep):
    """(sizes, losses) with each size once; of its losses the first, the last or the mean."""

    def kept(sizes, losses):
        found = {}
        for size, loss in zip(sizes, losses, strict=True):
            found.setdefault(size, []).append(loss)
        return list(found), [keep(some) for some in found.values()]

    return kept


ONCE = tuple(map(once, (lambda some: some[0], lambda some: some[-1], statistics.fmean)))


def extremes(values):
    return min(range(len(values)), key=values.__getitem__), max(range(len(values)), key=values.__getitem__)


def _mixed(height_log, slope_log, power):
    return lambda s, v: (lambda found: (power(found[0]), -found[1]))(line(logs(s, slope_log), logs(v, height_log)))


LAW_MISTAKES = {
    "The squares are those of the losses; those of their logarithms are asked for.": Roughly(law_in_losses),
    "A straight line is fitted to sizes and losses as they are.": (
        lambda s, v: (lambda found: (found[0], -found[1]))(line(s, v)),
        lambda s, v: (lambda found: (math.exp(found[0]), -found[1]))(line(s, v)),
    ),
    "Only the losses become logarithms.": lambda s, v: (lambda f: (math.exp(f[0]), -f[1]))(line(s, logs(v))),
    "Only the sizes become logarithms.": (
        lambda s, v: (lambda f: (f[0], -f[1]))(line(logs(s), v)),
        lambda s, v: (lambda f: (math.exp(f[0]), -f[1]))(line(logs(s), v)),
    ),
    "alpha has the wrong sign.": lambda s, v: (law_of(s, v)[0], -law_of(s, v)[1]),
    "alpha is made positive; where losses rise it is below 0.": lambda s, v: (law_of(s, v)[0], abs(law_of(s, v)[1])),
    "The sign of the slope is turned before the height is computed from it.": lambda s, v: (
        math.exp(statistics.fmean(logs(v)) - law_of(s, v)[1] * statistics.fmean(logs(s))),
        law_of(s, v)[1],
    ),
    "log10 is undone by exp, or ln by a power of 10.": (
        lambda s, v: law_of(s, v, math.log10),
        lambda s, v: law_of(s, v, math.log, lambda height: 10**height),
        lambda s, v: law_of(s, v, math.log2),
        lambda s, v: law_of(s, v, math.log10, lambda height: 2**height),
    ),
    "The logarithms of sizes and losses have different bases.": (
        _mixed(math.log, math.log10, math.exp),
        _mixed(math.log10, math.log, lambda height: 10**height),
        _mixed(math.log10, math.log, math.exp),
        _mixed(math.log, math.log2, math.exp),
    ),
    "ln a comes back, not a.": (
        lambda s, v: (math.log(law_of(s, v)[0]), law_of(s, v)[1]),
        lambda s, v: (math.log10(law_of(s, v)[0]), law_of(s, v)[1]),
    ),
    "alpha comes first; a is asked for first.": lambda s, v: law_of(s, v)[::-1],
    "Only two of the runs are used; all of them count.": (
        _through(lambda s, v: extremes(s)),
        _through(lambda s, v: (0, -1)),
        _through(lambda s, v: (0, 1)),
        _through(lambda s, v: (-2, -1)),
        _through(lambda s, v: sorted(range(len(s)), key=s.__getitem__)[:2]),
        _through(lambda s, v: sorted(range(len(s)), key=s.__getitem__)[-2:]),
    ),
    "A run is left out; all of them count.": (
        lambda s, v: law_of(s[:-1], v[:-1]),
        lambda s, v: law_of(s[1:], v[1:]),
        *(
            lambda s, v, which=which: law_of(
                [one for at, one in enumerate(s) if at != extremes(s)[which]],
                [one for at, one in enumerate(v) if at != extremes(s)[which]],
            )
            for which in (0, 1)
        ),
    ),
    "The line goes through one of the runs; it goes through the mean of all.": (
        lambda s, v: (v[0] * s[0] ** law_of(s, v)[1], law_of(s, v)[1]),
        lambda s, v: (v[-1] * s[-1] ** law_of(s, v)[1], law_of(s, v)[1]),
        *(
            lambda s, v, which=which: (
                v[extremes(s)[which]] * s[extremes(s)[which]] ** law_of(s, v)[1],
                law_of(s, v)[1],
            )
            for which in (0, 1)
        ),
    ),
    "a is left at 1: the line is made to go through 0.": (
        lambda s, v: (1.0, -_dot(logs(s), logs(v)) / _dot(logs(s), logs(s))),
    ),
    "The line is fitted the wrong way round: size over loss.": (
        _with_slope(lambda x, y: 1 / line(y, x)[1]),
        lambda s, v: (math.exp(-line(logs(v), logs(s))[0] / line(logs(v), logs(s))[1]), -1 / line(logs(v), logs(s))[1]),
        lambda s, v: law_of(v, s),
    ),
    "The slope is the mean or median of slopes between runs; squares are asked for.": (
        _with_slope(lambda x, y: statistics.fmean(_pairs(x, y))),
        _with_slope(lambda x, y: statistics.median(_pairs(x, y))),
        _with_slope(lambda x, y: statistics.fmean(_all_pairs(x, y))),
        _with_slope(lambda x, y: statistics.median(_all_pairs(x, y))),
    ),
    "The covariance is divided by n and the variance by n - 1, or the other way round.": (
        _with_slope(lambda x, y: line(x, y)[1] * (len(x) - 1) / len(x)),
        _with_slope(lambda x, y: line(x, y)[1] * len(x) / (len(x) - 1)),
    ),
    "The slope is the correlation, or is divided by another spread than that of the sizes.": (
        _with_slope(statistics.correlation),
        _with_slope(lambda x, y: line(x, y)[1] * statistics.pstdev(x)),
        _with_slope(lambda x, y: line(x, y)[1] * statistics.stdev(x)),
        _with_slope(lambda x, y: line(x, y)[1] * statistics.pvariance(x) / statistics.pvariance(y)),
    ),
    "Some runs count more than others.": (
        *(
            lambda s, v, weigh=weigh: (lambda f: (math.exp(f[0]), -f[1]))(line(logs(s), logs(v), weigh(s, v)))
            for weigh in (
                lambda s, v: s,
                lambda s, v: [one * one for one in s],
                lambda s, v: [math.sqrt(one) for one in s],
                lambda s, v: logs(s),
                lambda s, v: [1 / one for one in s],
                lambda s, v: v,
                lambda s, v: [one * one for one in v],
            )
        ),
    ),
    "Of runs of one size only one counts, or their mean; each run counts.": tuple(
        lambda s, v, kept=kept: law_of(*kept(s, v)) for kept in ONCE
    ),
    "Sizes and losses are sorted each by itself: runs get the losses of others.": (
        lambda s, v: law_of(sorted(s), sorted(v)),
        lambda s, v: law_of(sorted(s), sorted(v, reverse=True)),
        lambda s, v: law_of(sorted(s), v),
        lambda s, v: law_of(s, sorted(v, reverse=True)),
    ),
    "A loss that stays is taken off first; the law has none.": (
        lambda s, v: law_of(s, [one - 0.99 * min(v) for one in v]),
        lambda s, v: law_of(s, [one - 0.9 * min(v) for one in v]),
        lambda s, v: law_of(s, [one - 1.69 for one in v]),
    ),
    "1 / alpha comes back.": lambda s, v: (law_of(s, v)[0], 1 / law_of(s, v)[1]),
    "a is inverted.": lambda s, v: (1 / law_of(s, v)[0], law_of(s, v)[1]),
}


def drawn_runs(rng, count, decades=2.5, alpha=None):
    """Sizes and losses near a power law, where squares of losses and of their logarithms end in different places."""
    while True:
        sizes = spread(rng, count, decades)
        exponent = uniform(rng, 0.15, 0.4) if alpha is None else alpha
        a = uniform(rng, 3, 9) * statistics.geometric_mean(sizes) ** exponent
        losses = [loss_of(one, a, exponent) * math.exp(uniform(rng, 0.04, 0.12) * rng.choice([1, -1])) for one in sizes]
        if not near(law_of(sizes, losses), law_in_losses(sizes, losses), 0.01):
            return sizes, losses


def several_times(rng, sizes, losses, which):
    """The runs, and some of them again with other losses, in drawn order; at both ends two different sizes."""
    runs = list(zip(sizes, losses, strict=True))
    more = [(size, loss * uniform(rng, 1.1, 1.3)) for size, loss in (runs[at] for at in which)]
    more += [(size, loss * uniform(rng, 0.7, 0.9)) for size, loss in (runs[which[0]],)]
    while True:
        drawn = rng.permutation(runs + more)
        if drawn[0][0] != drawn[1][0] and drawn[-1][0] != drawn[-2][0]:
            return tuple(map(list, zip(*drawn, strict=True)))


TWO_REFUSED = "Two sizes are an error; a law goes through them."
SAME_REFUSED = "Several runs of one size are an error."


def expect_laws(student, calls, usual=(), refused=""):
    """Ask for several laws at once; `refused` is the sentence where these are an error, and the usual ones not."""
    if usual:
        expect_laws(student, usual)
    with expect_accepted(refused, "ValueError"):
        expect_answers(student, "fit_power_law", calls, law_of, LAW_MISTAKES, "The law (a, alpha)", TOL_FIT)


LOSS_MISTAKES = {
    "The exponent has the wrong sign: the loss grows with size.": lambda s, a, b: a * s**b,
    "The minus stands before the power, not in the exponent.": (lambda s, a, b: -a * s**b, lambda s, a, b: -a * s**-b),
    "Size is multiplied by alpha, not raised to it.": (lambda s, a, b: a / (b * s), lambda s, a, b: a * -b * s),
    "An exponential is used for a power: exp(-alpha · size).": lambda s, a, b: a * math.exp(-b * s),
    "a is raised as well.": lambda s, a, b: (a * s) ** -b,
    "a and alpha are swapped.": lambda s, a, b: b * s**-a,
    "a is added, not multiplied.": lambda s, a, b: a + s**-b,
    "a is left out.": lambda s, a, b: s**-b,
    "a is taken for its logarithm.": (lambda s, a, b: math.exp(a) * s**-b, lambda s, a, b: 10**a * s**-b),
    "The logarithm of the loss comes back.": (
        lambda s, a, b: math.log(a) - b * math.log(s),
        lambda s, a, b: a - b * math.log(s),
        lambda s, a, b: math.log10(a) - b * math.log10(s),
    ),
    "A loss that stays is added; the law has none.": lambda s, a, b: a * s**-b + 1.69,
    "The law is divided by the size as well.": lambda s, a, b: a * s**-b / s,
    "Size and alpha are swapped in the power, or the root is taken.": (
        lambda s, a, b: a * s ** (-1 / b),
        lambda s, a, b: (a / s) ** (1 / b),
        lambda s, a, b: (a / s) ** b,
    ),
    "It gives the size of a loss, not the loss of a size.": (
        lambda s, a, b: (s / a) ** (-1 / b),
        lambda s, a, b: (a / s) ** (1 / b),
    ),
}


def expect_losses(student, calls):
    expect_answers(student, "predict_loss", calls, loss_of, LOSS_MISTAKES, "The loss", TOL_FIT)


# --- extrapolation_error ---------------------------------------------------------------------------------------------


def error_of(sizes, losses, held_out=None, law=law_of):
    """(predicted - measured) / measured at one place, that of the largest size, from a law through the others."""
    place = extremes(sizes)[1] if held_out is None else held_out % len(sizes)
    rest = [at for at in range(len(sizes)) if at != place]
    found = law([sizes[at] for at in rest], [losses[at] for at in rest])
    return loss_of(sizes[place], *found) / losses[place] - 1


def _error(of):
    """A mistake with the prediction and the measured loss of the largest run."""

    def way(sizes, losses):
        measured = losses[extremes(sizes)[1]]
        return of((error_of(sizes, losses) + 1) * measured, measured)

    return way


def _at_largest(law):
    def way(sizes, losses):
        at = extremes(sizes)[1]
        return loss_of(sizes[at], *law(sizes, losses)) / losses[at] - 1

    return way


def _smaller(sizes, losses, count, first=False):
    """The runs of the largest, or smallest, so many sizes below the greatest."""
    runs = sorted(zip(sizes, losses, strict=True))[:-1]
    return map(list, zip(*(runs[:count] if first else runs[-count:]), strict=True))


def _last_two(sizes, losses):
    found = law_of(*_smaller(sizes, losses, 2))
    return loss_of(max(sizes), *found) / losses[extremes(sizes)[1]] - 1


def _first_two(sizes, losses):
    found = law_of(*_smaller(sizes, losses, 2, first=True))
    return loss_of(max(sizes), *found) / losses[extremes(sizes)[1]] - 1


ERROR_MISTAKES = {
    "The largest run is fitted with the others.": _at_largest(law_of),
    "The last entry is taken for the largest size.": lambda s, v: error_of(s, v, -1),
    "The first entry is taken for the largest size.": lambda s, v: error_of(s, v, 0),
    "The smallest size is held out; the largest is asked for.": lambda s, v: error_of(s, v, extremes(s)[0]),
    "The run of the lowest loss is held out; that of the largest size is asked for.": lambda s, v: error_of(
        s, v, extremes(v)[0]
    ),
    "The run of the highest loss is held out; that of the largest size is asked for.": lambda s, v: error_of(
        s, v, extremes(v)[1]
    ),
    "The error has no sign.": lambda s, v: abs(error_of(s, v)),
    "The error has the wrong sign: it is measured - predicted.": _error(lambda p, m: (m - p) / m),
    "The error is divided by what was predicted; it is relative to what was measured.": (
        _error(lambda p, m: (p - m) / p),
        _error(lambda p, m: (m - p) / p),
    ),
    "The error is divided by the mean of both losses.": _error(lambda p, m: 2 * (p - m) / (p + m)),
    "The error isn't divided by the measured loss.": (_error(lambda p, m: p - m), _error(lambda p, m: m - p)),
    "The error comes in percent.": _error(lambda p, m: 100 * (p - m) / m),
    "The quotient of both losses comes back; an error of none is 0.": (
        _error(lambda p, m: p / m),
        _error(lambda p, m: m / p),
    ),
    "The logarithm of the quotient comes back.": _error(lambda p, m: math.log(p / m)),
    "The error is squared.": _error(lambda p, m: ((p - m) / m) ** 2),
    "The predicted loss comes back, not its error.": _error(lambda p, m: p),
    "The law goes through two of the smaller runs only.": (_last_two, _first_two),
    "The largest size is held out, but another one is predicted.": (
        lambda s, v: _elsewhere(s, v, -2),
        lambda s, v: _elsewhere(s, v, 0),
    ),
    "The prediction is held against the loss of another run.": (
        lambda s, v: (error_of(s, v) + 1) * v[extremes(s)[1]] / v[-1] - 1,
        lambda s, v: (error_of(s, v) + 1) * v[extremes(s)[1]] / min(v) - 1,
        lambda s, v: (error_of(s, v) + 1) * v[extremes(s)[1]] / v[0] - 1,
    ),
    "Of runs of one size only one counts, or their mean; each run counts.": tuple(
        lambda s, v, kept=kept: error_of(*kept(s, v)) for kept in ONCE
    ),
    "Sizes and losses are sorted each by itself: runs get the losses of others.": (
        lambda s, v: error_of(sorted(s), v),
        lambda s, v: error_of(sorted(s), sorted(v, reverse=True)),
        lambda s, v: error_of(sorted(s), sorted(v)),
    ),
    "The mean of the errors of all runs comes back.": (
        lambda s, v: statistics.fmean(error_of(s, v, at) for at in range(len(s))),
        lambda s, v: statistics.fmean(loss_of(one, *law_of(s, v)) / loss - 1 for one, loss in zip(s, v, strict=True)),
    ),
    "The smaller runs are fitted by a straight line of sizes and losses.": (lambda s, v: _straight(s, v),),
    "The squares are those of the losses; those of their logarithms are asked for.": Roughly(
        lambda s, v: error_of(s, v, law=law_in_losses)
    ),
}


def _straight(sizes, losses):
    place = extremes(sizes)[1]
    rest = [at for at in range(len(sizes)) if at != place]
    height, slope = line([sizes[at] for at in rest], [losses[at] for at in rest])
    return (height + slope * sizes[place]) / losses[place] - 1


def _elsewhere(sizes, losses, rank):
    """The error of the law through the smaller runs at one of these, by its rank among all."""
    runs = sorted(zip(sizes, losses, strict=True))
    found = law_of(*map(list, zip(*runs[:-1], strict=True)))
    return loss_of(runs[rank][0], *found) / runs[rank][1] - 1


def drawn_errors(rng, count, sign):
    """Runs whose largest is missed by some percent: below 0 its loss is above that of the next smaller one."""
    while True:
        sizes, losses = drawn_runs(rng, count)
        largest = extremes(sizes)[1]
        if sign < 0:
            losses[largest] = sorted(zip(sizes, losses, strict=True))[-2][1] * uniform(rng, 1.05, 1.3)
        else:
            losses[largest] *= uniform(rng, 0.6, 0.8)
        if 0.03 < sign * error_of(sizes, losses) < 0.7:
            return sizes, losses


def expect_errors(student, calls, usual=(), refused=""):
    """Ask for several errors at once; `refused` is the sentence where these are refused, and the usual ones not."""
    if usual:
        expect_errors(student, usual)
    with expect_accepted(refused, "ValueError"):
        expect_answers(student, "extrapolation_error", calls, error_of, ERROR_MISTAKES, "The relative error", TOL_FIT)
