"""A text without words is an error; its dict of counts is empty."""

_right = count_pairs


def count_pairs(words):
    assert words, "no words"
    return _right(words)
