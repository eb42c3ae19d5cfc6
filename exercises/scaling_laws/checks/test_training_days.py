"""Checks of `training_days`."""

from scaling_laws_oracles import expect_days, uniform

from autograder.checks import exercise


@exercise("training_days")
def test_days_of_a_run(student, rng):
    devices, peak = rng.randint(3, 900), uniform(rng, 1e14, 1e15)
    drawn = [(uniform(rng, 1, 9) * 1e22, devices + some, peak, uniform(rng, 0.1, 0.45)) for some in (0, 70)]
    expect_days(student, [(1.728e18, 2, 20e12, 0.5), *drawn, (5.88e23, 1024, 312e12, 0.4)])


@exercise("training_days")
def test_less_than_a_day(student, rng):
    calls = [(uniform(rng, 1, 9) * 1e15, 1, 20e12, uniform(rng, 0.55, 0.95)) for _ in range(2)]
    expect_days(student, [*calls, (calls[0][0], 1, 20e12, 1)])
