"""Bytes that are no UTF-8 are an error; they become U+FFFD."""


def decode_ids(ids, vocab):
    return b"".join(tokens_of(ids, vocab)).decode()
