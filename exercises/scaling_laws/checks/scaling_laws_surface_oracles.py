"""What the checks of `fit_surface` and `isoflop_minimum` share: drawn runs, and fits with known mistakes."""

from __future__ import annotations

import math

from scaling_laws_fit_oracles import ONCE, TOL_FIT, extremes, least_squares, line, logs, spread
from scaling_laws_oracles import expect_answers, uniform

from autograder.checks import expect_accepted

# --- fit_surface ------------------------------------------------------------------------------------------------------


def terms(values, exponent):
    return [math.exp(-exponent * math.log(one)) for one in values]


def surface_of(sizes, tokens, losses, alpha, beta):
    """(E, A, B) of least squares."""
    return tuple(least_squares([[1.0] * len(sizes), terms(sizes, alpha), terms(tokens, beta)], losses))


def _columns(of):
    """A fit to other columns: `of` gives them; the factors come back in the order of its columns."""
    return lambda n, d, v, a, b: tuple(least_squares(of(n, d, a, b), v))


def _without_floor(n, d, v, a, b):
    A, B = least_squares([terms(n, a), terms(d, b)], v)
    return 0.0, A, B


def _floor_is(floor_of):
    """A fit of two terms to what is above a floor that is taken for E."""

    def fit(n, d, v, a, b):
        floor = floor_of(v)
        A, B = least_squares([terms(n, a), terms(d, b)], [one - floor for one in v])
        return floor, A, B

    return fit


def _one_after_the_other(first_size):
    def fit(n, d, v, a, b):
        one, other = (terms(n, a), terms(d, b)) if first_size else (terms(d, b), terms(n, a))
        height, factor = line(one, v)
        rest, second = line(other, [loss - height - factor * x for loss, x in zip(v, one, strict=True)])
        return (height + rest, factor, second) if first_size else (height + rest, second, factor)

    return fit


def _each_alone(n, d, v, a, b):
    (floor, A), (_, B) = line(terms(n, a), v), line(terms(d, b), v)
    return floor, A, B


def _product(exponent):
    def fit(n, d, v, a, b):
        floor, factor = line(terms([one * other for one, other in zip(n, d, strict=True)], exponent(a, b)), v)
        return floor, factor, factor

    return fit


def _weighted(weigh):
    """Rows and losses are multiplied by these weights."""

    def fit(n, d, v, a, b):
        weights = weigh(n, d, v)
        columns = [[1.0] * len(n), terms(n, a), terms(d, b)]
        return tuple(
            least_squares(
                [[w * one for w, one in zip(weights, column, strict=True)] for column in columns],
                [w * one for w, one in zip(weights, v, strict=True)],
            )
        )

    return fit


def _above_zero(n, d, v, a, b):
    """Least squares among numbers that are 0 or above: of all choices of columns the best that has none below."""
    columns, best = [[1.0] * len(n), terms(n, a), terms(d, b)], None
    for chosen in ([0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]):
        factors = least_squares([columns[at] for at in chosen], v)
        if min(factors) >= 0:
            found = [factors[chosen.index(at)] if at in chosen else 0.0 for at in range(3)]
            off = sum(
                (loss - sum(f * column[row] for f, column in zip(found, columns, strict=True))) ** 2
                for row, loss in enumerate(v)
            )
            best = min(best or (off, found), (off, found))
    return tuple(best[1])


def _ridge(strength):
    def fit(n, d, v, a, b):
        columns = [[1.0] * len(n), terms(n, a), terms(d, b)]
        pulled = [
            column + [math.sqrt(strength) if at == own else 0.0 for at in range(3)]
            for own, column in enumerate(columns)
        ]
        return tuple(least_squares(pulled, [*v, 0.0, 0.0, 0.0]))

    return fit


def _some(which):
    """A fit to some of the runs."""
    return lambda n, d, v, a, b: surface_of(n[which], d[which], v[which], a, b)


