"""Hidden checks of `training_days`."""

from scaling_laws_oracles import expect_days, uniform

from autograder.checks import exercise


@exercise("training_days")
def test_days_of_other_devices(student, rng):
    calls = [
        (uniform(rng, 1, 9) * 10.0 ** rng.randint(17, 26), rng.randint(2, 30_000), uniform(rng, 1e13, 2e15), share)
        for share in (uniform(rng, 0.2, 0.45), uniform(rng, 0.55, 0.9), 1.0)
    ]
    expect_days(student, rng.permutation(calls))
