"""An id that the vocabulary lacks must be a ValueError."""

_right = decode_ids


def decode_ids(ids, vocab):
    known = sorted(vocab)
    return _right([known[number] if -len(known) <= number < 0 else number for number in ids], vocab)