SURFACE_MISTAKES = {
    "E is left out of the fit.": (
        _without_floor,
        lambda *args: _without_floor(*args)[1:],
        lambda *args: (0.0, *surface_of(*args)[1:]),
    ),
    "E isn't fitted: the lowest loss or a published number is taken for it.": (
        _floor_is(min),
        _floor_is(lambda v: 1.69),
        _floor_is(lambda v: 1.8172),
        _floor_is(lambda v: 0.9 * min(v)),
        lambda n, d, v, a, b: (min(v), *surface_of(n, d, v, a, b)[1:]),
    ),
    "A and B are swapped.": lambda *args: tuple(surface_of(*args)[at] for at in (0, 2, 1)),
    "E comes last; it is asked for first.": lambda *args: tuple(surface_of(*args)[at] for at in (1, 2, 0)),
    "alpha and beta are swapped.": lambda n, d, v, a, b: surface_of(n, d, v, b, a),
    "Sizes and tokens are swapped.": (
        lambda n, d, v, a, b: surface_of(d, n, v, a, b),
        _columns(lambda n, d, a, b: [[1.0] * len(n), terms(d, a), terms(n, b)]),
    ),
    "One exponent is used for both terms.": (
        lambda n, d, v, a, b: surface_of(n, d, v, a, a),
        lambda n, d, v, a, b: surface_of(n, d, v, b, b),
    ),
    "Size and tokens are put into one term.": (
        _product(lambda a, b: a),
        _product(lambda a, b: b),
        _product(lambda a, b: (a + b) / 2),
    ),
    "The exponents have the wrong sign: the terms grow with size and tokens.": lambda n, d, v, a, b: surface_of(
        n, d, v, -a, -b
    ),
    "Sizes and tokens are divided by the exponents or multiplied, not raised to them.": _columns(
        lambda n, d, a, b: [[1.0] * len(n), [1 / (a * one) for one in n], [1 / (b * one) for one in d]]
    ),
    "The exponents are left out: 1 / N and 1 / D are fitted.": lambda n, d, v, a, b: surface_of(n, d, v, 1, 1),
    "The logarithms of sizes and tokens are fitted, not their powers.": _columns(
        lambda n, d, a, b: [[1.0] * len(n), logs(n), logs(d)]
    ),
    "The logarithms of the losses are fitted; the losses are asked for.": (
        lambda n, d, v, a, b: surface_of(n, d, logs(v), a, b),
        lambda n, d, v, a, b: (lambda found: (math.exp(found[0]), *found[1:]))(surface_of(n, d, logs(v), a, b)),
    ),
    "The terms are fitted one after the other; they share what they explain.": (
        _one_after_the_other(True),
        _one_after_the_other(False),
    ),
    "Each term is fitted as if the other weren't there.": _each_alone,
    "A number below 0 isn't let be.": (
        lambda *args: tuple(max(one, 0.0) for one in surface_of(*args)),
        lambda *args: tuple(map(abs, surface_of(*args))),
        _above_zero,
    ),
    "The numbers are pulled towards 0: squares of A and B are added to those of the losses.": tuple(
        _ridge(10.0**power) for power in range(-12, 1)
    ),
    "Only three of the runs are used; all of them count.": (_some(slice(3)), _some(slice(-3, None))),
    "A run is left out; all of them count.": (_some(slice(-1)), _some(slice(1, None))),
    "Some runs count more than others.": (
        _weighted(lambda n, d, v: [1 / one for one in v]),
        _weighted(lambda n, d, v: [1 / one**2 for one in v]),
        _weighted(lambda n, d, v: n),
        _weighted(lambda n, d, v: d),
        _weighted(lambda n, d, v: logs(n)),
        _weighted(lambda n, d, v: [math.sqrt(one) for one in d]),
    ),
    "Of the runs of one size only one counts; each run counts.": (
        lambda n, d, v, a, b: surface_of(*_of_each_size(n, d, v, first=False), a, b),
        lambda n, d, v, a, b: surface_of(*_of_each_size(n, d, v, first=True), a, b),
    ),
    "Sizes, tokens and losses are sorted each by itself: runs get the losses of others.": (
        lambda n, d, v, a, b: surface_of(sorted(n), sorted(d), sorted(v, reverse=True), a, b),
        lambda n, d, v, a, b: surface_of(sorted(n), sorted(d), sorted(v), a, b),
        lambda n, d, v, a, b: surface_of(sorted(n), d, v, a, b),
    ),
    "The columns are scaled for the fit, and the factors aren't scaled back.": (
        lambda n, d, v, a, b: (lambda f: (f[0], f[1] * max(terms(n, a)), f[2] * max(terms(d, b))))(
            surface_of(n, d, v, a, b)
        ),
        lambda n, d, v, a, b: (
            lambda f: (
                f[0] * math.sqrt(len(n)),
                f[1] * math.hypot(*terms(n, a)),
                f[2] * math.hypot(*terms(d, b)),
            )
        )(surface_of(n, d, v, a, b)),
    ),
    "A term of size times tokens is fitted as well.": lambda n, d, v, a, b: tuple(
        least_squares(
            [
                [1.0] * len(n),
                terms(n, a),
                terms(d, b),
                [one * other for one, other in zip(terms(n, a), terms(d, b), strict=True)],
            ],
            v,
        )[:3]
    ),
}


