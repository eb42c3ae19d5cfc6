"""Each token is read on its own; the beginning of a character must wait for the rest."""


def decode_stream(ids, vocab):
    return [token.decode(errors="replace") for token in tokens_of(ids, vocab)]
