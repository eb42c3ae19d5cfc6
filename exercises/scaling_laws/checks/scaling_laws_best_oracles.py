"""What the checks of `compute_optimal` share: the best size by halving, and with known mistakes."""

from __future__ import annotations

import math

from scaling_laws_oracles import Seen, expect_answers, near, numbers, uniform

from autograder.checks import expect_close

# What the docstring asks of a search: N and D to one in a thousand, and what they cost to one in a million.
TOL_BEST, TOL_COST = {"rtol": 1e-3, "atol": 0.0}, {"rtol": 1e-6, "atol": 0.0}


def best_sizes(flops, A, B, alpha, beta):
    """(N, D) where the derivative over ln N is 0, found by halving: it rises with N from below 0 to above."""
    product = math.log(flops / 6)
    low, high = -500.0, 500.0
    while (middle := (low + high) / 2) not in (low, high):
        slope = math.log(beta * B) - beta * (product - middle) - (math.log(alpha * A) - alpha * middle)
        low, high = (middle, high) if slope < 0 else (low, middle)
    return math.exp(middle), math.exp(product - middle)


def _with_rest(size, flops, factor=6):
    return size, flops / factor / size


def _best(factor, power, root, flops):
    """N from a formula, D from what is left."""
    return _with_rest((factor * (flops / 6) ** power) ** root, flops)


PUBLISHED = ((406.4, 410.7, 0.34, 0.28), (406.4, 410.7, 0.3392, 0.2849), (482.01, 2085.43, 0.3478, 0.3658))
BEST_MISTAKES = {
    "The exponents are swapped.": (
        lambda c, A, B, a, b: best_sizes(c, A, B, b, a),
        lambda c, A, B, a, b: _best(a * A / (b * B), a, 1 / (a + b), c),
        lambda c, A, B, a, b: _best(b * A / (a * B), b, 1 / (a + b), c),
    ),
    "A and B are swapped.": (
        lambda c, A, B, a, b: best_sizes(c, B, A, a, b),
        lambda c, A, B, a, b: _best(b * B / (a * A), b, 1 / (a + b), c),
    ),
    "The 6 of 6 · N · D is forgotten.": (
        lambda c, A, B, a, b: best_sizes(6 * c, A, B, a, b),
        lambda c, A, B, a, b: (best_sizes(6 * c, A, B, a, b)[0], best_sizes(c, A, B, a, b)[1]),
        lambda c, A, B, a, b: (best_sizes(c, A, B, a, b)[0], 6 * best_sizes(c, A, B, a, b)[1]),
    ),
    "It multiplies by the 6 of 6 · N · D.": lambda c, A, B, a, b: best_sizes(36 * c, A, B, a, b),
    "Only the forward pass is paid for: 2 · N · D.": lambda c, A, B, a, b: best_sizes(3 * c, A, B, a, b),
    "D comes first; N is asked for first.": lambda *args: best_sizes(*args)[::-1],
    "N and D are made equal.": lambda c, *rest: (math.sqrt(c / 6),) * 2,
    "It takes 20 tokens for each parameter, whatever the terms are.": lambda c, *rest: _with_rest(
        math.sqrt(c / 120), c
    ),
    "The two terms are made equal; their products with the exponents are.": lambda c, A, B, a, b: best_sizes(
        c, A / a, B / b, a, b
    ),
    "The terms' products with the exponents are divided by them instead.": lambda c, A, B, a, b: best_sizes(
        c, A / a / a, B / b / b, a, b
    ),
    "A and B play no part.": lambda c, A, B, a, b: best_sizes(c, 1, 1, a, b),
    "A, B and the exponents before them play no part.": lambda c, A, B, a, b: _best(1, b, 1 / (a + b), c),
    "The factor of A and B isn't raised to 1 / (alpha + beta).": lambda c, A, B, a, b: _with_rest(
        a * A / (b * B) * (c / 6) ** (b / (a + b)), c
    ),
    "The exponents are subtracted from each other; they add up.": (
        lambda c, A, B, a, b: _best(a * A / (b * B), b, 1 / (a - b), c),
        lambda c, A, B, a, b: _best(a * A / (b * B), b, 1 / (b - a), c),
    ),
    "The power of the compute is 1 / (alpha + beta); beta is missing.": lambda c, A, B, a, b: _best(
        a * A / (b * B), 1, 1 / (a + b), c
    ),
    "D isn't what is left of the compute: 6 · N · D is another number.": (
        lambda c, A, B, a, b: (best_sizes(c, A, B, a, b)[0], (c / 6) ** (a / (a + b))),
        lambda c, A, B, a, b: (
            best_sizes(c, A, B, a, b)[0],
            (a * A / (b * B)) ** (1 / (a + b)) * (c / 6) ** (a / (a + b)),
        ),
        lambda c, A, B, a, b: (best_sizes(c, A, B, a, b)[0], 20 * best_sizes(c, A, B, a, b)[0]),
        lambda c, A, B, a, b: (best_sizes(c, A, B, a, b)[0], c),
        lambda c, A, B, a, b: (best_sizes(c, A, B, a, b)[0], c / best_sizes(c, A, B, a, b)[0]),
    ),
    "The published numbers are used, whatever is given.": tuple(
        lambda c, A, B, a, b, numbers=numbers: best_sizes(c, *numbers) for numbers in PUBLISHED
    ),
    "The compute is left out: N is the same for each.": lambda c, A, B, a, b: _with_rest(
        (a * A / (b * B)) ** (1 / (a + b)), c
    ),
    "The logarithms of N and D come back.": (
        lambda *args: tuple(map(math.log, best_sizes(*args))),
        lambda *args: tuple(map(math.log10, best_sizes(*args))),
    ),
    "N or D is cut or rounded to a whole number.": (
        lambda *args: tuple(map(round, best_sizes(*args))),
        lambda *args: tuple(map(math.floor, best_sizes(*args))),
        lambda c, *rest: _with_rest(round(best_sizes(c, *rest)[0]), c),
        lambda c, *rest: _with_rest(math.floor(best_sizes(c, *rest)[0]), c),
        lambda *args: (best_sizes(*args)[0], round(best_sizes(*args)[1])),
    ),
}
COARSE = "The search stops near the best size: its steps are too coarse."


