"""What several checks of the lesson on tokenization share: texts to draw, and each part computed in another way.

A mistake is a part computed wrongly. Where two mistakes might come to the same, texts are made so that they don't."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import regex

from autograder.checks import AnyOf, StudentError, expect_equal, fail

PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""

Token = bytes
Pair = tuple[bytes, bytes]
Word = tuple[bytes, ...]


# --- errors ---------------------------------------------------------------------------------------------------------


@contextmanager
def expect_accepted(sentence: str) -> Iterator[None]:
    """Fail with the sentence if the student's code raises an error inside the block."""
    try:
        yield
    except StudentError as error:
        fail(sentence, expected="no error", got=str(error))


def expect_refused_and_taken(
    rng, refused, take, expected, *, error: str, unnamed: str, accepted: str, what: str
) -> None:
    """Fail unless each of the (call, text) in `refused` raises a ValueError whose message has the text, and `take()`
    gives `expected`.

    In an order that is drawn, so that counting calls doesn't tell which of them must fail. `error` says what is
    refused; `unnamed` and `accepted` are the sentences where a message lacks its text, and where `take` fails.
    """
    for call, text in rng.permutation([*refused, (take, None)]):
        if text is None:
            with expect_accepted(accepted):
                result = call()
            expect_equal(result, expected, what=what)
            continue
        message = _message_of_value_error(call, error)
        if text not in message:
            fail(unnamed, got=message)


def expect_anew(found: list, expected: list, *, what: str) -> None:
    """Fail unless the answers to a first, a second and the first question again are as expected; where they depend on
    what was asked before, say so."""
    kept = found[0] == found[1] or found[0] != found[2]
    expect_equal(
        found, expected, what=what, mistakes={"What an earlier call left behind is still used.": found} if kept else {}
    )


def _message_of_value_error(call: Callable, error: str) -> str:
    """The message of the ValueError that the call raises."""
    try:
        got = call()
    except StudentError as raised:
        if raised.type != "ValueError":
            fail(f"{error} must be a ValueError.", expected="ValueError", got=str(raised))
        if not raised.message.strip():
            fail(f"{error} is a ValueError without a message; say why.")
        return raised.message
    fail(f"{error} must be a ValueError.", expected="ValueError", got=got)


# --- texts ----------------------------------------------------------------------------------------------------------


def letters(rng, count: int) -> list[str]:
    """Different small letters, in a random order."""
    return rng.permutation(string.ascii_lowercase)[:count]


def word(rng, alphabet: str = string.ascii_lowercase, low: int = 3, high: int = 7) -> str:
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high)))


def prose(rng, words: int = 40, different: int = 12, alphabet: str = "aeinrst") -> str:
    """A text of few different words over few letters, so that there is something to learn."""
    known = [word(rng, alphabet, 2, 7) for _ in range(different)]
    return " ".join(rng.choice(known) for _ in range(words))


def single_bytes(text: str | bytes) -> Word:
    raw = text.encode() if isinstance(text, str) else text
    return tuple(bytes([byte]) for byte in raw)


def pieces_of(text: str, pattern: str = PATTERN) -> list[str]:
    """The matches of a pattern that leaves nothing out."""
    return [match.group() for match in regex.finditer(pattern, text)]


# --- pairs ----------------------------------------------------------------------------------------------------------


def pairs_of(words: Mapping[Word, int]) -> Counter[Pair]:
    found: Counter[Pair] = Counter()
    for tokens, count in words.items():
        for index in range(len(tokens) - 1):
            found[tokens[index], tokens[index + 1]] += count
    return found


def joined(tokens: Sequence[Token], pair: Pair) -> Word:
    """The tokens with each occurrence of the pair joined, left to right: by way of the places where it may begin."""
    skip, found = False, []
    for index, token in enumerate(tokens):
        if skip:
            skip = False
        elif token == pair[0] and index + 1 < len(tokens) and tokens[index + 1] == pair[1]:
            found.append(token + pair[1])
            skip = True
        else:
            found.append(token)
    return tuple(found)


def joined_from_the_right(tokens: Sequence[Token], pair: Pair) -> Word:
    """As `joined`, but the rightmost occurrence of overlapping ones is joined."""
    rest, found = list(tokens), []
    while rest:
        if len(rest) > 1 and tuple(rest[-2:]) == pair:
            rest.pop()
            rest.pop()
            found.append(pair[0] + pair[1])
        else:
            found.append(rest.pop())
    return tuple(reversed(found))


# --- training -------------------------------------------------------------------------------------------------------


def ordinary(text: str, specials: Sequence[str]) -> list[str]:
    """The text between special tokens; of those that begin at one place, the longest cuts."""
    parts, current, index = [], "", 0
    while index < len(text):
        here = [special for special in specials if text.startswith(special, index)]
        if here:
            parts.append(current)
            current, index = "", index + max(map(len, here))
        else:
            current, index = current + text[index], index + 1
    return [*parts, current]


