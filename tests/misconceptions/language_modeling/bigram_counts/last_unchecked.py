"""An id outside of the vocabulary, at the end of a text, must raise ValueError."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    _right(ids[:-1], vocab_size)
    return _right(ids.clamp(0, vocab_size - 1), vocab_size)
