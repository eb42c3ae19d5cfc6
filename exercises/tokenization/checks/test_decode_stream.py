"""Checks of `decode_stream`."""

from functools import partial

from tokenization_oracles import expect_anew, expect_refused_and_taken, random_word
from tokenization_text_oracles import BYTES, other_streams, shuffled, spread, streamed

from autograder.checks import StudentError, exercise, expect_accepted, expect_equal


def drawn_stream(rng):
    """Tokens that end within characters of two, three and four bytes, with bytes between that are no UTF-8."""
    a, b = random_word(rng), random_word(rng)
    bear, hello, smile = "ä".encode(), "안".encode(), "🙂".encode()
    parts = [
        [a.encode() + bear[:1], bear[1:] + b.encode()],
        [hello[:1], hello[1:2], hello[2:]],
        [smile[:1], smile[1:3], smile[3:] + b" "],
        [bytes([255])],
        [b"x" + hello[:2], b"y"],
        [b.encode()],
        ["\ufffd".encode()],
    ]
    tokens = [token for part in rng.permutation(parts) for token in part] + [f" {b}".encode() + smile[:2]]
    vocab = shuffled(rng, list(dict.fromkeys(tokens)))
    ids = {token: number for number, token in vocab.items()}
    return [ids[token] for token in tokens], vocab


@exercise("decode_stream")
def test_an_unfinished_character_waits(student, rng):
    for ids, vocab in (([195, 164, 255, 97, 195], BYTES), drawn_stream(rng)):  # the docstring's example first
        with expect_accepted("Bytes that are no UTF-8 are an error; they become U+FFFD."):
            result = student.decode_stream(ids, vocab)
        expect_equal(
            result,
            streamed([vocab[number] for number in ids]),
            what="The list of texts, one per id",
            mistakes=other_streams(ids, vocab),
            advice="codecs.getincrementaldecoder keeps the bytes that a character still lacks.",
        )


@exercise("decode_stream")
def test_the_last_text_holds_the_rest(student, rng):
    text = f"\ufeff{random_word(rng)} 안녕 Bär🙂"
    ids, vocab = spread(rng, text)
    cut, cut_vocab = spread(rng, text.encode()[:-1])
    with expect_accepted("No ids at all are an error; there is no text then."):
        found = [student.decode_stream([], vocab)]
    found += [student.decode_stream(cut, cut_vocab), student.decode_stream(ids, vocab)]
    rights = [[], streamed([cut_vocab[number] for number in cut]), streamed([vocab[number] for number in ids])]
    others = [other_streams(cut, cut_vocab), other_streams(ids, vocab)]
    expect_equal(
        found,
        rights,
        what="The lists of texts, one per id",
        mistakes={
            **{
                sentence: (lambda sentence=sentence: [[], others[0][sentence](), others[1][sentence]()])
                for sentence in others[0]
            },
        },
    )


@exercise("decode_stream")
def test_each_stream_begins_anew(student, rng):
    first, second = (f"{random_word(rng)}안".encode()[:-1], random_word(rng).encode())
    numbers = {raw: spread(rng, raw) for raw in (first, second)}
    asked = [numbers[raw] for raw in (second, first, second)]
    expect_anew(
        [student.decode_stream(ids, vocab) for ids, vocab in asked],
        [streamed([vocab[number] for number in ids]) for ids, vocab in asked],
        what="The lists of texts of one stream and another",
    )


@exercise("decode_stream")
def test_a_stream_with_an_unknown_id(student, rng):
    ids, vocab = spread(rng, f"{random_word(rng)} Bär {random_word(rng)}")
    unknown = max(vocab) + rng.randint(1000, 9000)
    expect_refused_and_taken(
        rng,
        [
            (partial(student.decode_stream, [*ids, unknown], vocab), str(unknown)),
            (partial(student.decode_stream, [unknown, *ids], vocab), str(unknown)),
        ],
        partial(student.decode_stream, ids, vocab),
        streamed([vocab[number] for number in ids]),
        error="An id that the vocabulary lacks",
        unnamed="The error for an id that the vocabulary lacks does not name it.",
        accepted="Ids that the vocabulary has are an error.",
        what="The list of texts, one per id",
    )


@exercise("decode_stream")
def test_a_stream_after_an_error(student, rng):
    ids, vocab = spread(rng, f"{random_word(rng)} Bär {random_word(rng)}")
    begun, its_vocab = spread(rng, f"{random_word(rng)}안".encode()[:-1])
    try:
        student.decode_stream([*begun, max(its_vocab) + rng.randint(1000, 9000)], its_vocab)
    except StudentError:
        pass  # another check asks for this error
    tokens = [vocab[number] for number in ids]
    expect_equal(
        student.decode_stream(ids, vocab),
        streamed(tokens),
        what="The list of texts after a stream that ended in an error",
        mistakes={
            "What waited when an earlier call ended in an error is still used.": streamed(["안".encode()[:2], *tokens])[
                1:
            ]
        },
    )
