"""Hidden checks of `pretokenize`."""

import string

import regex
from tokenization_oracles import PATTERN, pieces_of, random_letters, random_word

from autograder.checks import AnyOf, exercise, expect_equal


@exercise("pretokenize")
def test_pieces_of_a_page_of_code(student, rng):
    name, other, number = random_word(rng), random_word(rng), rng.randint(100, 9999)
    text = (
        f"def {name}_{other}(x, *, y={number}.5):\n    return  x['{name}'] != \"{other}\"\n\n\n\tif {name}:"
        f"  # it's {other}'ll\n\r\n{name.upper()}'VE {number}{other}  \n 中文{number}، עברית?!  "
    )
    expect_equal(
        student.pretokenize(text),
        pieces_of(text),
        what="The list of pieces of a page of code",
        mistakes={
            "It knows the letters of ASCII only; other scripts have letters too.": lambda: pieces_of(
                text,
                PATTERN.replace(r"\p{L}", "a-zA-Z")
                .replace(" ?a-zA-Z+", " ?[a-zA-Z]+")
                .replace(r"\p{N}", "0-9")
                .replace(" ?0-9+", " ?[0-9]+"),
            ),
        },
    )


@exercise("pretokenize")
def test_patterns_with_groups(student, rng):
    x, y, z = random_letters(rng, 3)
    gaps = [random_word(rng, string.ascii_uppercase) for _ in range(3)]
    pieces = [f"{x}{y}", gaps[0], f"{y}{x}", gaps[1], f"{x}{y}", f"{x}{y}", gaps[2]]
    patterns = [
        f"({x})({y})|({y})({x})",
        f"(?P<one>{x}{y})|(?P<other>{y}{x})",
        f"(?:{x}(?={y}){y})|{y}({x})",
        f"(?:{x}{y}|{y}{x})",
    ]
    order = rng.permutation(patterns)
    text = "".join(pieces)
    expect_equal(
        [student.pretokenize(text, pattern) for pattern in order],
        [pieces] * len(order),
        what="The list of pieces by patterns with groups",
        mistakes={
            "It gives what a group of the pattern caught, not the whole match.": lambda: [
                regex.findall(pattern, text) for pattern in order
            ],
            "What the pattern doesn't match is lost; joined, the pieces must be the text.": [
                [piece for piece in pieces if piece not in gaps]
            ]
            * len(order),
            "What follows the last match is lost.": [pieces[:-1]] * len(order),
        },
    )


@exercise("pretokenize")
def test_white_space_alone(student, rng):
    spaces = [" " * rng.randint(2, 6), "\n" * rng.randint(2, 4), " \n\t", "\xa0 ", "\t"]
    asked = rng.permutation(spaces)
    found = [student.pretokenize(text) for text in asked]
    expect_equal(
        found,
        [[text] for text in asked],
        what="The list of pieces of white space",
        mistakes={
            "It splits at white space and loses it; joined, the pieces must be the text.": [[] for _ in asked],
            "It gives empty pieces.": AnyOf([["", text] for text in asked], [["", text, ""] for text in asked]),
        },
    )
