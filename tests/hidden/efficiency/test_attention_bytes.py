"""Hidden checks of `attention_bytes`."""

from efficiency_oracles import expect_bytes

from autograder.checks import exercise, in_drawn_order, rejected


@exercise("attention_bytes")
def test_bytes_of_one_token_and_of_many(student, rng):
    many = rng.randint(100_000, 900_000)
    calls = [(t, h, b, kind) for t, h, b in ((1, 1, 16), (many, 96, 8), (7, 3, 4)) for kind in ("scores", "statistics")]
    expect_bytes(student, rng.permutation(calls))


@exercise("attention_bytes")
def test_bytes_of_words_that_are_nearly_right(student, rng):
    tokens = rng.randint(300, 900)
    unnamed = "The error for an unknown `stored` doesn't name it."
    questions = [
        rejected(lambda word=word: student.attention_bytes(tokens, 4, 16, word), "An unknown `stored`", unnamed=unnamed)
        for word in ("score", "Scores", "stat", "")
    ]
    in_drawn_order(rng, *questions, lambda: expect_bytes(student, [(tokens, 4, 16, "statistics")]))
