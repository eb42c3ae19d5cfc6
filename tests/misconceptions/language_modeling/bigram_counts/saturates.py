"""A count stops growing at some size."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(ids, vocab_size).clamp(max=255)
