"""Hidden checks of `tokens_through`."""

from efficiency_oracles import expect_tokens

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("tokens_through")
def test_tokens_of_long_texts(student, rng):
    calls = [(rng.randint(2_000, 30_000), cached) for cached in (True, False) for _ in range(3)]
    expect_tokens(student, rng.permutation(calls))


@exercise("tokens_through")
def test_tokens_of_one_less_than_none(student, rng):
    new = rng.randint(2, 90)
    unnamed = "The error for `new` below 0 doesn't name it."
    in_drawn_order(
        rng,
        rejected(lambda: student.tokens_through(-1, False), "`new` below 0", "-1", unnamed=unnamed),
        rejected(lambda: student.tokens_through(-1, True), "`new` below 0", "-1", unnamed=unnamed),
        lambda: expect_tokens(student, [(new, False), (new, True), (2, False), (2, True)]),
    )
