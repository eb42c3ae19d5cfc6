"""What checks of encoding and decoding share: each part computed in another way, and what its mistakes give."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import regex
from tokenization_oracles import TRAINER, Pair, Word, joined, pieces_of, prose, random_letters, single_bytes, vocabulary

from autograder.checks import fail, probe

# --- encoding ---------------------------------------------------------------------------------------------------------


def encoded(piece: str | bytes, merges: Sequence[Pair]) -> Word:
    """One walk through the merges in their order, each applied wherever it fits: the same as the lowest rank first."""
    tokens = single_bytes(piece)
    for pair in merges:
        tokens = joined(tokens, pair)
    return tokens


def leftmost_first(piece: str | bytes, merges: Sequence[Pair]) -> Word:
    """The first pair from the left that can be joined is."""
    tokens, index = list(single_bytes(piece)), 0
    while index < len(tokens) - 1:
        if (tokens[index], tokens[index + 1]) in set(merges):
            tokens[index : index + 2] = [tokens[index] + tokens[index + 1]]
            index = 0
        else:
            index += 1
    return tuple(tokens)


def longest_match(piece: str | bytes, merges: Sequence[Pair]) -> Word:
    """The longest token of the vocabulary, from left to right."""
    raw = piece.encode() if isinstance(piece, str) else piece
    known, found = set(vocabulary(merges).values()), []
    while raw:
        size = max(size for size in range(1, len(raw) + 1) if raw[:size] in known)
        found.append(raw[:size])
        raw = raw[size:]
    return tuple(found)


def by_order(piece: str | bytes, merges: Sequence[Pair], key: Callable[[Pair, int], object], join=joined) -> Word:
    """Of all pairs present the one of the smallest key first; the key is asked with the pair and its rank."""
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    tokens = single_bytes(piece)
    while present := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in ranks]:
        tokens = join(tokens, min(present, key=lambda pair: key(pair, ranks[pair])))
    return tokens


@dataclass(frozen=True)
class Table:
    """Merges by hand over letters that are drawn, on which every wrong order shows somewhere.

    p·q·r·s: rs is learned before pq and pqr. t·u·v: uv before tu. k·l·m·n·o: kl, mn, klm, then mo. x: xx, then xxx.
    """

    letters: list[str]
    merges: list[Pair]

    def spelled(self, pattern: str) -> str:
        """A text by its pattern of the letters k to o and p to x."""
        return "".join(self.letters["pqrstuvxklmno".index(one)] for one in pattern)


def table(rng) -> Table:
    drawn = random_letters(rng, 13)
    p, q, r, s, t, u, v, x, k, l, m, n, o = (letter.encode() for letter in drawn)  # noqa: E741
    merges = [
        (r, s),
        (u, v),
        (k, l),
        (p, q),
        (m, n),
        (x, x),
        (p + q, r),
        (k + l, m),
        (m, o),
        (t, u),
        (x + x, x),
        (r + s, t),
    ]
    return Table(drawn, merges)


def split_text(text: str, specials: Sequence[str], longest: bool = True) -> list[tuple[str, bool]]:
    """(part, is special) in order; of special tokens that begin at one place, the longest or the shortest."""
    parts, current, index = [], "", 0
    while index < len(text):
        here = [special for special in specials if text.startswith(special, index)]
        if here:
            special = (max if longest else min)(here, key=len)
            parts += [(current, False), (special, True)]
            current, index = "", index + len(special)
        else:
            current, index = current + text[index], index + 1
    return [(part, special) for part, special in [*parts, (current, False)] if part]


def ids_of(text: str, vocab: Mapping[int, bytes], merges: Sequence[Pair], specials: Sequence[str] = ()) -> list[int]:
    """The ids of a text in which the specials are allowed."""
    found = []
    for part, special in split_text(text, specials):
        if special:
            found.append(max(number for number, token in vocab.items() if token == part.encode()))
        else:
            found += ordinary_ids(pieces_of(part), vocab, merges)
    return found


def ordinary_ids(
    pieces: Sequence[str], vocab: Mapping[int, bytes], merges: Sequence[Pair], encode: Callable = encoded
) -> list[int]:
    """The ids of some pieces, the lowest for each token."""
    lowest: dict[bytes, int] = {}
    for number, token in vocab.items():
        lowest[token] = min(number, lowest.get(token, number))
    return [lowest[token] for piece in pieces for token in encode(piece, merges)]


def shuffled(rng, tokens: Sequence[bytes]) -> dict[int, bytes]:
    """A vocabulary of these tokens, numbered at random with gaps."""
    numbers = rng.permutation(range(2 * len(tokens)))[: len(tokens)]
    return dict(zip(numbers, tokens, strict=True))


def trained(rng, specials=()):
    """A text of few words, its merges, and their tokens with the special ones under numbers that are drawn."""
    alphabet = "".join(random_letters(rng, 5))
    text = prose(rng, 50, 8, alphabet)
    merges = TRAINER.merges(text, 256 + 25)
    return text, merges, shuffled(rng, list(vocabulary(merges, specials).values()))


# --- decoding ---------------------------------------------------------------------------------------------------------

CONTINUATIONS = [b"", b"a"] + [
    bytes([first]) + rest
    for first in (0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF)
    for rest in (b"", b"\x80", b"\xbf", b"\x80\x80", b"\xbf\xbf")
]


def certain(raw: bytes) -> str:
    """What these bytes say whatever follows them: what all continuations have in common at their beginning."""
    texts = [(raw + more).decode(errors="replace") for more in CONTINUATIONS]
    length = 0
    while length < min(map(len, texts)) and len({text[length] for text in texts}) == 1:
        length += 1
    return texts[0][:length]


def streamed(tokens: Sequence[bytes]) -> list[str]:
    """One text for each token, as decode_stream gives them."""
    shown = [certain(b"".join(tokens[: index + 1])) for index in range(len(tokens) - 1)]
    shown.append(b"".join(tokens).decode(errors="replace"))
    return [text[len(before) :] for before, text in zip(["", *shown], shown, strict=False)]


BYTES = {number: bytes([number]) for number in range(256)}


def spread(rng, text):
    """A text's bytes as tokens that end within characters, their vocabulary, and the ids."""
    raw = text.encode() if isinstance(text, str) else text
    tokens, index = [], 0
    while index < len(raw):
        size = rng.randint(1, 4)
        tokens.append(raw[index : index + size])
        index += size
    vocab = shuffled(rng, list(dict.fromkeys([*tokens, *single_bytes(bytes(range(97, 123)))])))
    ids = {token: number for number, token in vocab.items()}
    return [ids[token] for token in tokens], vocab