def words_of(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
    return Counter(single_bytes(piece) for part in ordinary(text, specials) for piece in pieces_of(part))


def greatest(pairs: Counter[Pair]) -> Pair:
    """A most frequent pair, the greatest of those."""
    top = max(pairs.values())
    return max(pair for pair, count in pairs.items() if count == top)


@dataclass(frozen=True)
class Trainer:
    """BPE training in named parts; a mistake replaces one of them. `None` from `choose` ends the training."""

    words: Callable[[str, Sequence[str]], Mapping[Word, int]] = words_of
    count: Callable[[Mapping[Word, int]], Counter[Pair]] = pairs_of
    choose: Callable[[Counter[Pair]], Pair | None] = greatest
    join: Callable[[Word, Pair], Word] = joined
    wanted: Callable[[int, Sequence[str]], int] = lambda size, specials: size - 256 - len(specials)

    def merges(self, text: str, vocab_size: int, specials: Sequence[str] = ()) -> list[Pair]:
        words, found = self.words(text, specials), []
        while len(found) < self.wanted(vocab_size, specials):
            pairs = self.count(words)
            if not pairs or (best := self.choose(pairs)) is None:
                break
            found.append(best)
            remaining: Counter[Word] = Counter()
            for tokens, count in words.items():
                remaining[self.join(tokens, best)] += count
            words = remaining
        return found


TRAINER = Trainer()


def vocabulary(merges: Sequence[Pair], specials: Sequence[str] = ()) -> dict[int, bytes]:
    """Ids as train_bpe gives them: bytes, merges, special tokens."""
    tokens = [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]
    return dict(enumerate(tokens + [special.encode() for special in specials]))


def examine(result) -> tuple[dict, list[Pair]]:
    """The vocab and the merges of what train_bpe gave, if they are of the right kind."""
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        fail("train_bpe must give two things, the vocab and the merges.", got=result)
    vocab, merges = result
    if not isinstance(vocab, dict):
        fail("The vocab must be a dict from id to bytes.", got=vocab)
    if not isinstance(merges, list):
        fail("The merges must be a list.", got=merges)
    for pair in merges:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(token, bytes) for token in pair)):
            fail("A merge must be a tuple of two tokens, each of them bytes.", got=pair)
    return vocab, merges


def expect_trained(
    result,
    text: str,
    vocab_size: int,
    specials: Sequence[str] = (),
    *,
    what: str,
    mistakes: Mapping[str, Callable[[str, int, Sequence[str]], list[Pair]]] | None = None,
    numbering: Mapping[str, Callable[[list[Pair], Sequence[str]], dict]] | None = None,
) -> None:
    """Fail unless each merge was a most frequent pair at its step, there are as many as asked for, and the vocab is
    theirs. Which of several most frequent pairs it was is not asked here.

    `mistakes` maps a sentence to what gives the merges (`Trainer.merges`); `numbering` to what numbers the tokens so.
    """
    vocab, merges = examine(result)
    words = dict(words_of(text, specials))
    right = True
    for pair in merges:
        pairs = pairs_of(words)
        if not pairs or pairs[pair] < max(pairs.values()):
            right = False
            break
        words = {joined(tokens, pair): count for tokens, count in words.items()}
    wanted = vocab_size - 256 - len(specials)
    right = right and (len(merges) == wanted or (len(merges) < wanted and not pairs_of(words)))
    if not right:
        named = {
            sentence: (lambda train=train: train(text, vocab_size, specials))
            for sentence, train in (mistakes or {}).items()
        }
        expected = TRAINER.merges(text, vocab_size, specials)
        expect_equal(
            merges,
            expected,
            what=f"The list of merges of {what}",
            mistakes=named,
            advice="Count anew after every merge, in words that the merge was applied to.",
        )
    expect_equal(
        vocab,
        vocabulary(merges, specials),
        what=f"The vocabulary of {what}",
        mistakes={sentence: (lambda make=make: make(merges, specials)) for sentence, make in (numbering or {}).items()},
        advice="Bytes 0 to 255, then what each merge makes, then the special tokens.",
    )


def stale(text: str, vocab_size: int, specials: Sequence[str] = ()) -> list[Pair]:
    """The most frequent pairs of bytes, counted once at the beginning."""
    pairs = pairs_of(words_of(text, specials))
    return sorted(pairs, key=lambda pair: (pairs[pair], pair), reverse=True)[: vocab_size - 256 - len(specials)]


def more_often_than_once(pairs: Counter[Pair]) -> Pair | None:
    return greatest(pairs) if max(pairs.values()) > 1 else None


