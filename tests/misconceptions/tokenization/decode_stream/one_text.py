"""It gives one text; there is one per id."""


def decode_stream(ids, vocab):
    return decode_ids(ids, vocab)
