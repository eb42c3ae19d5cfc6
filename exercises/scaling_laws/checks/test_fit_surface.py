"""Checks of `fit_surface`."""

from scaling_laws_surface_oracles import drawn_surface, expect_surfaces

from autograder.checks import exercise


@exercise("fit_surface")
def test_surface_through_three_runs_and_many(student, rng):
    example = ([4, 16, 4], [5, 5, 10], [6, 5, 5], 0.5, 1)
    expect_surfaces(student, [example, drawn_surface(rng, 3, 3), drawn_surface(rng, 2, 4)])


@exercise("fit_surface")
def test_surface_of_exact_runs(student, rng):
    expect_surfaces(student, [drawn_surface(rng, 3, 2, noise=0.0), drawn_surface(rng, 3, 3, noise=0.0)])


@exercise("fit_surface")
def test_numbers_below_zero(student, rng):
    calls = [drawn_surface(rng, 3, 3), drawn_surface(rng, 3, 3, factor_b=-0.3)]
    expect_surfaces(student, rng.permutation(calls))
