"""Hidden checks of `encode_piece`."""

from tokenization_oracles import TRAINER, prose, random_letters
from tokenization_text_oracles import encoded, table, told_apart

from autograder.checks import exercise, expect_equal


@exercise("encode_piece")
def test_random_pieces(student, rng):
    drawn = table(rng)
    pieces = ["".join(rng.choice(drawn.letters) for _ in range(rng.randint(1, 25))).encode() for _ in range(12)]
    pieces += [drawn.spelled("x" * rng.randint(8, 20)).encode(), drawn.spelled("pqrs" * 3 + "tuv" * 2).encode()]
    expect_equal(
        [student.encode_piece(piece, drawn.merges) for piece in pieces],
        [list(encoded(piece, drawn.merges)) for piece in pieces],
        what="The list of tokens of random pieces",
    )


@exercise("encode_piece")
def test_pieces_that_are_no_text(student, rng):
    high = [bytes([byte]) for byte in rng.permutation(range(128, 256))[:4]]
    merges = [(high[0], high[1]), (high[2], high[0]), (high[0] + high[1], high[3])]
    pieces = [b"".join(high), high[2] + high[0] + high[1] + high[3], high[1] + b"\x00" + high[0] + high[1], b"\x00"]
    expect_equal(
        [student.encode_piece(piece, merges) for piece in pieces],
        [list(encoded(piece, merges)) for piece in pieces],
        what="The list of tokens of pieces that are no text",
    )


@exercise("encode_piece")
def test_tokens_of_hugging_face(student, rng):
    """The tokenizers library, with the same merges."""
    from tokenizers import models

    text = prose(rng, 80, 20, "".join(random_letters(rng, 6)))
    merges = TRAINER.merges(text, 256 + 40)
    tokens = dict.fromkeys([left + right for left, right in merges] + [bytes([byte]) for byte in range(32, 127)])
    vocab = {token.decode(): number for number, token in enumerate(tokens)}
    model = models.BPE(vocab=vocab, merges=[(left.decode(), right.decode()) for left, right in merges])
    words = ["".join(rng.permutation(text.replace(" ", ""))[: rng.randint(5, 20)]) for _ in range(15)] + text.split()[
        :15
    ]
    words.append(told_apart(rng, text, merges).decode())
    expect_equal(
        [student.encode_piece(word.encode(), merges) for word in words],
        [[token.value.encode() for token in model.tokenize(word)] for word in words],
        what="The list of tokens of words that a library encoded too",
    )
