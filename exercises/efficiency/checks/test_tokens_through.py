"""Checks of `tokens_through`."""

from efficiency_oracles import expect_tokens

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("tokens_through")
def test_tokens_with_a_cache_and_without(student, rng):
    new = rng.randint(20, 900)
    expect_tokens(student, [(3, True), (3, False), (new, True), (new, False), (new + 1, False), (1, True), (1, False)])


@exercise("tokens_through")
def test_tokens_of_no_text_and_of_less(student, rng):
    new, cached = rng.randint(1, 40), rng.choice([True, False])
    unnamed = "The error for `new` below 0 doesn't name it."
    in_drawn_order(
        rng,
        rejected(lambda: student.tokens_through(-new, cached), "`new` below 0", str(-new), unnamed=unnamed),
        rejected(lambda: student.tokens_through(-new, not cached), "`new` below 0", str(-new), unnamed=unnamed),
        lambda: expect_tokens(student, [(0, True), (0, False), (new + 7, True), (new + 7, False)]),
    )
