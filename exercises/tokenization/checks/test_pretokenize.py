"""Checks of `pretokenize`."""

import string
import unicodedata

import regex
from tokenization_oracles import expect_anew, pieces_of, random_letters, random_word

from autograder.checks import exercise, expect_accepted, expect_equal, fail

# What each mistake cuts a text into, by another pattern or in another way.
OTHER_PIECES = {
    "It splits at white space and loses it; joined, the pieces must be the text.": lambda text: text.split(),
    "It takes white space away from the pieces.": lambda text: [piece.strip() for piece in pieces_of(text)],
    "Endings such as 's and 'll are not pieces of their own.": lambda text: pieces_of(
        text, r" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    ),
    "Letters and digits share a piece.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re)| ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    ),
    "Digits are cut into groups of at most three, as in GPT-4's pattern.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    ),
    "A run of spaces keeps its last one, which belongs to what follows it.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re)|(?<!\s) ?\p{L}+|(?<!\s) ?\p{N}+|(?<!\s) ?[^\s\p{L}\p{N}]+|\p{L}+|\p{N}+|\s+"
    ),
    "The space stands at the end of a piece; it belongs to what follows it.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re) ?|\p{L}+ ?|\p{N}+ ?|[^\s\p{L}\p{N}]+ ?|\s+"
    ),
    "Spaces are pieces of their own; each belongs to what follows it.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re)|\p{L}+|\p{N}+|[^\s\p{L}\p{N}]+|\s+(?!\S)|\s"
    ),
    "It changes letters to small ones.": lambda text: pieces_of(text.lower()),
    "Endings such as 'S are cut off in capitals too; GPT-2's pattern has small letters only.": lambda text: pieces_of(
        text, r"(?i:'(?:[sdmt]|ll|ve|re))| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    ),
    "It gives every piece once; a piece that occurs again counts again.": lambda text: list(
        dict.fromkeys(pieces_of(text))
    ),
    "It knows the letters of ASCII only; other scripts have letters too.": lambda text: pieces_of(
        text, r"'(?:[sdmt]|ll|ve|re)| ?[a-zA-Z]+| ?[0-9]+| ?[^\sa-zA-Z0-9]+|\s+(?!\S)|\s+"
    ),
    "It gives the pieces as bytes, not as text.": lambda text: [piece.encode() for piece in pieces_of(text)],
}


def mistakes_with(text):
    return {sentence: (lambda cut=cut: cut(text)) for sentence, cut in OTHER_PIECES.items()}


@exercise("pretokenize")
def test_pieces_of_english(student, rng):
    a, b, c, d, e, f = (random_word(rng) for _ in range(6))
    ending = rng.choice(["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"])
    number = str(rng.randint(1000, 99999))
    parts = [
        [f" {a}", ending],
        [f" {b}", ","],
        [f" {number}"],
        [" Ab", f"{number}"],
        ["  ", f" {c}"],
        ["\n", d],
        [" DON", "'", "T"],
        [f" {e}", f" {e}"],
    ]
    drawn = [f.title(), *(piece for part in rng.permutation(parts) for piece in part), "  "]
    for pieces in (["Hello", ",", " world", " ", " 42", "!"], drawn):  # the docstring's example first
        text = "".join(pieces)
        expect_equal(
            student.pretokenize(text),
            pieces,
            what="The list of pieces",
            mistakes=mistakes_with(text),
            advice="regex.finditer(pattern, text) gives the matches in order.",
        )


@exercise("pretokenize")
def test_letters_of_other_scripts(student, rng):
    parts = [[" naïve"], [" слово"], [" 한국어"], [" γράμμα", "."], [" ±"], [" ½"], ["\t", "हिन"], [" ﬁn"]]
    pieces = [piece for part in rng.permutation(parts) for piece in [f" {random_word(rng)}", *part]]
    # A vowel sign of Devanagari is a mark, no letter
    pieces = [part for piece in pieces for part in (["ह", "ि", "न"] if piece == "हिन" else [piece])]
    text = "".join(pieces)
    decomposed = {"It normalizes the text; joined, the pieces must be the text.": lambda: pieces_of(_nfkc(text))}
    expect_equal(
        student.pretokenize(text),
        pieces,
        what="The list of pieces of a text in several scripts",
        mistakes={**mistakes_with(text), **decomposed},
        advice=r"The package regex has \p{L} for letters of any script; re hasn't.",
    )


