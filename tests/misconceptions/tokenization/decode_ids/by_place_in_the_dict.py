"""Ids are taken for places in the order of the vocabulary's dict; they are its keys."""


def decode_ids(ids, vocab):
    tokens_of(ids, vocab)
    tokens = list(vocab.values())
    return b"".join(tokens[number % len(tokens)] for number in ids).decode(errors="replace")