def _is_coarse(got, expected):
    """Whether all N and D are close to the best, but not close enough, and cost what the best cost."""
    return near(got, expected, 0.5) and all(
        len(numbers(mine)) == 2
        and math.isclose(mine[0] * mine[1], theirs[0] * theirs[1], rel_tol=1e-6)
        and not math.isclose(mine[0], theirs[0], rel_tol=1e-3)
        for mine, theirs in zip(got, expected, strict=True)
    )


OFF = "6 · N · D isn't the compute that is given."


def expect_best(student, calls):
    """Ask for several best sizes at once."""
    mistakes = BEST_MISTAKES | {COARSE: Seen(_is_coarse)}
    what = "The pair (N, D)"
    got = expect_answers(student, "compute_optimal", calls, best_sizes, mistakes, what, TOL_BEST)
    cost = [6 * size * tokens for size, tokens in got]
    expect_close(cost, [one[0] for one in calls], what="What they cost", mistakes={OFF: cost}, **TOL_COST)


def drawn_terms(rng, flops):
    """A call whose N and D are far from whole numbers, where these are small, and whose exponents differ."""
    while True:
        A, B = uniform(rng, 2, 600), uniform(rng, 2, 600)
        alpha, beta = (uniform(rng, 0.2, 0.34), uniform(rng, 0.4, 0.6))[:: rng.choice([1, -1])]
        found = best_sizes(flops, A, B, alpha, beta)
        if all(abs(one - round(one)) > 0.2 for one in found if one < 1e4) and 0.02 < found[0] ** 2 / flops * 6 < 50:
            return flops, A, B, alpha, beta
