"""Hidden checks of `decode_stream`."""

from tokenization_oracles import random_word
from tokenization_text_oracles import other_streams, shuffled, spread, streamed

from autograder.checks import exercise, expect_equal


@exercise("decode_stream")
def test_a_text_of_characters_of_every_length(student, rng):
    text = "".join(rng.permutation([*"äß안녕中🙂🏳\u200d", *f" {random_word(rng)} ", "é", "e\u0301", "\n", "\x00"]))
    raw = text.encode()
    tokens = [raw[index : index + 1] for index in range(len(raw))]  # one byte an id
    vocab = shuffled(rng, list(dict.fromkeys(tokens)))
    ids = {token: number for number, token in vocab.items()}
    single = [ids[token] for token in tokens]
    several, other = spread(rng, text)
    expect_equal(
        [student.decode_stream(single, vocab), student.decode_stream(several, other)],
        [streamed(tokens), streamed([other[number] for number in several])],
        what="The lists of texts, one per id",
    )


@exercise("decode_stream")
def test_bytes_that_are_no_text_do_not_wait(student, rng):
    """Beginnings that nothing continues, continuations that nothing began, and bytes that UTF-8 never has."""
    parts = [
        b"\xff",
        b"\xc0",
        b"\x80",
        b"\xe4a",
        b"\xf0\x9f",
        b"\xf0\x80",
        b"\xe0\x9f",
        b"\xf5",
        b"\xe4\xbd",
        b"a",
        b"\xc3",
        b"\xa4",
    ]
    tokens = [part for _ in range(2) for part in rng.permutation(parts)] + [b"\xf0\x9f\x99"]
    vocab = shuffled(rng, list(dict.fromkeys(tokens)))
    ids = {token: number for number, token in vocab.items()}
    asked = [ids[token] for token in tokens]
    expect_equal(
        student.decode_stream(asked, vocab),
        streamed(tokens),
        what="The list of texts of ids that are no text",
        mistakes=other_streams(asked, vocab),
    )


@exercise("decode_stream")
def test_one_id(student, rng):
    vocab = {7: b"\xf0\x9f", 3: random_word(rng).encode(), 0: "ä".encode()}
    order = rng.permutation(list(vocab))
    expect_equal(
        [student.decode_stream([number], vocab) for number in order],
        [[vocab[number].decode(errors="replace")] for number in order],
        what="The list of the text of one id",
    )
