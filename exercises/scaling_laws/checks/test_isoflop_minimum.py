"""Checks of `isoflop_minimum`."""

from scaling_laws_fit_oracles import SAME_REFUSED, several_times
from scaling_laws_oracles import uniform
from scaling_laws_surface_oracles import OUTSIDE_REFUSED, THREE_REFUSED, UPWARDS_REFUSED, drawn_valley, expect_bests

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("isoflop_minimum")
def test_best_size_between_the_runs(student, rng):
    expect_bests(student, [drawn_valley(rng, 5), drawn_valley(rng, 7)], refused=UPWARDS_REFUSED)


@exercise("isoflop_minimum")
def test_best_size_of_three(student, rng):
    sizes = rng.permutation([rng.randint(10**4, 10**5), rng.randint(10**6, 2 * 10**6), rng.randint(10**7, 10**8)])
    losses = [uniform(rng, 2, 2.2) if 10**5 < one < 10**7 else uniform(rng, 2.5, 3) for one in sizes]
    calls = [([10, 100, 10000], [4.25, 2.25, 4.25]), (sizes, losses)]
    expect_bests(student, calls, [drawn_valley(rng, 6)], THREE_REFUSED)


@exercise("isoflop_minimum")
def test_best_size_outside_of_the_runs(student, rng):
    # so flat that the logarithms of the losses have a lowest place, too
    calls = [drawn_valley(rng, 5, at=at, bend=uniform(rng, 0.02, 0.03)) for at in rng.permutation([-0.15, 1.15])]
    expect_bests(student, calls, [drawn_valley(rng, 6)], OUTSIDE_REFUSED)


@exercise("isoflop_minimum")
def test_best_of_several_runs_of_one_size(student, rng):
    calls = [several_times(rng, *drawn_valley(rng, 5, bend=uniform(rng, 0.5, 0.9)), which) for which in ([0, 3], [2])]
    expect_bests(student, calls, [drawn_valley(rng, 6)], SAME_REFUSED)


@exercise("isoflop_minimum")
def test_runs_without_a_best_size(student, rng):
    valley, hill = drawn_valley(rng, 6), drawn_valley(rng, 6, bend=-uniform(rng, 0.06, 0.2))
    size, more = rng.randint(500, 9000), rng.randint(10**5, 10**6)
    losses = [uniform(rng, 2, 3) for _ in range(4)]
    few = "Fewer than three different sizes"
    in_drawn_order(
        rng,
        rejected(lambda: student.isoflop_minimum(*hill), "A parabola that opens downwards"),
        rejected(lambda: student.isoflop_minimum([size, more], losses[:2]), few),
        rejected(lambda: student.isoflop_minimum([size, more, size, more], losses), few),
        lambda: expect_bests(student, [valley]),
    )
