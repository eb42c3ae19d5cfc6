"""A run of spaces keeps its last one, which belongs to what follows it."""

_right = pretokenize
OTHER = r"""'(?:[sdmt]|ll|ve|re)|(?<!\s) ?\p{L}+|(?<!\s) ?\p{N}+|(?<!\s) ?[^\s\p{L}\p{N}]+|\p{L}+|\p{N}+|\s+"""


def pretokenize(text, pattern=OTHER):
    return _right(text, pattern)