def _of_each_size(n, d, v, first):
    found = {}
    for one in zip(n, d, v, strict=True):
        if not (first and one[0] in found):
            found[one[0]] = one
    return map(list, zip(*found.values(), strict=True))


def drawn_surface(rng, sizes, lengths, noise=0.02, factor_b=1.0):
    """Runs of each size with each of some lengths but one, in drawn order, near a surface, and its exponents."""
    alpha, beta = (uniform(rng, 0.25, 0.35), uniform(rng, 0.4, 0.5))[:: rng.choice([1, -1])]
    pairs = [(one, other) for one in spread_of(rng, sizes, 5.5) for other in spread_of(rng, lengths, 7.5)]
    pairs = rng.permutation(pairs)[: max(4, len(pairs) - 1)]
    floor, of_size, of_tokens = uniform(rng, 1, 2), uniform(rng, 1, 3), uniform(rng, 1, 3) * factor_b
    n, d = ([one[at] for one in pairs] for at in (0, 1))
    # the terms are of size 1 at the smallest size and length, so that each of them tells something
    parts = zip(terms([one / min(n) for one in n], alpha), terms([one / min(d) for one in d], beta), strict=True)
    losses = [floor + of_size * x + of_tokens * y + noise * uniform(rng, -1, 1) for x, y in parts]
    return n, d, losses, alpha, beta


def spread_of(rng, count, start):
    """So many whole sizes, each some three times the one before."""
    found = [10 ** uniform(rng, start, start + 0.5)]
    while len(found) < count:
        found.append(found[-1] * uniform(rng, 2.5, 5))
    return [round(one) for one in found]


def expect_surfaces(student, calls):
    expect_answers(student, "fit_surface", calls, surface_of, SURFACE_MISTAKES, "The triple (E, A, B)", TOL_FIT)


# --- isoflop_minimum --------------------------------------------------------------------------------------------------


def parabola_of(x, y):
    """(height, slope, bend) at the middle of x, and that middle."""
    middle = sum(x) / len(x)
    away = [one - middle for one in x]
    return (*least_squares([[1.0] * len(x), away, [one * one for one in away]], y), middle)


def lowest(x, y):
    _, slope, bend, middle = parabola_of(x, y)
    return middle - slope / (2 * bend)


def best_of(sizes, losses):
    return math.exp(lowest(logs(sizes), losses))


def _vertex(of):
    """A mistake in the vertex, from the parabola's numbers a, b, c over ln size, where ln size is 0."""

    def way(sizes, losses):
        height, slope, bend, middle = parabola_of(logs(sizes), losses)
        return math.exp(of(height - slope * middle + bend * middle**2, slope - 2 * bend * middle, bend))

    return way


