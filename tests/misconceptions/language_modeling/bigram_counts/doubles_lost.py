"""A token that follows itself is not counted."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(ids, vocab_size).fill_diagonal_(0)
