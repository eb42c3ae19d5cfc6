"""Endings such as 'S are cut off in capitals too; GPT-2's pattern has small letters only."""

_right = pretokenize
OTHER = r"""(?i:'(?:[sdmt]|ll|ve|re))| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def pretokenize(text, pattern=OTHER):
    return _right(text, pattern)