BOM_LOST = "A byte order mark at the beginning is lost; it is a character like any other."


def other_texts(ids, vocab):
    """What each mistake reads."""
    tokens = [vocab[number] for number in ids]
    raw = b"".join(tokens)
    right = raw.decode(errors="replace")
    return {
        "Each token is read on its own; a character may be spread over several.": lambda: "".join(
            token.decode(errors="replace") for token in tokens
        ),
        "Bytes that are no UTF-8 are lost; they become U+FFFD.": lambda: raw.decode(errors="ignore"),
        "Bytes that are no UTF-8 become question marks; they become U+FFFD.": lambda: right.replace("\ufffd", "?"),
        "Bytes are read as Latin-1; they are UTF-8.": lambda: raw.decode("latin-1"),
        BOM_LOST: lambda: raw.decode("utf-8-sig", errors="replace"),
        "Tokens are joined by spaces.": lambda: b" ".join(tokens).decode(errors="replace"),
        "Ids are taken for places in the list of the vocabulary; they are its keys.": lambda: b"".join(
            sorted_place(vocab, number) for number in ids
        ).decode(errors="replace"),
        "Ids are taken for places in the order of the vocabulary's dict; they are its keys.": lambda: b"".join(
            [*vocab.values()][number % len(vocab)] for number in ids
        ).decode(errors="replace"),
        "White space at the ends of the text is lost.": lambda: right.strip(),
        "The text ends at the first byte that is no UTF-8.": lambda: right.partition("\ufffd")[0],
        "It gives bytes; text is asked for.": lambda: raw,
        "It normalizes the text; what was encoded must come back.": lambda: unicodedata.normalize("NFC", right),
        "Each byte that is no UTF-8 becomes its escape; it becomes U+FFFD.": lambda: raw.decode(
            errors="backslashreplace"
        ),
        "An unfinished character at the end is lost; it becomes U+FFFD.": lambda: (
            (raw + b"|").decode(errors="replace").removesuffix("\ufffd|").removesuffix("|")
        ),
        "Bytes that are no UTF-8 become one U+FFFD together; they become as many as bytes.decode makes.": lambda: (
            regex.sub("\ufffd+", "\ufffd", right)
        ),
        "An unfinished character becomes one U+FFFD a byte; bytes.decode makes one of it.": lambda: marked(raw),
    }


