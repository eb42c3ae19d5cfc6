"""Checks of `fit_power_law`."""

from scaling_laws_fit_oracles import SAME_REFUSED, TWO_REFUSED, drawn_runs, expect_laws, several_times
from scaling_laws_oracles import uniform

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("fit_power_law")
def test_law_of_several_runs(student, rng):
    expect_laws(student, [([1, 10, 100], [8, 2, 2]), drawn_runs(rng, 5), drawn_runs(rng, 6)])


@exercise("fit_power_law")
def test_law_through_two_sizes(student, rng):
    sizes = [rng.randint(10**4, 10**5), rng.randint(10**6, 10**7)]
    high, low = uniform(rng, 3, 5), uniform(rng, 0.5, 2.5)
    calls = [(sizes, [high, low]), ([100, 400], [4, 2]), (sizes[::-1], [low, high * 1.1])]
    expect_laws(student, calls, [drawn_runs(rng, 5)], TWO_REFUSED)


@exercise("fit_power_law")
def test_losses_that_rise(student, rng):
    expect_laws(student, [drawn_runs(rng, 5, alpha=-uniform(rng, 0.1, 0.3)), drawn_runs(rng, 6)])


@exercise("fit_power_law")
def test_several_runs_of_one_size(student, rng):
    calls = [several_times(rng, *drawn_runs(rng, 4), which) for which in ([0, 2], [3, 1])]
    expect_laws(student, calls, [drawn_runs(rng, 5)], SAME_REFUSED)


@exercise("fit_power_law")
def test_runs_that_have_no_law(student, rng):
    sizes, losses = drawn_runs(rng, 4)
    place, size, loss = rng.randint(0, 4), rng.randint(500, 9000), uniform(rng, 1, 4)

    def with_one(values, number):
        return [number if at == place else one for at, one in enumerate(values)]

    few = "Fewer than two different sizes"
    in_drawn_order(
        rng,
        rejected(lambda: student.fit_power_law([size], [loss]), few),
        rejected(lambda: student.fit_power_law([size] * 3, losses[:3]), few),
        rejected(lambda: student.fit_power_law(sizes, with_one(losses, -loss)), "A loss of 0 or below"),
        rejected(lambda: student.fit_power_law(sizes, with_one(losses, 0.0)), "A loss of 0 or below"),
        rejected(lambda: student.fit_power_law(with_one(sizes, -size), losses), "A size of 0 or below"),
        rejected(lambda: student.fit_power_law(with_one(sizes, 0), losses), "A size of 0 or below"),
        lambda: expect_laws(student, [(sizes, losses)]),
    )
