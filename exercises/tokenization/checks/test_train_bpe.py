"""Checks of `train_bpe`."""

from collections import Counter
from functools import partial

import regex
from tokenization_oracles import (
    NUMBERED_WRONGLY,
    TRAINED_WRONGLY,
    TRAINER,
    Trainer,
    examine,
    expect_anew,
    expect_refused_and_taken,
    expect_trained,
    greatest,
    random_letters,
    size_plus,
    vocabulary,
    words_of,
)
from tokenization_text_oracles import split_text

from autograder.checks import exercise, expect_accepted, expect_equal

NOTHING_LEFT = "Training fails when no pair is left to join; it ends early."


def rich_text(rng):
    """A text in which each part of training matters: what a mistake would choose is never as frequent as it should be.

    Pieces that begin with a newline stand alone. (Я, twice) 24 times, " r" 15, pqr 10, PQ 8, uv 7 times alone, and wz
    in six different words.
    """
    p, q, r, u, v, w, z = random_letters(rng, 7)
    endings = rng.permutation("АБВГДЕЖЗИКЛМНОП")
    parts = ["\nx1"] * 40 + ["\nЯЯ"] * 12 + [f" {r}{ending}" for ending in endings]
    parts += [f"\n{p}{q}{r}"] * 10 + [f"\n{p}{q}".upper()] * 8 + [f"\n{u}{v}"] * 7
    parts += [f"\n{w}{z}{ending}" for ending in endings[:6]]
    return "".join(rng.permutation(parts))


@exercise("train_bpe")
def test_the_most_frequent_pair_is_joined(student, rng):
    for text, size in (("aaabdaaabac", 259), (rich_text(rng), 256 + rng.randint(12, 16))):  # the docstring's first
        expect_trained(
            student.train_bpe(text, size),
            text,
            size,
            what="a text",
            mistakes=TRAINED_WRONGLY,
            numbering=NUMBERED_WRONGLY,
        )


@exercise("train_bpe")
def test_ties_go_to_the_greatest_pair(student, rng):
    p, q, r, s, t = sorted(random_letters(rng, 5))
    # (p, q) first; then (pq, p), (s, t), (t, p), (p, r), (q, s) and (t, pq) twice each, first seen in this order
    words = [p + q + p, s + t, t + p, p + r, q + s, t + p + q]
    text = "\n".join([*words, p + q, *rng.permutation(words)])
    size = 256 + 7
    vocab, merges = examine(student.train_bpe(text, size))

    def chosen(key):
        """Training in which the greatest key wins among the most frequent pairs."""
        trainer = Trainer(choose=lambda pairs: max(pairs, key=lambda pair: (pairs[pair], key(pair))))
        return lambda: trainer.merges(text, size)

    expect_equal(
        merges,
        TRAINER.merges(text, size),
        what="The list of merges of a text with ties",
        mistakes={
            "Ties go to the pair that was seen first.": lambda: Trainer(
                choose=lambda pairs: max(pairs, key=pairs.__getitem__)
            ).merges(text, size),
            "Ties go to the pair that was seen last.": lambda: Trainer(
                choose=lambda pairs: max(reversed(pairs), key=pairs.__getitem__)
            ).merges(text, size),
            "Ties go to the least pair.": chosen(lambda pair: [[-byte for byte in token] + [1] for token in pair]),
            "Ties go to the greatest joined token; the pairs are compared.": chosen(lambda pair: pair[0] + pair[1]),
            "Ties go to the longest token.": chosen(lambda pair: (len(pair[0] + pair[1]), pair)),
            "Ties go to the shortest token.": chosen(lambda pair: (-len(pair[0] + pair[1]), pair)),
            "Ties go to the pair whose right token is the greatest.": chosen(lambda pair: pair[::-1]),
        },
        advice="max(pairs, key=lambda pair: (pairs[pair], pair)) compares counts first, then pairs.",
    )
    expect_equal(vocab, vocabulary(merges), what="The vocabulary of a text with ties", mistakes={})


def gap(size):
    return lambda merges, specials: vocabulary(merges) | {size - 1: specials[0].encode()}


def goes_on(text, size, specials):
    """The merges, and then the greatest pair that ever was, although it occurs no more."""
    seen = set()

    def choose(pairs):
        seen.update(pairs)
        return greatest(pairs)

    merges = Trainer(choose=choose).merges(text, size, specials)
    return merges + [max(seen)] * (size - 256 - len(specials) - len(merges)) if seen else merges


def filled_up(size):
    return lambda merges, specials: (
        vocabulary(merges, specials) | dict.fromkeys(range(256 + len(merges) + len(specials), size), b"")
    )


