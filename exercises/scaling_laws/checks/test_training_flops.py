"""Checks of `training_flops`."""

from scaling_laws_oracles import expect_run_flops

from autograder.checks import exercise


@exercise("training_flops")
def test_flops_of_a_run(student, rng):
    parameters, tokens = rng.randint(20_000, 900_000), rng.randint(1_000_000, 9_000_000)
    expect_run_flops(student, [(10, 7), (70e9, 1.4e12), (parameters, tokens)])
