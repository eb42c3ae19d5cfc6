"""Tokens a word against the size of the vocabulary."""

from __future__ import annotations

from itertools import pairwise

from ._shared import HELD_OUT, LARGEST, trained, world

CLAIM = "A larger vocabulary buys shorter sequences, and each token that is added buys less"
NEEDS = ("train_bpe", "encode_text", "fertility")
COLUMNS = ("tokens in the vocabulary", "tokens a word", "bytes a token", "tokens a word saved by 100 more")
SIZES = (256, 300, 360, 450, 600, LARGEST)


def measure(student, backbone, seed, track):
    largest = trained(student, seed, track=track)
    text = world("test", HELD_OUT, seed)
    words, size = {}, {}
    for count in track(SIZES, "encoding held-out text"):
        tokenizer = largest.cut(count)
        found = student.fertility(text, tokenizer.encode)
        words[count], size[count] = found["tokens_per_word"], found["bytes_per_token"]
    saved = {larger: 100 * (words[smaller] - words[larger]) / (larger - smaller) for smaller, larger in pairwise(SIZES)}
    return {"tokens_per_word": words, "bytes_per_token": size, "saved": saved, "merges": len(largest.merges)}


def rows(figures):
    for size in SIZES:
        saved = figures.saved.get(size)
        yield (
            size,
            round(figures.tokens_per_word[size], 2),
            round(figures.bytes_per_token[size], 2),
            "" if saved is None else round(saved, 3),
        )


def claims(figures):
    words = [figures.tokens_per_word[size] for size in SIZES]
    yield (
        all(larger < smaller for smaller, larger in pairwise(words)) and words[-1] < 0.45 * words[0],
        f"{words[0]:.2f} tokens a word with bytes alone, {words[3]:.2f} with {SIZES[3]} tokens, {words[-1]:.2f} with "
        f"{SIZES[-1]:,}",
    )
    saved = [figures.saved[size] for size in SIZES[1:]]
    yield (
        all(later < 0.7 * earlier for earlier, later in pairwise(saved)),
        f"100 tokens more save {saved[0]:.2f} tokens a word at the beginning and {saved[-1]:.3f} at the end",
    )


def draw(axes, figures) -> None:
    words = [figures.tokens_per_word[size] for size in SIZES]
    axes.plot(SIZES, words, marker="o", color="#4c72b0")
    for size, value in zip(SIZES, words, strict=True):
        axes.annotate(f"{value:.2f}", (size, value), textcoords="offset points", xytext=(6, 6))
    axes.set_xlabel("tokens in the vocabulary")
    axes.set_ylabel("tokens a word, held-out text")
    axes.set_ylim(0, 6)
