"""Checks of `attention_bytes`."""

from efficiency_oracles import bytes_of, expect_bytes

from autograder.checks import exercise, expect_close, in_drawn_order, rejected


@exercise("attention_bytes")
def test_bytes_of_scores_and_statistics(student, rng):
    tokens, heads = rng.randint(300, 5000), rng.randint(3, 40)
    calls = [(4096, 12, 16, "scores"), (4096, 12, 16, "statistics")]
    calls += [(tokens, heads, bits, stored) for bits in (16, 32) for stored in ("scores", "statistics")]
    expect_bytes(student, calls)


@exercise("attention_bytes")
def test_bytes_of_narrow_scores(student, rng):
    tokens, heads = 2 * rng.randint(300, 2000) + 1, 2 * rng.randint(1, 9) + 1
    expect_bytes(student, [(tokens, heads, bits, kind) for bits in (4, 8) for kind in ("scores", "statistics")])


@exercise("attention_bytes")
def test_bytes_of_something_else(student, rng):
    tokens, heads = rng.randint(300, 900), rng.randint(2, 9)
    word = rng.choice(["weights", "nothing", "values"])
    unnamed = "The error for an unknown `stored` doesn't name it."
    in_drawn_order(
        rng,
        rejected(
            lambda: student.attention_bytes(tokens, heads, 16, word), "An unknown `stored`", word, unnamed=unnamed
        ),
        lambda: expect_close(
            student.attention_bytes(tokens, heads, 16, "scores"),
            bytes_of(tokens, heads, 16, "scores"),
            what="The number of bytes",
        ),
    )
