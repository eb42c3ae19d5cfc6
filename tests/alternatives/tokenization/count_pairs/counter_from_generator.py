"""Returns a Counter, made of one chain of generators that multiplies nothing."""

from collections import Counter
from itertools import chain, pairwise, repeat


def count_pairs(words):
    return Counter(
        chain.from_iterable(chain.from_iterable(repeat(tuple(pairwise(word)), n)) for word, n in words.items())
    )
