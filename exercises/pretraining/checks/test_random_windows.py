"""Checks of `random_windows`."""

import torch
from pretraining_oracles import asked, expect_equally_likely, stream, windows

from autograder.checks import exercise, expect_equal, fail, in_drawn_order, rejected


@exercise("random_windows")
def test_windows_and_targets(student, rng):
    for size, length in ((10, 4), (rng.randint(20, 30), rng.randint(5, 9))):
        (starts,) = asked(student, rng, stream(rng, size), length, 60, ("one", rng.randint(0, 1 << 30)))
        if (starts == starts[0]).all():
            fail("All rows are the same window; each has its own.")


@exercise("random_windows", points=2)
def test_every_start_is_equally_likely(student, rng):
    # some 400 rows for each start
    for size, length in ((10, 4), (rng.randint(17, 20), 5)):
        (starts,) = asked(
            student, rng, stream(rng, size), length, 400 * (size - length), ("one", rng.randint(0, 1 << 30))
        )
        expect_equally_likely(starts, size - length, length)
    # of 60 starts the same one comes twice among 50 rows, all but never each once
    (starts,) = asked(student, rng, stream(rng, 64), 4, 50, ("one", rng.randint(0, 1 << 30)))
    if len(starts.unique()) == len(starts):
        fail("A start is drawn once only; each row is drawn by itself, so two may have the same.")


@exercise("random_windows")
def test_the_generator_decides(student, rng):
    data = stream(rng, 50)
    one, other = rng.permutation(range(10_000))[:2]
    first, following, again, different = asked(
        student, rng, data, 6, 40, ("one", one), ("one", one), ("again", one), ("other", other)
    )
    if torch.equal(first, following):
        fail("Each call gives the same windows: the generator that is given is not moved on.")
    if not torch.equal(first, again):
        fail("The generator is not used: with the same seed other windows come.")
    if torch.equal(first, different):
        fail("Different generators give the same windows: something is seeded inside.")


@exercise("random_windows")
def test_a_stream_that_is_just_long_enough(student, rng):
    length = rng.randint(4, 9)
    data = stream(rng, 40)

    def refused(size):
        return rejected(
            lambda: student.run(windows, data[:size].clone(), length, 3, [["one", 5]], 7),
            "A stream that holds no window",
            size,
            length,
            unnamed="The error for a stream that is too short doesn't name its length and that of a window.",
        )

    def taken():
        for size in (length + 1, length + 2):
            (starts,) = asked(student, rng, data[:size].clone(), length, 40, ("one", rng.randint(0, 1 << 30)))
            expect_equal(sorted({*starts.tolist()}), list(range(size - length)), what="The list of starts")

    in_drawn_order(rng, refused(length), refused(length - 1), taken)
