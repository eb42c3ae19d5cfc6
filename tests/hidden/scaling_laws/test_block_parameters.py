"""Hidden checks of `block_parameters`."""

from scaling_laws_oracles import expect_parameters

from autograder.checks import exercise


@exercise("block_parameters")
def test_matrices_of_large_and_deep_models(student, rng):
    calls = [(128 * rng.randint(50, 120), rng.randint(60, 99)), (rng.randint(5, 30), rng.randint(200, 900))]
    expect_parameters(student, rng.permutation([*calls, (rng.randint(100, 400), 2)]))
