"""The text ends at the first byte that is no UTF-8."""

_right = decode_ids


def decode_ids(ids, vocab):
    return _right(ids, vocab).partition("\ufffd")[0]
