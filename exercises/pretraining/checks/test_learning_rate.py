"""Checks of `learning_rate`."""

from pretraining_oracles import expect_rates

from autograder.checks import exercise

EXAMPLE = (6e-4, 6e-5, 10, 110)


def sizes(rng):
    """Peak, floor, warmup and total; the floor is higher than the warmup's first rates."""
    warmup = rng.randint(9, 15)
    return 1e-3 * (1 + rng.rand().item()), 1e-4 * (3 + rng.rand().item()), warmup, warmup + rng.randint(60, 80)


@exercise("learning_rate")
def test_the_warmup_rises_from_step_0(student, rng):
    expect_rates(student, rng.permutation([0, 4, 9, 10]), *EXAMPLE, what="The rates of the warmup")
    peak, floor, warmup, total = sizes(rng)
    steps = rng.permutation([0, 1, 2, 5, warmup - 1, warmup, warmup + 1])
    expect_rates(student, steps, peak, floor, warmup, total, what="The rates of the warmup")


@exercise("learning_rate")
def test_the_cosine_falls_to_the_floor(student, rng):
    expect_rates(student, rng.permutation([10, 35, 60, 85, 110]), *EXAMPLE, what="The rates of the cosine")
    peak, floor, warmup, total = sizes(rng)
    steps = rng.permutation([warmup, warmup + 1, warmup + 13, (warmup + total) // 2, total - 9, total - 1, total])
    expect_rates(student, steps, peak, floor, warmup, total, what="The rates of the cosine")


@exercise("learning_rate")
def test_the_floor_stays(student, rng):
    peak, floor, warmup, total = sizes(rng)
    steps = rng.permutation([total - 3, total, total + 1, total + 7, total + 40, 3 * total])
    expect_rates(student, steps, peak, floor, warmup, total, what="The rates after the cosine")


@exercise("learning_rate")
def test_no_warmup_and_nothing_else(student, rng):
    peak, floor, _, total = sizes(rng)
    expect_rates(
        student, rng.permutation([0, 1, total // 3, total]), peak, floor, 0, total, what="The rates without a warmup"
    )
    warmup = rng.randint(5, 9)
    steps = rng.permutation([0, 2, warmup - 1, warmup, warmup + 1])
    expect_rates(student, steps, peak, floor, warmup, warmup, what="The rates of a warmup that takes all steps")
