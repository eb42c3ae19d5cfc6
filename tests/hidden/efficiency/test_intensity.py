"""Hidden checks of `intensity`."""

from efficiency_oracles import expect_intensities

from autograder.checks import exercise


@exercise("intensity")
def test_flops_for_each_byte_of_thin_and_large_matrices(student, rng):
    width, tokens = rng.randint(3000, 9000), rng.randint(300, 900)
    calls = [(1, width, 4 * width), (tokens, width, 1, 4), (tokens, 1, width, 0.5), (1, 1, 1), (width, width, width, 1)]
    expect_intensities(student, rng.permutation(calls))
