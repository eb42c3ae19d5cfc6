"""Checks of `stored_transposed`."""

from pretrained_weights_name_oracles import expect_turned

from autograder.checks import exercise


@exercise("stored_transposed")
def test_four_weights_of_each_block(student, rng):
    expect_turned(student, rng, [0, rng.randint(1, 9)])


@exercise("stored_transposed")
def test_blocks_of_two_digits(student, rng):
    expect_turned(student, rng, [rng.randint(0, 9), rng.randint(10, 48)])
