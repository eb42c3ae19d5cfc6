"""Checks of `fertility`."""

from tokenization_oracles import random_word
from tokenization_text_oracles import ask, measured, other_values, values

from autograder.checks import exercise, expect_close, fail


@exercise("fertility")
def test_tokens_per_word_and_bytes_per_token(student, rng):
    words = [random_word(rng) for _ in range(rng.randint(5, 8))]
    # Words stand twice, between several spaces and lines, with letters of two and three bytes
    text = f" {'  '.join(words)}\n{words[0]}\tBär 한국\n"
    ids = 7 * rng.randint(3, 9) + 1
    texts, sizes = ["ein Bär", text], [4, ids]
    results = ask(student, texts, sizes)
    for text, size, result in zip(texts, sizes, results, strict=True):  # the docstring's example first
        expect_close(
            result,
            values(len(text.split()), len(text.encode()), size),
            what="The fertility of a text",
            mistakes=other_values(text, size),
        )


@exercise("fertility")
def test_a_text_without_words(student, rng):
    text, ids = f"{random_word(rng)} {random_word(rng)}", rng.randint(3, 30)
    order = rng.permutation(["", " " * rng.randint(1, 5), "\n\t ", text])
    results = student.run(measured, order, [ids] * 4)
    for asked, one in zip(order, results, strict=True):
        if asked == text:
            if one["error"]:
                fail("fertility raises an error for a text with words.", got=f"{one['error']}: {one['message']}")
            expect_close(
                one["value"],
                values(2, len(text.encode()), ids),
                what="The fertility of a text of two words",
                mistakes=other_values(text, ids),
            )
        elif one["error"] != "ValueError":
            fail(
                "A text without words must be a ValueError.",
                expected="ValueError",
                got=one["error"] or one.get("value"),
                advice="An empty text has no words, and neither has one of white space.",
            )
        elif not one["message"].strip():
            fail("The error for a text without words says nothing; say why.")