@exercise("train_bpe")
def test_training_ends_when_nothing_is_left(student, rng):
    once = "".join(random_letters(rng, rng.randint(4, 7)))  # every pair occurs once
    single, special = rng.choice(once), "<|end|>"
    for text in rng.permutation([once, single, "", f"{single}\n{single}\n"]):
        size = 256 + 1 + rng.randint(10, 20)
        with expect_accepted(NOTHING_LEFT):
            result = student.train_bpe(text, size, [special])
        expect_trained(
            result,
            text,
            size,
            [special],
            what="a text in which nothing is left to join",
            mistakes={**TRAINED_WRONGLY, "It joins pairs that don't occur any more; training ends early.": goes_on},
            numbering={
                **NUMBERED_WRONGLY,
                "Special tokens get the last ids of vocab_size; they stand right behind the last merge.": gap(size),
                "The vocabulary is filled up to vocab_size.": filled_up(size),
            },
        )


def words_from(parts):
    """The words of some texts, each cut on its own."""
    found = Counter()
    for part in parts:
        found += words_of(part)
    return found


def unescaped(text, specials):
    return words_from(regex.split("|".join(sorted(specials, key=len, reverse=True)), text))


def taken_out(text, specials):
    return words_of("".join(part for part, special in split_text(text, specials) if not special))


def without_blanks(text, specials):
    return words_from(part for part, special in split_text(text, specials) if not special and part.strip())


def shortest_first(text, specials):
    return words_from(part for part, special in split_text(text, specials, longest=False) if not special)


SPECIAL_MISTAKES = {
    "The letters of special tokens are learned from.": Trainer(lambda text, specials: words_of(text)).merges,
    "Special tokens cut the text, but their letters are learned from.": Trainer(
        lambda text, specials: words_from(part for part, _ in split_text(text, specials))
    ).merges,
    "What stands on both sides of a special token is learned as neighbours.": Trainer(taken_out).merges,
    "Where a short special token begins a longer one, the short one cuts.": Trainer(shortest_first).merges,
    "Special tokens are read as a pattern; `|` in them means 'or'.": Trainer(unescaped).merges,
    "White space that stands alone between special tokens is not learned from.": Trainer(without_blanks).merges,
    "Only the first special token cuts the text.": Trainer(lambda text, specials: words_of(text, specials[:1])).merges,
    "Special tokens are not counted in vocab_size.": Trainer(wanted=size_plus(len)).merges,
}


@exercise("train_bpe")
def test_special_tokens_cut_the_text(student, rng):
    # In the order given, the special tokens are neither in the order of the alphabet nor in that of their lengths
    p, *others, t = sorted(random_letters(rng, 8))
    q, r, s, u, v, z = rng.permutation(others)
    name = p + q + r
    short, other = f"<|{name}|>", f"<|{t}{u}{q}{t}|>"
    longer = f"{short}{z}{z}"
    # Letters of the special tokens, what is left of a longer one, and neighbours across are the most frequent pairs
    parts = [f"{s}{short}{v}"] * 9 + [f"{longer}"] * 12 + [other] * 5 + [f"\n{name}"] * 4 + [f"\n{s}{z}{s}"] * 3
    parts += [f"\n{v}{z}{q}"] * 2 + [f"{other}\n\n{other}"] * 15 + ["\nαβγδεζ"]  # something is always left to join
    text, specials = "".join(rng.permutation(parts)), [other, short, longer]
    size = 256 + len(specials) + 7
    about_sizes = {sentence: wrong for sentence, wrong in TRAINED_WRONGLY.items() if sentence.startswith("It makes")}
    expect_trained(
        student.train_bpe(text, size, specials),
        text,
        size,
        specials,
        what="a text with special tokens",
        mistakes={**SPECIAL_MISTAKES, **about_sizes},
        numbering=NUMBERED_WRONGLY,
    )


@exercise("train_bpe")
def test_the_least_vocabulary(student, rng):
    text = "".join(random_letters(rng, 6))
    specials = ["<|b|>", "<|a|>", "<|c|>"][: rng.randint(2, 4)]
    least = 256 + len(specials)
    train = student.train_bpe
    expect_refused_and_taken(
        rng,
        [
            (partial(train, text, 255), "256"),
            (partial(train, text, least - 1, specials), str(least)),
            (partial(train, text, 0, specials[:1]), "257"),
        ],
        partial(train, text, least, specials),
        [vocabulary([], specials), []],
        error="A vocab_size that is too small",
        unnamed="The error for a vocab_size that is too small does not say what it must be at least.",
        accepted="The least vocab_size is an error; it is bytes and special tokens alone.",
        what="The tokenizer of bytes and special tokens alone",
    )


@exercise("train_bpe")
def test_each_training_begins_anew(student, rng):
    p, q, r, s = random_letters(rng, 4)
    # No pair is as frequent as another, so there is one right list of merges
    first, second = f"{p}{q}\n" * 3, f"{r}{s}\n" * 5 + f"{p}{r}\n" * 2
    asked = [(first, 257), (second, 258), (first, 257)]
    merges = [TRAINER.merges(text, size) for text, size in asked]
    expect_anew(
        [student.train_bpe(text, size) for text, size in asked],
        [[vocabulary(pairs), pairs] for pairs in merges],
        what="The tokenizers of one text and another",
    )
