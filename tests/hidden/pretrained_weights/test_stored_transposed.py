"""Hidden checks of `stored_transposed`."""

from pretrained_weights_name_oracles import expect_turned

from autograder.checks import exercise


@exercise("stored_transposed")
def test_of_a_model_with_many_blocks(student, rng):
    expect_turned(student, rng, [0, 1, rng.randint(2, 9), rng.randint(10, 99), rng.randint(100, 999)])
