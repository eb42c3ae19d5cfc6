"""count_pairs changes its input in place."""

_right = count_pairs


def count_pairs(words):
    pairs = _right(words)
    words.clear()
    return pairs
