"""Counts each word with a Counter of its own, then adds them."""

from itertools import pairwise


def count_pairs(words):
    total = Counter()
    for word, count in words.items():
        for pair, times in Counter(pairwise(word)).items():
            total.update({pair: times * count})
    return total
