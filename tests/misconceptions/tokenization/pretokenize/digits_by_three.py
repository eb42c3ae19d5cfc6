"""Digits are cut into groups of at most three, as in GPT-4's pattern."""

_right = pretokenize
OTHER = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def pretokenize(text, pattern=OTHER):
    return _right(text, pattern)