def _nfkc(text):
    return unicodedata.normalize("NFKC", text)


@exercise("pretokenize")
def test_what_the_pattern_leaves_out_is_kept(student, rng):
    for first in (True, False):  # the docstring's example first
        if first:
            pattern, pieces, caught = r"(\d)\d", ["a", "12", "34"], ["1", "3"]
        else:
            x, y = random_letters(rng, 2)
            gaps = [random_word(rng, string.ascii_uppercase) for _ in range(4)]
            pattern, caught = f"({x}){y}+", [x, x, x]
            gaps[0] += "7"  # GPT-2's pattern cuts there
            pieces = [gaps[0], f"{x}{y}", gaps[1], f"{x}{y}{y}", f"{x}{y}", gaps[2]]
        text = "".join(pieces)
        matches = [match.group() for match in regex.finditer(pattern, text)]
        kept = {} if first else {"What an earlier call left behind is still used.": [text]}  # \d isn't in it
        between = [part for part in regex.split(regex.sub(r"[()]", "", pattern), text) if part]
        expect_equal(
            student.pretokenize(text, pattern),
            pieces,
            what="The list of pieces by another pattern",
            mistakes={
                "It gives what a group of the pattern caught, not the whole match.": caught,
                "What the pattern doesn't match is lost; joined, the pieces must be the text.": matches,
                "What follows the last match is lost.": pieces[: -1 if not first else None],
                "What stands before the first match is lost.": pieces[1:],
                **kept,
                "It cuts by GPT-2's pattern, or by an earlier one, whatever pattern is given.": pieces_of(text),
                "It gives what lies between the matches and loses the matches.": between,
                "It gives a group of the pattern as a piece of its own.": [
                    part for part in regex.split(f"({pattern})", text) if part
                ],
                "What lies between two matches is lost.": [
                    piece for piece in pieces if piece in (*matches, pieces[0], pieces[-1])
                ],
            },
            advice="Add text[end:match.start()] before each match, and what is left behind the last one.",
        )


@exercise("pretokenize")
def test_no_piece_is_empty(student, rng):
    x, y, z = random_letters(rng, 3)
    with expect_accepted("An empty text is an error; it has no pieces."):
        nothing = student.pretokenize("")
    # Between z and y nothing is matched too, and that is no piece
    pieces = [y, f"{x}{x}", z, y, x, z]
    text, pattern = "".join(pieces), f"{x}*"
    found = [nothing, student.pretokenize(text, pattern)]
    if any(isinstance(cut, (list, tuple)) and "" in cut for cut in found):
        fail("It gives empty pieces.", expected=[[], pieces], got=found)
    expect_equal(found, [[], pieces], what="The list of pieces where the pattern can match nothing")


@exercise("pretokenize")
def test_each_call_cuts_by_its_own_pattern(student, rng):
    x, y, z = random_letters(rng, 3)
    number = str(rng.randint(100, 1000))
    text = f"{x}{y}{z}{number}{x}{y}"
    cuts = [(f"{x}{y}", [x + y, z + number, x + y]), (f"{y}{z}", [x, y + z, number + x + y])]
    first, second = rng.permutation(cuts)
    asked = [first, second, first]
    expect_anew(
        [student.pretokenize(text, pattern) for pattern, _ in asked],
        [cut for _, cut in asked],
        what="The list of pieces by several patterns",
        mistakes={
            "It cuts by GPT-2's pattern, or by an earlier one, whatever pattern is given.": [[x + y + z, number, x + y]]
            * 3,
            "It splits at white space and loses it; joined, the pieces must be the text.": [[text]] * 3,
        },
    )


@exercise("pretokenize")
def test_a_text_without_a_match_is_one_piece(student, rng):
    text = random_word(rng, string.ascii_lowercase)
    other = random_word(rng, string.digits)
    expect_equal(
        [student.pretokenize(text, r"\d+"), student.pretokenize(other, r"\d+")],
        [[text], [other]],
        what="The list of pieces of a text without a match and of one match",
        mistakes={
            "A text that the pattern doesn't match is lost.": [[], [other]],
            "What the pattern doesn't match is lost; joined, the pieces must be the text.": [[], [other]],
            "What follows the last match is lost.": [[], [other]],
        },
    )
