"""What several checks of the lesson on tokenization share: texts to draw, and each part computed in another way.

A mistake is a part computed wrongly. Where two mistakes might come to the same, texts are made so that they don't."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import regex

from autograder.checks import AnyOf, StudentError, expect_accepted, expect_equal, fail

PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""

Token = bytes
Pair = tuple[bytes, bytes]
Word = tuple[bytes, ...]


# --- errors ---------------------------------------------------------------------------------------------------------


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


def expect_anew(found: list, expected: list, *, what: str, mistakes: Mapping[str, list] | None = None) -> None:
    """Fail unless the answers to a first, a second and the first question again are as expected; where they depend on
    what was asked before, say so. `mistakes` give the same answer twice for another reason."""
    named = dict(mistakes or {})
    if found not in named.values() and (found[0] == found[1] or found[0] != found[2]):
        named["What an earlier call left behind is still used."] = found
    expect_equal(found, expected, what=what, mistakes=named)


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


def random_letters(rng, count: int) -> list[str]:
    """Different small letters, in a random order."""
    return rng.permutation(string.ascii_lowercase)[:count]


def random_word(rng, alphabet: str = string.ascii_lowercase, low: int = 3, high: int = 7) -> str:
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(low, high)))


def prose(rng, words: int = 40, different: int = 12, alphabet: str = "aeinrst") -> str:
    """A text of few different words over few letters, so that there is something to learn."""
    known = [random_word(rng, alphabet, 2, 7) for _ in range(different)]
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


def across(words):
    """Pairs of the words one after the other, each as often as it occurs."""
    found = Counter(pairs_of(words))
    keys = list(words)
    for left, right in zip(keys, keys[1:], strict=False):
        found[left[-1], right[0]] += 1
    return found


def other_counts(words):
    """What each known mistake counts."""

    def sum_of(per_word):
        found = Counter()
        for tokens, count in words.items():
            for pair, times in per_word(tokens, count).items():
                found[pair] += times
        return dict(found)

    def neighbours(tokens):
        return list(zip(tokens, tokens[1:], strict=False))

    def not_overlapping(tokens, count):
        found, index = Counter(), 0
        last = None
        for index, pair in enumerate(neighbours(tokens)):
            if last is not None and last == (pair, index - 1):
                last = None
                continue
            found[pair] += count
            last = (pair, index)
        return found

    def replaced():
        found = {}
        for tokens, count in words.items():
            for pair in neighbours(tokens):
                found[pair] = count
        return found

    def spelled():
        found, first = Counter(), {}
        for tokens, count in words.items():
            for pair in neighbours(tokens):
                found[first.setdefault(pair[0] + pair[1], pair)] += count
        return dict(found)

    return {
        "It counts each word once, however often the text has it.": lambda: sum_of(
            lambda tokens, count: Counter(neighbours(tokens))
        ),
        "Pairs reach from one word into the next.": lambda: dict(across(words)),
        "Of overlapping pairs only one is counted; (a, a, a) has (a, a) twice.": lambda: sum_of(not_overlapping),
        "It takes (a, b) and (b, a) for the same pair.": lambda: sum_of(
            lambda tokens, count: _times([tuple(sorted(pair)) for pair in neighbours(tokens)], count)
        ),
        "It counts the first pair of each word only.": lambda: sum_of(
            lambda tokens, count: Counter({pair: count for pair in neighbours(tokens)[:1]})
        ),
        "It leaves out the last pair of each word.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens)[:-1], count)
        ),
        "It leaves out the first pair of each word.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens)[1:], count)
        ),
        "The count of a later word replaces that of an earlier one; they add up.": replaced,
        "A pair counts once per word, even if the word has it twice.": lambda: sum_of(
            lambda tokens, count: _times(set(neighbours(tokens)), count)
        ),
        "It takes pairs that spell the same for one pair; tokens are compared whole.": spelled,
        "The last token of a word makes a pair with its first.": lambda: sum_of(
            lambda tokens, count: _times([*neighbours(tokens), (tokens[-1], tokens[0])], count)
        ),
        "It counts pairs of bytes, not of tokens.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(single_bytes(b"".join(tokens))), count)
        ),
        "It counts tokens that have another one between them.": lambda: sum_of(
            lambda tokens, count: _times(zip(tokens, tokens[2:], strict=False), count)
        ),
        "It counts pairs of tokens that are no neighbours, too.": lambda: sum_of(
            lambda tokens, count: _times(
                [(left, right) for i, left in enumerate(tokens) for right in tokens[i + 1 :]], count
            )
        ),
        "It gives shares of all pairs; the counts are asked for.": lambda: {
            pair: count / sum(pairs_of(words).values()) for pair, count in pairs_of(words).items()
        },
        "It counts single tokens, not pairs.": lambda: sum_of(lambda tokens, count: _times(tokens, count)),
        "It gives the joined tokens instead of the pairs.": lambda: {
            joined: sum(count for pair, count in pairs_of(words).items() if pair[0] + pair[1] == joined)
            for joined in {left + right for left, right in pairs_of(words)}
        },
        "A word of one token makes a pair with nothing.": lambda: sum_of(
            lambda tokens, count: _times(neighbours(tokens) or [(tokens[0], b"")], count)
        ),
    }


def _times(pairs, count):
    return Counter({pair: times * count for pair, times in Counter(pairs).items()})


def other_merges(symbols, pair):
    """What each known mistake makes of the word."""
    left, right = pair
    both = left + right

    def first_only():
        for index in range(len(symbols) - 1):
            if tuple(symbols[index : index + 2]) == pair:
                return [*symbols[:index], both, *symbols[index + 2 :]]
        return list(symbols)

    def walk(found=lambda index: tuple(symbols[index : index + 2]) == pair, put=(both,), step=2, end=0):
        result, index = [], 0
        while index < len(symbols) - end:
            if index + 1 < len(symbols) and found(index):
                result += put or [symbols[index] + symbols[index + 1]]
                index += step
            else:
                result.append(symbols[index])
                index += 1
        return result + (list(symbols[index:]) if end == 2 else [])

    def overlapping():
        result, index = [], 0
        for index in range(len(symbols)):
            if tuple(symbols[index : index + 2]) == pair:
                result.append(both)
            elif not (index and tuple(symbols[index - 1 : index + 1]) == pair):
                result.append(symbols[index])
        return result

    def last_at_the_end():
        """The last two tokens are not looked at as a pair."""
        result, index = [], 0
        while index < len(symbols):
            if index < len(symbols) - 2 and tuple(symbols[index : index + 2]) == pair:
                result.append(both)
                index += 2
            else:
                result.append(symbols[index])
                index += 1
        return result

    def spelled():
        result, index = [], 0
        while index < len(symbols):
            if index + 1 < len(symbols) and symbols[index] + symbols[index + 1] == both:
                result.append(both)
                index += 2
            else:
                result.append(symbols[index])
                index += 1
        return result

    def by_spaces():
        """In a line with a space between tokens, as the paper has them."""
        places = rb"(?<!\S)" + regex.escape(b" ".join(pair)) + rb"(?!\S)"
        return regex.sub(places, lambda _: both, b" ".join(symbols)).split(b" ")

    return {
        "It compares the joined bytes; (ab, c) is not the pair (a, bc), although both spell abc.": spelled,
        "A token with a space in it comes apart; a token may hold any bytes.": by_spaces,
        "Only the first occurrence is joined.": first_only,
        "A token takes part in two joins; overlapping occurrences are joined once, from the left.": overlapping,
        "It joins from right to left.": lambda: list(joined_from_the_right(symbols, pair)),
        "The last token is lost.": lambda: walk(end=1),
        "A pair at the end of the word is not joined.": last_at_the_end,
        "It joins the pair in the other order too; (b, a) is not (a, b).": AnyOf(
            lambda: walk(lambda i: set(symbols[i : i + 2]) == set(pair)),
            lambda: walk(lambda i: {*symbols[i : i + 2]} == {*pair}, put=None),
        ),
        "It puts the pair itself in, not the joined bytes.": AnyOf(
            lambda: walk(put=(pair,)), lambda: walk(put=(list(pair),))
        ),
        "The two tokens are joined in the wrong order.": lambda: walk(put=(right + left,)),
        "The token behind a join is skipped.": lambda: walk(step=3),
        "The right token of the pair stays there after the join.": lambda: walk(step=1),
        "It compares the left token only, and joins it with whatever follows.": lambda: walk(
            lambda i: symbols[i] == left
        ),
        "It compares the right token only.": lambda: walk(lambda i: symbols[i + 1] == right),
        "It keeps the left token and drops the right one.": lambda: walk(put=(left,)),
        "The word comes back as it was.": lambda: list(symbols),
        "It gives one joined text for the whole word.": lambda: b"".join(symbols).replace(both, both),
    }


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


def text_lines(text: str, specials: Sequence[str] = ()) -> Counter[Word]:
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
        Trainer(whole_text).merges(*asked), Trainer(text_lines).merges(*asked)
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
