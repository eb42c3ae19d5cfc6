"""Hidden checks of `isoflop_minimum`."""

from scaling_laws_fit_oracles import several_times
from scaling_laws_oracles import uniform
from scaling_laws_surface_oracles import drawn_valley, expect_bests

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("isoflop_minimum")
def test_best_size_of_many_runs_and_of_large_ones(student, rng):
    sizes, losses = drawn_valley(rng, 6)
    expect_bests(student, [drawn_valley(rng, 12), ([one * 10**3 for one in sizes], losses), drawn_valley(rng, 4)])


@exercise("isoflop_minimum")
def test_best_size_in_other_units(student, rng):
    calls = []
    for at in rng.permutation([0.4, 1.2]):
        sizes, losses = drawn_valley(rng, 6, at=at)
        calls.append(([one / 10**6 for one in sizes], losses))
    expect_bests(student, calls)


@exercise("isoflop_minimum")
def test_best_size_of_exact_valleys(student, rng):
    calls = [drawn_valley(rng, count, at=at, noise=0) for count, at in ((5, 0.1), (6, 0.8), (4, -0.2))]
    expect_bests(student, rng.permutation(calls))


@exercise("isoflop_minimum")
def test_best_of_steep_and_of_low_valleys(student, rng):
    (sizes, losses), steep = drawn_valley(rng, 6), drawn_valley(rng, 5, bend=uniform(rng, 2, 4))
    # a loss minus a constant is as good: where it is lowest stays the same
    calls = [steep, (sizes, [one - 9 for one in losses])]
    calls += [several_times(rng, *drawn_valley(rng, 6, bend=uniform(rng, 0.5, 0.9)), [5, 0, 3])]
    expect_bests(student, calls)


@exercise("isoflop_minimum")
def test_other_runs_without_a_best_size(student, rng):
    hills = [drawn_valley(rng, 5, at=at, bend=-uniform(rng, 0.06, 0.2)) for at in (0.4, 1.3)]
    size, more = rng.randint(500, 9000), rng.randint(10**5, 10**6)
    few, downwards = "Fewer than three different sizes", "A parabola that opens downwards"
    in_drawn_order(
        rng,
        rejected(lambda: student.isoflop_minimum(*hills[0]), downwards),
        rejected(lambda: student.isoflop_minimum(*hills[1]), downwards),
        rejected(lambda: student.isoflop_minimum([size, 10 * size, 100 * size], [2, 3, 2]), downwards),
        rejected(lambda: student.isoflop_minimum([size] * 3, [3, 2, 3]), few),
        rejected(lambda: student.isoflop_minimum([more, size, size, size], [3, 2, 3, 2.5]), few),
        rejected(lambda: student.isoflop_minimum([], []), few),
        lambda: expect_bests(student, [drawn_valley(rng, 6), drawn_valley(rng, 5)]),
    )
