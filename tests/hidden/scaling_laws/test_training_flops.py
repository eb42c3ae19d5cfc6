"""Hidden checks of `training_flops`."""

from scaling_laws_oracles import expect_run_flops, uniform

from autograder.checks import exercise


@exercise("training_flops")
def test_flops_of_small_and_of_large_runs(student, rng):
    calls = [(rng.randint(2, 90), rng.randint(100, 900)), (uniform(rng, 1e10, 9e11), uniform(rng, 1e12, 9e13))]
    expect_run_flops(student, rng.permutation([*calls, (rng.randint(10**8, 10**9), 20 * 10**9)]))