def whole_text(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
    """The text between special tokens, not cut into pieces."""
    return Counter(map(single_bytes, ordinary(text, specials)))


def lines(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
    """The lines of the text, not cut into pieces."""
    return Counter(single_bytes(line) for part in ordinary(text, specials) for line in part.splitlines(keepends=True))


def characters(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
    """Pieces as characters instead of bytes."""
    pieces = (piece for part in ordinary(text, specials) for piece in pieces_of(part))
    return Counter(tuple(letter.encode() for letter in piece) for piece in pieces)


def split_at_space(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
    return Counter(single_bytes(piece) for part in ordinary(text, specials) for piece in part.split())


def size_plus(more: Callable[[Sequence[str]], int]) -> Callable[[int, Sequence[str]], int]:
    """A wrong number of merges: the right one and so many more."""
    return lambda size, specials: size - 256 - len(specials) + more(specials)


TRAINED_WRONGLY = {
    "It counts each different piece once, however often the text has it.": Trainer(
        lambda text, specials: dict.fromkeys(words_of(text, specials), 1)
    ).merges,
    "Merges reach across the pieces of pretokenize.": lambda *asked: AnyOf(
        Trainer(whole_text).merges(*asked), Trainer(lines).merges(*asked)
    ),
    "It splits the text at white space and learns nothing about spaces.": Trainer(split_at_space).merges,
    "It changes the text to small letters.": Trainer(
        lambda text, specials: words_of(text.lower(), [special.lower() for special in specials])
    ).merges,
    "It begins with characters; letters outside ASCII are several bytes.": Trainer(characters).merges,
    "It counts once at the beginning; every merge changes the counts.": stale,
    "It makes vocab_size merges; the 256 bytes are part of the vocabulary.": Trainer(
        wanted=size_plus(lambda _: 256 + len(_))
    ).merges,
    "It makes one merge too many.": Trainer(wanted=size_plus(lambda _: 1)).merges,
    "It makes one merge too few.": Trainer(wanted=size_plus(lambda _: -1)).merges,
    "It joins the rarest pair.": Trainer(choose=lambda pairs: min(pairs, key=lambda pair: (pairs[pair], pair))).merges,
    "It ends when no pair occurs twice; a pair that occurs once is joined too.": Trainer(
        choose=more_often_than_once
    ).merges,
    "It joins the greatest pair, however often it occurs.": Trainer(choose=max).merges,
    "It joins only the first occurrence in each word.": Trainer(
        join=lambda tokens, pair: first_joined(tokens, pair)
    ).merges,
}


def first_joined(tokens: Word, pair: Pair) -> Word:
    for index in range(len(tokens) - 1):
        if tokens[index : index + 2] == pair:
            return (*tokens[:index], pair[0] + pair[1], *tokens[index + 2 :])
    return tokens


NUMBERED_WRONGLY = {
    "Special tokens get the first ids; they come last.": lambda merges, specials: dict(
        enumerate([special.encode() for special in specials] + list(vocabulary(merges).values()))
    ),
    "Special tokens follow the bytes; they come behind the merges.": lambda merges, specials: dict(
        enumerate(
            [bytes([byte]) for byte in range(256)]
            + [special.encode() for special in specials]
            + [left + right for left, right in merges]
        )
    ),
    "Special tokens are not in the vocabulary.": lambda merges, specials: vocabulary(merges),
    "Special tokens are sorted; they keep the order given.": lambda merges, specials: vocabulary(
        merges, sorted(specials)
    ),
    "Special tokens are in reverse order.": lambda merges, specials: vocabulary(merges, specials[::-1]),
    "Special tokens are sorted by length; they keep the order given.": lambda merges, specials: vocabulary(
        merges, sorted(specials, key=len, reverse=True)
    ),
    "Special tokens stand there as text; tokens are bytes.": lambda merges, specials: (
        vocabulary(merges) | {256 + len(merges) + index: special for index, special in enumerate(specials)}
    ),
    "The single bytes are not in the vocabulary.": lambda merges, specials: {
        number: token for number, token in vocabulary(merges, specials).items() if number >= 256
    },
    "The vocabulary is the wrong way round; it goes from id to bytes.": lambda merges, specials: {
        token: number for number, token in vocabulary(merges, specials).items()
    },
    "Each merge stands there as a pair, not as joined bytes.": lambda merges, specials: (
        vocabulary(merges, specials) | {256 + index: pair for index, pair in enumerate(merges)}
    ),
    "Ids begin at 1; they begin at 0.": lambda merges, specials: {
        number + 1: token for number, token in vocabulary(merges, specials).items()
    },
}


# --- encoding -------------------------------------------------------------------------------------------------------


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

    p·q·r·s: rs is learned before pq and pqr. t·u·v: uv before tu. k·l·m·n: kl, mn, then klm. x: xx, then xxx.
    """

    letters: list[str]
    merges: list[Pair]

    def spelled(self, pattern: str) -> str:
        """A text by its pattern of the letters k to n and p to x."""
        return "".join(self.letters["pqrstuvxklmn".index(one)] for one in pattern)


def table(rng) -> Table:
    drawn = letters(rng, 12)
    p, q, r, s, t, u, v, x, k, l, m, n = (letter.encode() for letter in drawn)  # noqa: E741
    merges = [(r, s), (u, v), (k, l), (p, q), (m, n), (x, x), (p + q, r), (k + l, m), (t, u), (x + x, x), (r + s, t)]
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


# --- decoding -------------------------------------------------------------------------------------------------------

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


# --- printable letters ----------------------------------------------------------------------------------------------

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
