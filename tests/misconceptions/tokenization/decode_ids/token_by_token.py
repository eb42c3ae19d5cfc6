"""Each token is read on its own; a character may be spread over several."""


def decode_ids(ids, vocab):
    return "".join(token.decode(errors="replace") for token in tokens_of(ids, vocab))
