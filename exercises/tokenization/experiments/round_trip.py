"""Encoding and decoding texts, whole and in two halves."""

from __future__ import annotations

import random

from ._shared import trained, world
from .rare_words_pay import OTHERS

CLAIM = "Every text comes back from its ids, but the ids of two halves are not the ids of the whole"
NEEDS = ("train_bpe", "encode_text", "decode_ids")
COLUMNS = ("", "texts", "of")
TEXTS, CUTS = 40, 2


def measure(student, backbone, seed, track):
    tokenizer, rng = trained(student, seed, track=track), random.Random(seed)
    lines = world("test", TEXTS, seed).split("\n\n")
    odd = ["".join(map(chr, rng.choices([*range(32, 0x2000), 10, *range(0x1F300, 0x1F600)], k=60))) for _ in range(20)]
    texts = [*lines, *OTHERS.values(), *odd, "", " ", "<|endoftext|>", "\r\n\t"]
    back = same = cuts = 0
    for text in track(texts, "there and back"):
        ids = tokenizer.encode(text)
        back += tokenizer.decode(ids) == text
        for _ in range(CUTS if len(text) > 1 else 0):
            place = rng.randrange(1, len(text))
            same += tokenizer.encode(text[:place]) + tokenizer.encode(text[place:]) == ids
            cuts += 1
    return {"texts": len(texts), "back": back, "cuts": cuts, "additive": same}


def rows(figures):
    yield "come back from their ids", figures.back, figures.texts
    yield "cut in two somewhere: the ids are those of the whole", figures.additive, figures.cuts


def claims(figures):
    yield figures.back == figures.texts, f"all {figures.texts} texts come back from their ids"
    share = figures.additive / figures.cuts
    yield (
        0.05 < share < 0.7,
        f"of {figures.cuts} cuts at a random place {share:.0%} leave the ids as they are; the others change some",
    )
