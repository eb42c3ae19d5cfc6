"""Checks of `extrapolation_error`."""

from scaling_laws_fit_oracles import SAME_REFUSED, drawn_errors, drawn_runs, expect_errors, extremes, several_times
from scaling_laws_oracles import uniform

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("extrapolation_error")
def test_error_at_the_largest_size(student, rng):
    calls = [([100, 400, 1600], [4, 2, 1.25]), drawn_errors(rng, 5, -1), drawn_errors(rng, 6, 1)]
    expect_errors(student, calls)


@exercise("extrapolation_error")
def test_several_smaller_runs_of_one_size(student, rng):
    calls = []
    for _ in range(2):
        sizes, losses = drawn_runs(rng, 5)
        calls.append(several_times(rng, sizes, losses, [at for at in range(5) if at != extremes(sizes)[1]][1:3]))
    expect_errors(student, calls, [drawn_errors(rng, 5, 1)], SAME_REFUSED)


@exercise("extrapolation_error")
def test_runs_that_leave_no_law(student, rng):
    sizes, losses = drawn_runs(rng, 4)
    small, large = rng.randint(500, 9000), rng.randint(10**5, 10**6)
    loss, largest = uniform(rng, 2, 4), extremes(sizes)[1]
    smaller = rng.choice([at for at in range(4) if at != largest])

    def with_one(place, number):
        return [number if at == place else one for at, one in enumerate(losses)]

    few = "Fewer than two different sizes to fit"
    in_drawn_order(
        rng,
        rejected(lambda: student.extrapolation_error([small, large], [loss, loss / 2]), few),
        rejected(lambda: student.extrapolation_error([small, large, small], [loss, loss / 2, loss * 1.1]), few),
        rejected(lambda: student.extrapolation_error(sizes, with_one(smaller, -loss)), "A loss of 0 or below"),
        rejected(
            lambda: student.extrapolation_error(sizes, with_one(largest, -loss)), "The largest run's loss below 0"
        ),
        rejected(lambda: student.extrapolation_error(sizes, with_one(largest, 0.0)), "The largest run's loss of 0"),
        lambda: expect_errors(student, [(sizes, losses)]),
    )
