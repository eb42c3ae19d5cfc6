"""Checks of `block_parameters`."""

from scaling_laws_oracles import expect_parameters

from autograder.checks import exercise


@exercise("block_parameters")
def test_matrices_of_all_blocks(student, rng):
    width, layers = 8 * rng.randint(20, 200), rng.randint(5, 19)
    expect_parameters(student, [(2, 3), (768, 12), (width, layers)])


@exercise("block_parameters")
def test_one_block_and_a_narrow_one(student, rng):
    width = rng.randint(30, 90)
    expect_parameters(student, [(width, 1), (width + 7, rng.randint(2, 5)), (1, rng.randint(7, 60))])
