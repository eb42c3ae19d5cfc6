"""Bytes that are no UTF-8 become one U+FFFD together; they become as many as bytes.decode makes."""

_right = decode_ids


def decode_ids(ids, vocab):
    return regex.sub("\ufffd+", "\ufffd", _right(ids, vocab))
