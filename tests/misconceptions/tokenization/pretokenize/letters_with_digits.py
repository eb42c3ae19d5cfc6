"""Letters and digits share a piece."""

_right = pretokenize
OTHER = r"""'(?:[sdmt]|ll|ve|re)| ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def pretokenize(text, pattern=OTHER):
    return _right(text, pattern)
