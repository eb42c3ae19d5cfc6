"""Checks of `intensity`."""

from efficiency_oracles import expect_intensities

from autograder.checks import exercise


@exercise("intensity")
def test_flops_for_each_byte(student, rng):
    sizes = [(rng.randint(2, 9), rng.randint(20, 40), rng.randint(50, 90)) for _ in range(3)]
    expect_intensities(student, [(1, 2, 1), *sizes])


@exercise("intensity")
def test_bytes_of_a_number(student, rng):
    m, k, n = rng.randint(30, 60), rng.randint(70, 99), rng.randint(3, 20)
    expect_intensities(student, [(m, k, n, each) for each in rng.permutation([4, 1, 0.5, 2])])
