"""Hidden checks of `from_printable`."""

from functools import partial

from tokenization_oracles import expect_refused_and_taken
from tokenization_text_oracles import printable

from autograder.checks import exercise, expect_equal


@exercise("from_printable")
def test_any_token_comes_back(student, rng):
    tokens = [bytes(rng.randint(0, 256, (rng.randint(1, 30),)).tolist()) for _ in range(10)]
    tokens.append(b" \n" + tokens[0] + b"\t")
    expect_equal(
        [student.from_printable(printable(token)) for token in tokens],
        tokens,
        what="The list of tokens that are written so",
    )


@exercise("from_printable")
def test_characters_that_cannot_be_seen(student, rng):
    token = bytes(rng.randint(0, 256, (9,)).tolist())
    text, at = printable(token), rng.randint(0, 10)
    wrong = ["\n", "\x7f", "\xad", "\xa0", "\x00", "🙂"]
    expect_refused_and_taken(
        rng,
        [(partial(student.from_printable, text[:at] + letter + text[at:]), "") for letter in wrong],
        partial(student.from_printable, text),
        token,
        error="A character that is the letter of no byte",
        unnamed="The error for a character that is the letter of no byte does not show it.",
        accepted="A text of GPT-2's letters is an error.",
        what="The token that is written so",
    )
