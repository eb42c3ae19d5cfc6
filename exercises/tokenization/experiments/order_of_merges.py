"""The same merges, applied in other orders."""

from __future__ import annotations

from ._shared import HELD_OUT, pieces_of, trained, world

CLAIM = "The order of the merges is the tokenizer: with the same merges, another order gives other tokens"
NEEDS = ("train_bpe", "encode_piece")
COLUMNS = ("order", "pieces that come out otherwise", "of")


def measure(student, backbone, seed, track):
    tokenizer = trained(student, seed, track=track)
    # Words that the tokenizer never saw: of those that it knows, each is one token in any order
    words = " ".join(word[::-1] for word in world("test", HELD_OUT, seed).split())
    pieces = pieces_of(student, words)
    known = set(tokenizer.vocab.values())
    pairs = set(tokenizer.merges)
    differ = dict.fromkeys(("once through the merges", "longest match", "leftmost pair first"), 0)
    for piece in track(pieces, "encoding in four orders"):
        tokens = list(student.encode_piece(piece, tokenizer.merges))
        differ["once through the merges"] += once_through(piece, tokenizer.merges) != tokens
        differ["longest match"] += longest_match(piece, known) != tokens
        differ["leftmost pair first"] += leftmost_first(piece, pairs) != tokens
    return {"pieces": len(pieces), "differ": differ}


def once_through(piece: bytes, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Each merge in its order, wherever it fits."""
    tokens = [bytes([byte]) for byte in piece]
    for left, right in merges:
        index = 0
        while index < len(tokens) - 1:
            if tokens[index] == left and tokens[index + 1] == right:
                tokens[index : index + 2] = [left + right]
            index += 1
    return tokens


def longest_match(piece: bytes, known: set[bytes]) -> list[bytes]:
    """The longest token of the vocabulary that fits, again and again from the left."""
    tokens = []
    while piece:
        size = next(size for size in range(len(piece), 0, -1) if piece[:size] in known)
        tokens.append(piece[:size])
        piece = piece[size:]
    return tokens


def leftmost_first(piece: bytes, pairs: set[tuple[bytes, bytes]]) -> list[bytes]:
    """The first pair from the left that is among the merges, again and again."""
    tokens, index = [bytes([byte]) for byte in piece], 0
    while index < len(tokens) - 1:
        if (tokens[index], tokens[index + 1]) in pairs:
            tokens[index : index + 2] = [tokens[index] + tokens[index + 1]]
            index = 0
        else:
            index += 1
    return tokens


def rows(figures):
    for order, count in figures.differ.items():
        yield order, count, figures.pieces


def claims(figures):
    differ, pieces = figures.differ, figures.pieces
    yield (
        differ["once through the merges"] == 0,
        f"going once through the merges in their order gives the same tokens for all {pieces:,} pieces",
    )
    longest, leftmost = differ["longest match"] / pieces, differ["leftmost pair first"] / pieces
    # Five seeds: 13 to 16% and 14 to 17%
    yield (
        longest > 0.05 and leftmost > 0.05,
        f"the longest match gives other tokens for {longest:.0%} of them, the leftmost pair first for {leftmost:.0%}",
    )