def _some_runs(choose):
    def way(sizes, losses):
        runs = [(sizes[at], losses[at]) for at in choose(sizes, losses)]
        return best_of(*map(list, zip(*runs, strict=True)))

    return way


def _around_best(sizes, losses):
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    place = min(max(order.index(extremes(losses)[0]), 1), len(order) - 2)
    return order[place - 1 : place + 2]


def _without(of):
    return lambda s, v: [at for at in range(len(s)) if at != of(s, v)]


VALLEY_MISTAKES = {
    "The parabola is fitted over the sizes; it is asked for over their logarithms.": lambda s, v: lowest(s, v),
    "The best of the runs is taken; the parabola's lowest place may lie between them.": (
        lambda s, v: s[extremes(v)[0]],
        lambda s, v: min(s, key=lambda one: abs(math.log(one) - lowest(logs(s), v))),
        lambda s, v: min(s, key=lambda one: abs(one - best_of(s, v))),
    ),
    "The worst of the runs is taken.": lambda s, v: s[extremes(v)[1]],
    "The logarithm of the size comes back.": (
        lambda s, v: lowest(logs(s), v),
        lambda s, v: lowest(logs(s, math.log10), v),
        lambda s, v: lowest(logs(s, math.log2), v),
    ),
    "log10 is undone by exp, or ln by a power of 10.": (
        lambda s, v: math.exp(lowest(logs(s, math.log10), v)),
        lambda s, v: 10 ** lowest(logs(s), v),
        lambda s, v: math.exp(lowest(logs(s, math.log2), v)),
    ),
    "The logarithms of the losses are fitted; the losses are asked for.": lambda s, v: best_of(s, logs(v)),
    "The vertex has the wrong sign: it is -b / (2 · c).": (_vertex(lambda a, b, c: b / (2 * c)),),
    "The 2 of the vertex is left out: it is -b / (2 · c).": (_vertex(lambda a, b, c: -b / c),),
    "The vertex is divided by half of c: -b / 2 · c is another number.": (
        _vertex(lambda a, b, c: -b / 2 * c),
        _vertex(lambda a, b, c: -2 * b / c),
    ),
    "The parabola's numbers are taken in the wrong order.": (
        _vertex(lambda a, b, c: -b / (2 * a)),
        _vertex(lambda a, b, c: -c / (2 * b)),
        _vertex(lambda a, b, c: -a / (2 * b)),
        _vertex(lambda a, b, c: -a / (2 * c)),
    ),
    "The mean that was taken off isn't added again.": lambda s, v: (lambda found: math.exp(-found[1] / (2 * found[2])))(
        parabola_of(logs(s), v)
    ),
    "The mean of the sizes is added, not that of their logarithms.": lambda s, v: (
        lambda found: math.exp(-found[1] / (2 * found[2])) + sum(s) / len(s)
    )(parabola_of(logs(s), v)),
    "A best size outside of the sizes is moved to the nearest of them.": lambda s, v: min(
        max(best_of(s, v), min(s)), max(s)
    ),
    "Three of the runs are used; all of them count.": (
        _some_runs(lambda s, v: sorted(range(len(v)), key=v.__getitem__)[:3]),
        _some_runs(_around_best),
        _some_runs(lambda s, v: range(3)),
        _some_runs(lambda s, v: range(len(s) - 3, len(s))),
        _some_runs(lambda s, v: sorted(range(len(s)), key=s.__getitem__)[:3]),
        _some_runs(lambda s, v: sorted(range(len(s)), key=s.__getitem__)[-3:]),
    ),
    "A run is left out; all of them count.": (
        _some_runs(_without(lambda s, v: len(s) - 1)),
        _some_runs(_without(lambda s, v: 0)),
        _some_runs(_without(lambda s, v: extremes(s)[0])),
        _some_runs(_without(lambda s, v: extremes(s)[1])),
        _some_runs(_without(lambda s, v: extremes(v)[1])),
    ),
    "The middle of the sizes comes back, whatever their losses are.": (
        lambda s, v: math.exp(sum(logs(s)) / len(s)),
        lambda s, v: sum(s) / len(s),
        lambda s, v: math.sqrt(min(s) * max(s)),
        lambda s, v: sorted(s)[len(s) // 2],
    ),
    "The mean of the sizes comes back, weighted by their losses.": (
        lambda s, v: sum(one / loss for one, loss in zip(s, v, strict=True)) / sum(1 / loss for loss in v),
        lambda s, v: sum(one * loss for one, loss in zip(s, v, strict=True)) / sum(v),
    ),
    "The lowest loss comes back, not its size.": (
        lambda s, v: min(v),
        lambda s, v: (lambda f: f[0] - f[1] ** 2 / (4 * f[2]))(parabola_of(logs(s), v)),
    ),
    "The best size comes back with its loss; the size alone is asked for.": lambda s, v: (
        best_of(s, v),
        (lambda f: f[0] - f[1] ** 2 / (4 * f[2]))(parabola_of(logs(s), v)),
    ),
    "Of runs of one size only one counts, or their mean; each run counts.": tuple(
        lambda s, v, kept=kept: best_of(*kept(s, v)) for kept in ONCE
    ),
    "Sizes and losses are sorted each by itself: runs get the losses of others.": (
        lambda s, v: best_of(sorted(s), v),
        lambda s, v: best_of(sorted(s), sorted(v)),
        lambda s, v: best_of(sorted(s), sorted(v, reverse=True)),
    ),
    "The size is cut or rounded to a whole number.": (
        lambda s, v: math.floor(best_of(s, v)),
        lambda s, v: math.ceil(best_of(s, v)),
    ),
    "Some runs count more than others.": (
        lambda s, v: _weighted_best(s, v, [1 / one for one in v]),
        lambda s, v: _weighted_best(s, v, s),
        lambda s, v: _weighted_best(s, v, [1 / one**2 for one in v]),
        lambda s, v: _weighted_best(s, v, [1 / one for one in s]),
    ),
}


def _weighted_best(sizes, losses, weights):
    x = logs(sizes)
    middle = sum(x) / len(x)
    away = [one - middle for one in x]
    columns = [[1.0] * len(x), away, [one * one for one in away]]
    scaled = [[w * one for w, one in zip(weights, column, strict=True)] for column in (*columns, losses)]
    _, slope, bend = least_squares(scaled[:3], scaled[3])
    return math.exp(middle - slope / (2 * bend))


def drawn_valley(rng, count, at=None, bend=None, noise=0.03):
    """Sizes and losses near a parabola over ln size. Its lowest place is `at`, a share of the way from the smallest
    size to the largest; its bend is below 0 where it opens downwards."""
    sizes = spread(rng, count, uniform(rng, 2.2, 3))
    x = logs(sizes)
    at = uniform(rng, 0.3, 0.7) if at is None else at
    bend = uniform(rng, 0.06, 0.2) if bend is None else bend
    middle = min(x) + at * (max(x) - min(x))
    start = uniform(rng, 2, 4) + (abs(bend) * 60 if bend < 0 else 0)
    return sizes, [start + bend * (one - middle) ** 2 + noise * uniform(rng, -1, 1) for one in x]


OUTSIDE_REFUSED = "A best size outside of the sizes is an error."
THREE_REFUSED = "Three sizes are an error; a parabola goes through them."
UPWARDS_REFUSED = "A parabola that opens upwards is an error."


def expect_bests(student, calls, usual=(), refused=""):
    """Ask for several best sizes at once; `refused` is the sentence where these are an error, and usual ones not."""
    if usual:
        expect_bests(student, usual)
    with expect_accepted(refused, "ValueError"):
        expect_answers(student, "isoflop_minimum", calls, best_of, VALLEY_MISTAKES, "The best size", TOL_FIT)
