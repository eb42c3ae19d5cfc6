"""Rows and columns are swapped: the row is the token that comes first."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(ids, vocab_size).T
