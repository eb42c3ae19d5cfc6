"""Checks of `to_printable`."""

import itertools

from tokenization_oracles import random_word
from tokenization_text_oracles import PRINTABLE, printable

from autograder.checks import exercise, expect_accepted, expect_equal

SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]


def other_letters(token):
    """What each mistake writes."""

    def by(letter):
        return lambda: "".join(letter(byte) for byte in token)

    def moved(shown, start=256):
        others = itertools.count(start)
        letters = [chr(byte) if byte in shown else chr(next(others)) for byte in range(256)]
        return by(letters.__getitem__)

    return {
        "Every byte is the character with its number; 68 of them can't be seen.": by(chr),
        "Every byte is moved by 256; those that can be seen stay.": by(lambda byte: chr(256 + byte)),
        "The others are moved by 256; they are numbered one after the other from 256 on.": by(
            lambda byte: chr(byte) if byte in SHOWN else chr(256 + byte)
        ),
        "The others are numbered from 257 on; they begin at 256.": moved(SHOWN, 257),
        "The space stays; it is one of those that can't be seen.": moved([32, *SHOWN]),
        "The byte 127 stays; it is one of those that can't be seen.": moved([*SHOWN, 127]),
        "The byte 173 stays; it is one of those that can't be seen.": moved([*SHOWN, 173]),
        "The byte 160 stays; it is one of those that can't be seen.": moved([*SHOWN, 160]),
        "The bytes 161 to 255 are moved; but for 173 they stay.": moved(list(range(33, 127))),
        "Only the space is replaced.": by(lambda byte: "Ġ" if byte == 32 else chr(byte)),
        "It reads the token as UTF-8; each byte has a letter of its own.": lambda: "".join(
            printable(letter.encode()) if letter in " \n\t" else letter for letter in token.decode(errors="replace")
        ),
        "Bytes are written as escapes.": by(lambda byte: chr(byte) if 33 <= byte < 127 else f"\\x{byte:02x}"),
        "It writes the numbers of the bytes.": lambda: " ".join(map(str, token)),
        "The others are numbered in reverse order.": by(
            lambda byte: (
                chr(byte) if byte in SHOWN else chr(323 - [b for b in range(256) if b not in SHOWN].index(byte))
            )
        ),
        "A byte that occurs again is left out.": lambda: "".join(dict.fromkeys(printable(token))),
    }


@exercise("to_printable")
def test_each_byte_has_a_letter(student, rng):
    text = f" {random_word(rng)}"
    every = bytes(rng.permutation(range(256)))
    for token in (b" the", "ä".encode(), text.encode() * 2, every):  # the docstring's examples first
        with expect_accepted("Bytes that are no text are an error; every byte has a letter."):
            result = student.to_printable(token)
        expect_equal(
            result,
            printable(token),
            what="The token in printable letters",
            mistakes=other_letters(token),
            advice="33 to 126, 161 to 172, 174 to 255 stay; the n-th of the others is chr(256 + n), counted from 0.",
        )


@exercise("to_printable")
def test_letters_of_short_tokens(student, rng):
    tokens = [b"", *(bytes([byte]) for byte in rng.permutation(range(256))[:40]), bytes([173, 127, 160, 32, 0, 255])]
    order = rng.permutation(tokens)
    expect_equal(
        [student.to_printable(token) for token in order],
        [printable(token) for token in order],
        what="The list of tokens in printable letters",
        mistakes={
            sentence: (lambda sentence=sentence: [other_letters(token)[sentence]() for token in order])
            for sentence in other_letters(b"")
        },
    )
    assert len(set(PRINTABLE)) == 256
