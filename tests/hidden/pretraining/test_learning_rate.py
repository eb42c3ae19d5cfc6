"""Hidden checks of `learning_rate`."""

from pretraining_oracles import expect_rates

from autograder.checks import exercise


@exercise("learning_rate")
def test_every_step_of_a_schedule(student, rng):
    warmup = rng.randint(7, 12)
    total = warmup + rng.randint(30, 40)
    peak = 0.1 * (1 + rng.rand().item())
    expect_rates(student, rng.permutation(range(total + 9)), peak, 0.3 * peak, warmup, total)


@exercise("learning_rate")
def test_schedules_of_other_sizes(student, rng):
    peak = 1e-3 * (1 + rng.rand().item())
    expect_rates(student, rng.permutation([0, 1, 2, 3, 9, 50, 99, 100, 101]), peak, 0.1 * peak, 1, 100)
    expect_rates(student, rng.permutation([0, 5, 20, 39, 40, 41]), peak, 0.0, 6, 40)  # down to 0
    expect_rates(student, rng.permutation([0, 3, 11, 12, 30, 60, 61]), peak, peak, 12, 60)  # constant
    expect_rates(student, rng.permutation([0, 1, 2, 3]), peak, 0.2 * peak, 2, 3)  # one step of the cosine
    expect_rates(student, [0, 1, 5, 0], peak, 0.2 * peak, 0, 1)
    steps = rng.permutation([0, 1999, 2000, 2001, 300_000, 599_999, 600_000, 700_000])
    expect_rates(student, steps, 6e-4, 6e-5, 2000, 600_000)
