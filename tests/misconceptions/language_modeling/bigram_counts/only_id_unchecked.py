"""An id outside of the vocabulary, alone in its text, must raise ValueError."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(ids if len(ids) > 1 else ids[:0], vocab_size)
