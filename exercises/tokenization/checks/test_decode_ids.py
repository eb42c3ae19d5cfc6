"""Checks of `decode_ids`."""

from functools import partial

from tokenization_oracles import expect_anew, expect_refused_and_taken, random_word
from tokenization_text_oracles import BYTES, other_texts, shuffled, spread

from autograder.checks import exercise, expect_accepted, expect_equal


@exercise("decode_ids")
def test_bytes_are_joined_before_they_are_read(student, rng):
    a, b = random_word(rng), random_word(rng)
    # Ends in a space; "e\u0301" is é in two characters; 200 begins a character that nothing ends
    text = f" {a} Bär e\u0301 안녕 🙂{b}\xa0".encode() + bytes([200]) + f"{a} ".encode()
    marked = spread(rng, f"\ufeff{a} {b}")
    for ids, vocab in (([195, 164, 255], BYTES), spread(rng, text), marked):  # the docstring's example first
        with expect_accepted("Bytes that are no UTF-8 are an error; they become U+FFFD."):
            result = student.decode_ids(ids, vocab)
        expect_equal(
            result,
            b"".join(vocab[number] for number in ids).decode(errors="replace"),
            what="The text of the ids",
            mistakes=other_texts(ids, vocab),
            advice='b"".join(...) first, then one decode(errors="replace").',
        )


@exercise("decode_ids")
def test_any_ids_can_be_decoded(student, rng):
    halves = [bytes([0xE4]), bytes([0xBD]), bytes([0xF0, 0x9F]), bytes([255]), bytes([0xC3])]
    tokens = [*rng.permutation(halves), random_word(rng).encode(), bytes([0xE4, 0xBD])]
    vocab = shuffled(rng, tokens)
    ids = [*rng.permutation(list(vocab)), next(number for number, token in vocab.items() if token == tokens[-1])]
    with expect_accepted("Bytes that are no UTF-8 are an error; they become U+FFFD."):
        found = [student.decode_ids(ids, vocab)]
    with expect_accepted("No ids at all are an error; their text is empty."):
        found.append(student.decode_ids([], vocab))
    expect_equal(
        found,
        [b"".join(vocab[number] for number in ids).decode(errors="replace"), ""],
        what="The text of ids that are no text",
        mistakes={sentence: (lambda wrong=wrong: [wrong(), ""]) for sentence, wrong in other_texts(ids, vocab).items()},
    )


@exercise("decode_ids")
def test_an_unknown_id_is_named(student, rng):
    ids, vocab = spread(rng, f"{random_word(rng)} Bär {random_word(rng)}")
    unknown = max(vocab) + rng.randint(1000, 9000)
    negative = -rng.randint(1, 9)
    places = [[*ids, unknown], [unknown, *ids], [*ids[:2], negative, *ids[2:]]]
    text = b"".join(vocab[number] for number in ids).decode()
    expect_refused_and_taken(
        rng,
        [
            (partial(student.decode_ids, asked, vocab), str(name))
            for asked, name in zip(places, (unknown, unknown, negative), strict=True)
        ],
        partial(student.decode_ids, ids, vocab),
        text,
        error="An id that the vocabulary lacks",
        unnamed="The error for an id that the vocabulary lacks does not name it.",
        accepted="Ids that the vocabulary has are an error.",
        what="The text of the ids",
    )


@exercise("decode_ids")
def test_each_call_reads_its_own_vocabulary(student, rng):
    """The same ids, with other tokens in each call."""
    words = [random_word(rng, low=4).encode() for _ in range(6)]
    numbers = rng.permutation(range(1000))[:3]
    vocabs = [dict(zip(numbers, some, strict=True)) for some in (words[:3], words[3:], words[:3])]
    ids = [*numbers, numbers[0]]
    expect_anew(
        [student.decode_ids(ids, vocab) for vocab in vocabs],
        [b"".join(vocab[number] for number in ids).decode() for vocab in vocabs],
        what="The list of texts of the same ids by two vocabularies",
        mistakes={
            sentence: [other_texts(ids, vocab)[sentence]() for vocab in vocabs]
            for sentence in other_texts(ids, vocabs[0])
        },
    )
