"""Hidden checks of `fit_power_law`."""

from scaling_laws_fit_oracles import drawn_runs, expect_laws, extremes, loss_of, several_times
from scaling_laws_oracles import uniform

from autograder.checks import exercise, in_drawn_order, rejected


def in_units(sizes, unit):
    """The sizes counted in billions or the like, so that some are below 1."""
    return [one / unit for one in sizes]


@exercise("fit_power_law")
def test_law_of_sizes_in_other_units_and_of_small_losses(student, rng):
    (sizes, losses), (others, more) = drawn_runs(rng, 6), drawn_runs(rng, 7)
    calls = [(in_units(sizes, 10**6), losses), (others, [one / 20 for one in more])]
    refused = "Sizes or losses below 1 are an error; their logarithms are below 0."
    expect_laws(student, rng.permutation(calls), [drawn_runs(rng, 5)], refused)


@exercise("fit_power_law")
def test_law_of_many_runs_and_of_large_ones(student, rng):
    sizes, losses = drawn_runs(rng, 5, decades=3)
    expect_laws(student, [drawn_runs(rng, 12), ([one * 10**4 for one in sizes], losses), drawn_runs(rng, 4)])


@exercise("fit_power_law")
def test_runs_that_lie_on_a_law(student, rng):
    calls = []
    for alpha in rng.permutation([uniform(rng, 0.05, 0.1), -uniform(rng, 0.2, 0.4), 0.0]):
        sizes, a = drawn_runs(rng, 5)[0], uniform(rng, 2, 60)
        calls.append((sizes, [loss_of(one, a, alpha) for one in sizes]))
    expect_laws(student, calls)


@exercise("fit_power_law")
def test_many_runs_of_two_sizes(student, rng):
    one, other = rng.randint(10**4, 10**5), rng.randint(10**6, 10**7)
    sizes = rng.permutation([one] * 3 + [other] * 2)
    calls = [(sizes, [uniform(rng, 1, 5) for _ in sizes]), several_times(rng, *drawn_runs(rng, 5), [4, 0, 2])]
    expect_laws(student, calls)


@exercise("fit_power_law")
def test_other_runs_that_have_no_law(student, rng):
    sizes, losses = drawn_runs(rng, 6)
    smallest, largest = extremes(sizes)
    size, loss = uniform(rng, 0.5, 9), uniform(rng, 1, 4)

    def with_one(values, place, number):
        return [number if at == place else one for at, one in enumerate(values)]

    few, low = "Fewer than two different sizes", "A loss of 0 or below"
    in_drawn_order(
        rng,
        rejected(lambda: student.fit_power_law([size, size], [loss, loss]), few),
        rejected(lambda: student.fit_power_law([size, size], [loss, loss * 2]), few),
        rejected(lambda: student.fit_power_law([], []), few),
        rejected(lambda: student.fit_power_law(sizes, with_one(losses, largest, -1e-3)), low),
        rejected(lambda: student.fit_power_law(sizes, with_one(losses, smallest, 0)), low),
        rejected(lambda: student.fit_power_law(sizes, [-one for one in losses]), low),
        rejected(lambda: student.fit_power_law([-one for one in sizes], losses), "A size of 0 or below"),
        rejected(lambda: student.fit_power_law(with_one(sizes, smallest, 0.0), losses), "A size of 0 or below"),
        lambda: expect_laws(student, [(sizes, losses)]),
    )
