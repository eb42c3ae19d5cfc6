"""Hidden checks of `bound_by`."""

from efficiency_oracles import expect_bounds

from autograder.checks import exercise


@exercise("bound_by")
def test_both_sides_of_other_ridges(student, rng):
    fraction = rng.choice([0.125, 0.625, 0.875])
    expect_bounds(student, rng, [rng.randint(1000, 3000), rng.randint(2, 9) + fraction, rng.randint(300, 600) + 0.5])
