"""Hidden checks of `fit_surface`."""

from scaling_laws_oracles import uniform
from scaling_laws_surface_oracles import drawn_surface, expect_surfaces

from autograder.checks import exercise


@exercise("fit_surface")
def test_surface_of_many_runs(student, rng):
    expect_surfaces(student, [drawn_surface(rng, 4, 4), drawn_surface(rng, 3, 4, noise=0.05)])


@exercise("fit_surface")
def test_surface_with_other_exponents(student, rng):
    calls = []
    for alpha, beta in ((1, 0.5), (uniform(rng, 0.1, 0.2), 1.0), (same := uniform(rng, 0.3, 0.5), same)):
        sizes, tokens, losses, *_ = drawn_surface(rng, 3, 3, noise=0.05)
        calls.append((sizes, tokens, losses, alpha, beta))
    expect_surfaces(student, rng.permutation(calls))


@exercise("fit_surface")
def test_surface_of_sizes_in_other_units(student, rng):
    sizes, tokens, losses, *exponents = drawn_surface(rng, 3, 3)
    calls = [([one / 10**6 for one in sizes], [one / 10**8 for one in tokens], losses, *exponents)]
    expect_surfaces(student, [*calls, drawn_surface(rng, 4, 2)])


@exercise("fit_surface")
def test_signs_of_all_three(student, rng):
    flipped = drawn_surface(rng, 3, 3)
    below = [loss - uniform(rng, 8, 9) for loss in flipped[2]]  # all by about the same, so E is below 0
    negative = [-loss for loss in flipped[2]]
    calls = [(*flipped[:2], some, *flipped[3:]) for some in (below, negative)]
    expect_surfaces(student, rng.permutation([*calls, drawn_surface(rng, 2, 3, factor_b=-0.5)]))
