"""Hidden checks of `random_windows`."""

import torch
from pretraining_oracles import asked, expect_equally_likely, stream, windows

from autograder.checks import exercise, fail, in_drawn_order, rejected


@exercise("random_windows")
def test_windows_of_other_sizes(student, rng):
    for size, length, number in ((2, 1, 4), (40, 1, 8000), (31, 30, 5), (25, 12, 5200), (300, 7, 1)):
        (starts,) = asked(student, rng, stream(rng, size), length, number, ("one", rng.randint(0, 1 << 30)))
        if number > 100:
            expect_equally_likely(starts, size - length, length)


@exercise("random_windows")
def test_batches_of_one_row_follow_each_other(student, rng):
    # of 8 starts, 200 calls of one row each, all with the same generator
    seed = rng.randint(0, 1 << 30)
    starts = torch.cat(asked(student, rng, stream(rng, 13), 5, 1, *[("one", seed)] * 200))
    if len(starts.unique()) == 1:
        fail("Each call gives the same windows: the generator that is given is not moved on.")
    expect_equally_likely(starts, 8, 5)


@exercise("random_windows")
def test_generators_of_two_streams(student, rng):
    one, other = rng.permutation(range(10_000))[:2]
    data = stream(rng, 90)
    a, b, c, d = asked(student, rng, data, 8, 60, ("one", one), ("two", other), ("one", one), ("two", other))
    first, second = asked(student, rng, data, 8, 60, ("one", one), ("one", one))
    if not (torch.equal(a, first) and torch.equal(c, second)):
        fail("The windows of a generator depend on more than its state.")
    if torch.equal(a, c) or torch.equal(b, d):
        fail("Each call gives the same windows: the generator that is given is not moved on.")


@exercise("random_windows")
def test_streams_that_are_too_short(student, rng):
    length = rng.randint(30, 60)

    def refused(size):
        return rejected(
            lambda: student.run(windows, torch.arange(size), length, 1, [["one", 5]], 7),
            "A stream that holds no window",
            size,
            length,
            unnamed="The error for a stream that is too short doesn't name its length and that of a window.",
        )

    def taken():
        asked(student, rng, stream(rng, length + 1), length, 2, ("one", rng.randint(0, 1 << 30)))

    in_drawn_order(rng, refused(length), refused(length - 1), refused(1), refused(0), taken)
