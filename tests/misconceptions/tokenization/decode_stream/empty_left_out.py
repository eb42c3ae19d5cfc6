"""Texts that are empty are left out; there is one per id."""

_right = decode_stream


def decode_stream(ids, vocab):
    return [text for text in _right(ids, vocab) if text]