def sorted_place(vocab, number):
    tokens = [vocab[key] for key in sorted(vocab)]
    return tokens[number] if number < len(tokens) else b""


def marked(raw):
    """The text with one U+FFFD for each byte that is no UTF-8."""
    return regex.sub("[\udc80-\udcff]", "\ufffd", raw.decode(errors="surrogateescape"))


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
        "A U+FFFD at the end of the text waits, although no byte that follows can change it.": lambda: held_while(
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
        BOM_LOST: lambda: [text.removeprefix("\ufeff") for text in right] if whole.startswith("\ufeff") else right,
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


# --- printable letters ------------------------------------------------------------------------------------------------

# GPT-2's table, written out: the letters of the bytes 0 to 255.
OTHERS = "".join(map(chr, range(256, 324)))


PRINTABLE = (
    OTHERS[:33]
    + "".join(map(chr, range(33, 127)))
    + OTHERS[33:67]
    + "".join(map(chr, range(161, 173)))
    + OTHERS[67]
    + "".join(map(chr, range(174, 256)))
)


def printable(token: bytes) -> str:
    return "".join(PRINTABLE[byte] for byte in token)


# --- fertility --------------------------------------------------------------------------------------------------------


@probe
def measured(student, texts, sizes):
    """What fertility gives for each text with an encoder that gives so many ids; and what the encoder was asked."""
    found = []
    for text, size in zip(texts, sizes, strict=True):
        asked = []

        def encode(part, asked=asked, size=size):
            asked.append(part)
            return list(range(size))

        one = {"error": "", "message": ""}
        try:
            one["value"] = student.fertility(text, encode)
        except Exception as error:
            one["error"], one["message"] = type(error).__name__, str(error)
        found.append({**one, "asked": asked})
    return found


def ask(student, texts, sizes):
    """The values of texts that have a word."""
    values = []
    for text, one in zip(texts, student.run(measured, texts, sizes), strict=True):
        if one["error"]:
            fail("fertility raises an error for a text with words.", got=f"{one['error']}: {one['message']}")
        if one["asked"] != [text]:
            fail("The encoder is not asked for the whole text at once.", expected=[text], got=one["asked"])
        values.append(one["value"])
    return values


def values(words, size, ids):
    return {"tokens_per_word": ids / words, "bytes_per_token": size / ids}


def other_values(text, ids):
    """What each mistake gives."""
    words, size = len(text.split()), len(text.encode())
    return {
        "It counts characters for bytes.": values(words, len(text), ids),
        "It divides the tokens by the characters, not by the words.": values(len(text), size, ids),
        "It gives words per token; tokens per word are asked for.": {
            "tokens_per_word": words / ids,
            "bytes_per_token": size / ids,
        },
        "It gives tokens per byte; bytes per token are asked for.": {
            "tokens_per_word": ids / words,
            "bytes_per_token": ids / size,
        },
        "It counts spaces for words; several of them may stand between two words.": values(
            len(text.split(" ")), size, ids
        ),
        "It drops the fraction.": {"tokens_per_word": ids // words, "bytes_per_token": size // ids},
        "It rounds what it gives.": {"tokens_per_word": round(ids / words, 1), "bytes_per_token": round(size / ids, 1)},
        "A word that occurs again is counted once.": values(len(set(text.split())), size, ids),
        "White space is left out of the bytes.": values(words, len("".join(text.split()).encode()), ids),
        "It gives bytes per word; bytes per token are asked for.": {
            "tokens_per_word": ids / words,
            "bytes_per_token": size / words,
        },
    }


def most_frequent_first(piece, merges):
    tokens = single_bytes(piece)
    while present := [pair for pair in zip(tokens, tokens[1:], strict=False) if pair in merges]:
        counts = Counter(present)
        tokens = joined(tokens, max(counts, key=lambda pair: (counts[pair], -merges.index(pair))))
    return tokens


def told_apart(rng, text, merges):
    """Letters of the text for which it matters whether the pair learned first or the most frequent one is joined."""
    letters = sorted(set(text) - {" "})
    while True:
        piece = "".join(rng.choice(letters) for _ in range(rng.randint(10, 30))).encode()
        if most_frequent_first(piece, merges) != encoded(piece, merges):
            return piece
