"""Checks of `from_printable`."""

from functools import partial

from tokenization_oracles import expect_refused_and_taken, random_word
from tokenization_text_oracles import PRINTABLE, printable

from autograder.checks import exercise, expect_accepted, expect_equal


def other_bytes(text):
    """What each mistake reads."""
    right = bytes(PRINTABLE.index(letter) for letter in text)
    return {
        "It encodes the letters as UTF-8; each letter stands for one byte.": lambda: text.encode(),
        "Only Ġ is taken back; other letters stand for bytes that can't be seen, too.": lambda: text.replace(
            "Ġ", " "
        ).encode(),
        "The number of a letter is taken for its byte.": lambda: bytes(ord(letter) % 256 for letter in text),
        "Letters beyond 255 are lost.": lambda: bytes(ord(letter) for letter in text if ord(letter) < 256),
        "It gives text; bytes are asked for.": lambda: right.decode("latin-1"),
        "It gives a list of numbers; bytes are asked for.": lambda: list(right),
        "It reads the bytes as text; bytes are asked for.": lambda: right.decode(errors="replace"),
        "White space at the beginning of the token is lost.": lambda: right.lstrip(),
    }


@exercise("from_printable")
def test_every_letter_is_a_byte(student, rng):
    every = bytes(rng.permutation(range(256)))
    for token in (b" the", f" {random_word(rng)} ä\n".encode(), every, b""):  # the docstring's example first
        text = printable(token)
        with expect_accepted("A text of GPT-2's letters is an error."):
            result = student.from_printable(text)
        expect_equal(
            result,
            token,
            what="The token that is written so",
            mistakes=other_bytes(text),
            advice="It is the table of to_printable, from the letter to the byte.",
        )


@exercise("from_printable")
def test_a_letter_of_no_byte_is_shown(student, rng):
    text = printable(f" {random_word(rng)}".encode())
    token = bytes(PRINTABLE.index(letter) for letter in text)
    expect_refused_and_taken(
        rng,
        [
            (partial(student.from_printable, f" {text}"), " "),
            (partial(student.from_printable, f"{text}한{text}"), "한"),
            (partial(student.from_printable, f"{text}{chr(324)}"), chr(324)),  # behind the last letter of the table
        ],
        partial(student.from_printable, text),
        token,
        error="A character that is the letter of no byte",
        unnamed="The error for a character that is the letter of no byte does not show it.",
        accepted="A text of GPT-2's letters is an error.",
        what="The token that is written so",
    )
