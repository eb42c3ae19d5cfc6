"""Checks of `decode_stream`."""

from functools import partial

from tokenization_oracles import (
    BYTES,
    certain,
    expect_accepted,
    expect_anew,
    expect_refused_and_taken,
    shuffled,
    spread,
    streamed,
    word,
)

from autograder.checks import exercise, expect_equal


def other_streams(ids, vocab):
    """What each mistake shows after each id."""
    tokens = [vocab[number] for number in ids]
    right = streamed(tokens)
    whole = b"".join(tokens).decode(errors="replace")

    def held_while(unfinished, tail="replace"):
        """The text so far is shown whenever it isn't unfinished, and at the end."""
        shown, found = "", []
        for index in range(1, len(tokens) + 1):
            raw = b"".join(tokens[:index])
            text = raw.decode(errors="replace" if index < len(tokens) else tail)
            if index < len(tokens) and unfinished(raw, text):
                found.append("")
            else:
                found.append(text[len(shown) :])
                shown = text
        return found

    def strict(raw, text):
        try:
            raw.decode()
        except UnicodeDecodeError:
            return True
        return False

    return {
        "Each token is read on its own; the beginning of a character must wait for the rest.": lambda: [
            token.decode(errors="replace") for token in tokens
        ],
        "Unfinished characters are lost instead of waiting.": lambda: [
            token.decode(errors="ignore") for token in tokens
        ],
        "Everything waits until the end.": lambda: [""] * (len(tokens) - 1) + [whole],
        "What still waits at the end is lost.": lambda: [*right[:-1], _without_tail(tokens, right)],
        "After a byte that is no UTF-8 everything waits.": lambda: held_while(strict),
        "Everything waits while the text ends in U+FFFD, also if no more can come.": lambda: held_while(
            lambda raw, text: text.endswith("\ufffd")
        ),
        "Everything waits while a character is unfinished; only that character must.": lambda: held_while(
            lambda raw, text: certain(raw) != text
        ),
        "Texts that are empty are left out; there is one per id.": lambda: [text for text in right if text],
        "What still waits at the end comes as one more text; it belongs to the last.": lambda: [
            *right[:-1],
            _without_tail(tokens, right),
            *filter(None, [right[-1][len(_without_tail(tokens, right)) :]]),
        ],
        "Each text is all of it so far; only what is new is asked for.": lambda: [
            "".join(right[: index + 1]) for index in range(len(right))
        ],
        "Each text comes one id late.": lambda: ["", *right[:-2], "".join(right[-2:])],
        "Bytes that are no UTF-8 are lost.": lambda: [text.replace("\ufffd", "") for text in right],
        "The last bytes always wait, whether or not they begin a character.": lambda: _late_by_bytes(tokens),
        "Only the first byte of a character waits; of three or four bytes more must.": lambda: _first_byte_waits(
            tokens
        ),
        "It gives one text; there is one per id.": lambda: whole,
    }


def _without_tail(tokens, right):
    """The last text without what only the end made certain."""
    return certain(b"".join(tokens))[len("".join(right[:-1])) :]


def _first_byte_waits(tokens):
    waiting, texts = b"", []
    for index, token in enumerate(tokens):
        raw = waiting + token
        waiting = raw[-1:] if 0xC2 <= raw[-1] < 0xF5 and index < len(tokens) - 1 else b""
        texts.append(raw[: len(raw) - len(waiting)].decode(errors="replace"))
    return texts


def _late_by_bytes(tokens):
    raw, shown, found = b"", "", []
    for token in tokens[:-1]:
        raw += token
        text = raw[: max(0, len(raw) - 3)].decode(errors="ignore")
        found.append(text[len(shown) :])
        shown = text
    return [*found, (raw + tokens[-1]).decode(errors="replace")[len(shown) :]]


def drawn_stream(rng):
    """Tokens that end within characters of two, three and four bytes, with bytes between that are no UTF-8."""
    a, b = word(rng), word(rng)
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
    text = f"{word(rng)} 안녕 Bär🙂"
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
    first, second = (f"{word(rng)}안".encode()[:-1], word(rng).encode())
    numbers = {raw: spread(rng, raw) for raw in (first, second)}
    asked = [numbers[raw] for raw in (second, first, second)]
    expect_anew(
        [student.decode_stream(ids, vocab) for ids, vocab in asked],
        [streamed([vocab[number] for number in ids]) for ids, vocab in asked],
        what="The lists of texts of one stream and another",
    )


@exercise("decode_stream")
def test_a_stream_with_an_unknown_id(student, rng):
    ids, vocab = spread(rng, f"{word(rng)} Bär {word(rng)}")
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
