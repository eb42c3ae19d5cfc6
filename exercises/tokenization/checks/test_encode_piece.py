"""Checks of `encode_piece`."""

from tokenization_oracles import (
    TRAINER,
    expect_anew,
    joined,
    joined_from_the_right,
    prose,
    random_letters,
    single_bytes,
    vocabulary,
)
from tokenization_text_oracles import (
    by_order,
    encoded,
    leftmost_first,
    longest_match,
    most_frequent_first,
    table,
    told_apart,
)

from autograder.checks import AnyOf, exercise, expect_accepted, expect_equal, fail


def ranks_of_parts(piece, merges):
    """The pair whose parts have the smallest ids, not the pair that was learned first."""
    ids = {}
    for number, token in vocabulary(merges).items():
        ids.setdefault(token, number)
    return by_order(piece, merges, lambda pair, rank: (max(ids[token] for token in pair), rank))


def one_join(piece, merges):
    """The first join and no other."""
    tokens = single_bytes(piece)
    present = [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in merges]
    return joined(tokens, min(present, key=merges.index)) if present else tokens


def pairs_of_bytes(piece, merges):
    """Only the merges of two single bytes are applied."""
    return encoded(piece, [pair for pair in merges if len(pair[0] + pair[1]) == 2])


def first_place_only(piece, merges):
    """Each merge is applied once, where it occurs first."""
    tokens = single_bytes(piece)
    for pair in merges:
        for index in range(len(tokens) - 1):
            if tokens[index : index + 2] == pair:
                tokens = (*tokens[:index], pair[0] + pair[1], *tokens[index + 2 :])
                break
    return tokens


def shortest(piece, merges):
    return by_order(piece, merges, lambda pair, rank: (len(pair[0] + pair[1]), rank))


ENCODED_WRONGLY = {
    "It joins the leftmost pair first; the pair that was learned first comes first.": leftmost_first,
    "It takes the longest token that fits, from left to right.": longest_match,
    "It takes the longest token that fits, from right to left.": lambda piece, merges: tuple(
        token[::-1] for token in reversed(longest_match(piece[::-1], [(b[::-1], a[::-1]) for a, b in merges]))
    ),
    "It joins the pair that was learned last first.": lambda piece, merges: by_order(
        piece, merges, lambda pair, rank: -rank
    ),
    "It ranks a pair by when its parts were learned, not by when the pair was.": ranks_of_parts,
    "It joins the longest pair first.": lambda piece, merges: by_order(
        piece, merges, lambda pair, rank: (-len(pair[0] + pair[1]), rank)
    ),
    "It joins the greatest pair first.": lambda piece, merges: by_order(
        piece, merges, lambda pair, rank: [[-byte for byte in token] for token in pair]
    ),
    "It joins the pair that comes first in the alphabet first.": lambda piece, merges: by_order(
        piece, merges, lambda pair, rank: pair
    ),
    "It ends after the first join.": one_join,
    "It joins pairs of single bytes only.": pairs_of_bytes,
    "It joins each pair where it occurs first, not everywhere.": first_place_only,
    "It joins overlapping pairs from the right; it must begin on the left.": lambda piece, merges: by_order(
        piece, merges, lambda pair, rank: rank, joined_from_the_right
    ),
    "It joins the pair that is most frequent in the piece first.": most_frequent_first,
    "It joins nothing.": lambda piece, merges: single_bytes(piece),
    "It goes through the merges from the last to the first.": lambda piece, merges: encoded(piece, merges[::-1]),
}


@exercise("encode_piece")
def test_the_pair_learned_first_is_joined_first(student, rng):
    example = [b"abc", b"abcd"], [(b"c", b"d"), (b"a", b"b"), (b"ab", b"c")]
    drawn = table(rng)
    # Each piece tells some wrong orders apart, and all of them together every one
    shapes = [
        "pqrs",
        "pqr",
        "tuv",
        "rst",
        "xxx",
        "xxxxx",
        "pqxtu",
        "pqpqrs",
        "xxxxxxx",
        "tupqpq",
        "qrstuv",
        "klmn",
        "klmo",
    ]
    pieces = [drawn.spelled(shape).encode() for shape in rng.permutation([*shapes, "tutuv"])]
    asked = [(piece, merges) for some, merges in (example, (pieces, drawn.merges)) for piece in some]
    expect_equal(
        [student.encode_piece(piece, merges) for piece, merges in asked],
        [list(encoded(piece, merges)) for piece, merges in asked],
        what="The list of tokens of each piece",
        mistakes={
            sentence: (lambda wrong=wrong: [wrong(piece, merges) for piece, merges in asked])
            for sentence, wrong in ENCODED_WRONGLY.items()
        },
        advice="Look at all pairs of neighbours, take the one of the smallest place in merges, look again.",
    )


@exercise("encode_piece")
def test_a_text_is_encoded_as_it_was_trained(student, rng):
    text = prose(rng, words=60, different=10, alphabet="".join(random_letters(rng, 6)))
    merges = TRAINER.merges(text, 256 + 30)
    pieces = [f" {word}".encode() for word in dict.fromkeys(text.split())]
    pieces += [b" " + first.strip() + second.strip() for first, second in zip(pieces, pieces[1:], strict=False)]
    pieces.append(told_apart(rng, text, merges))
    expect_equal(
        [student.encode_piece(piece, merges) for piece in pieces],
        [list(encoded(piece, merges)) for piece in pieces],
        what="The list of tokens of each word",
    )


@exercise("encode_piece")
def test_pieces_without_a_pair(student, rng):
    drawn = table(rng)
    p, q, r, x = (letter.encode() for letter in (*drawn.letters[:3], drawn.letters[-1]))
    asked = [b"", p, q + p, bytes([255, 0]), x + b"\xc3"]
    found = {}
    for piece in rng.permutation(asked):
        with expect_accepted("A piece without a pair to join is an error; its bytes are its tokens."):
            found[piece] = student.encode_piece(piece, drawn.merges)
    with expect_accepted("An empty list of merges is an error; the bytes are the tokens then."):
        untrained = student.encode_piece(p + q + r, [])
    right, known = [list(single_bytes(piece)) for piece in asked], set(map(str.encode, drawn.letters))
    expect_equal(
        [*(found[piece] for piece in asked), untrained],
        [*right, [p, q, r]],
        what="The list of tokens of pieces without a pair",
        mistakes={
            'An empty piece has one token, b""; it has none.': [[b""], *right[1:], [p, q, r]],
            "Bytes that are no text are lost or changed.": AnyOf(
                *(
                    [*(list(single_bytes(piece.decode(errors=errors))) for piece in asked), [p, q, r]]
                    for errors in ("replace", "ignore")
                )
            ),
            "Bytes that no merge has are lost.": [*([token for token in one if token in known] for one in right), []],
        },
    )
    if not isinstance(found[q + p], tuple):
        fail("The tokens come as a list; they must be a tuple.", expected="a tuple", got=type(found[q + p]).__name__)


@exercise("encode_piece")
def test_other_merges_give_other_tokens(student, rng):
    p, q, r = (letter.encode() for letter in random_letters(rng, 3))
    piece = p + q + r
    first, second = rng.permutation([[(p, q)], [(q, r)]])
    tables = [first, second, first]
    expect_anew(
        [student.encode_piece(piece, merges) for merges in tables],
        [list(encoded(piece, merges)) for merges in tables],
        what="The list of tokens of one piece by several merges",
        mistakes={"It joins nothing.": [list(single_bytes(piece))] * 3},
    )
