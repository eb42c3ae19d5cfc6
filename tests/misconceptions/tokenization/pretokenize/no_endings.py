"""Endings such as 's and 'll are not pieces of their own."""

_right = pretokenize
OTHER = r""" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def pretokenize(text, pattern=OTHER):
    return _right(text, pattern)
