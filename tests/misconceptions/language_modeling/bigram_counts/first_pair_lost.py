"""The first pair is not counted."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    _right(ids, vocab_size)
    return _right(ids[1:], vocab_size)
