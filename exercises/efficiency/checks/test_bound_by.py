"""Checks of `bound_by`."""

from efficiency_oracles import expect_bounds

from autograder.checks import exercise


@exercise("bound_by")
def test_both_sides_of_the_ridge(student, rng):
    expect_bounds(student, rng, [156, rng.randint(20, 90), rng.randint(200, 280)])
