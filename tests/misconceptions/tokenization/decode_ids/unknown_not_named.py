"""The error for an id that the vocabulary lacks does not name it."""

_right = decode_ids


def decode_ids(ids, vocab):
    if any(number not in vocab for number in ids):
        raise ValueError("an id is not in the vocabulary")
    return _right(ids, vocab)
