"""Unfinished characters are lost instead of waiting."""


def decode_stream(ids, vocab):
    return [token.decode(errors="ignore") for token in tokens_of(ids, vocab)]
