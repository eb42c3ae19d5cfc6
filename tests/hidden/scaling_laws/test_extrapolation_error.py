"""Hidden checks of `extrapolation_error`."""

from scaling_laws_fit_oracles import drawn_errors, expect_errors, extremes, loss_of, several_times
from scaling_laws_oracles import uniform

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("extrapolation_error")
def test_error_of_many_runs_in_other_units(student, rng):
    calls = []
    for sign in rng.permutation([1, -1]):
        sizes, losses = drawn_errors(rng, 8, sign)
        calls.append(([one / 10**6 for one in sizes], [one / 9 for one in losses]))
    expect_errors(student, calls)


@exercise("extrapolation_error")
def test_largest_run_first_and_last(student, rng):
    calls = []
    for place in rng.permutation([0, -1]):
        runs = sorted(zip(*drawn_errors(rng, 5, rng.choice([1, -1])), strict=True))
        smaller = rng.permutation(runs[:-1])
        ordered = [runs[-1], *smaller] if place == 0 else [*smaller, runs[-1]]
        calls.append(tuple(map(list, zip(*ordered, strict=True))))
    expect_errors(student, [*calls, drawn_errors(rng, 6, -1)])


@exercise("extrapolation_error")
def test_runs_that_keep_to_their_law(student, rng):
    sizes, _ = drawn_errors(rng, 5, 1)
    a, alpha = uniform(rng, 5, 90), uniform(rng, 0.05, 0.3)
    kept = [loss_of(one, a, alpha) for one in sizes]
    missed, largest = list(kept), extremes(sizes)[1]
    missed[largest] *= uniform(rng, 2, 4)
    expect_errors(student, rng.permutation([(sizes, kept), (sizes, missed), drawn_errors(rng, 4, -1)]))


@exercise("extrapolation_error")
def test_more_smaller_runs_of_one_size(student, rng):
    calls = []
    for count in (6, 5):
        sizes, losses = drawn_errors(rng, count, 1)
        smaller = [at for at in range(count) if at != extremes(sizes)[1]]
        calls.append(several_times(rng, sizes, losses, rng.permutation(smaller)[:3]))
    expect_errors(student, calls)


@exercise("extrapolation_error")
def test_other_runs_that_leave_no_law(student, rng):
    sizes, losses = drawn_errors(rng, 5, -1)
    largest = extremes(sizes)[1]
    size, loss = rng.randint(500, 9000), uniform(rng, 2, 4)

    def with_one(values, place, number):
        return [number if at == place else one for at, one in enumerate(values)]

    few = "Fewer than two different sizes to fit"
    in_drawn_order(
        rng,
        rejected(lambda: student.extrapolation_error([3 * size, size], [loss / 2, loss]), few),
        rejected(lambda: student.extrapolation_error([size, 5 * size, size, size], [loss] * 4), few),
        rejected(lambda: student.extrapolation_error([size], [loss]), few),
        rejected(
            lambda: student.extrapolation_error(sizes, with_one(losses, largest, 0)), "The largest run's loss of 0"
        ),
        rejected(
            lambda: student.extrapolation_error(with_one(sizes, largest - 1, -size), losses), "A size of 0 or below"
        ),
        lambda: expect_errors(student, [(sizes, losses)]),
    )
