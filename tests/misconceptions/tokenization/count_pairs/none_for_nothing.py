"""It gives None where there is nothing to count."""

_right = count_pairs


def count_pairs(words):
    return _right(words) or None
