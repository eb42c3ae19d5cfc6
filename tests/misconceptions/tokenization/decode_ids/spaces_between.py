"""Tokens are joined by spaces."""


def decode_ids(ids, vocab):
    return b" ".join(tokens_of(ids, vocab)).decode(errors="replace")
