"""The matrix of counts has dtype float32, not int64."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(ids, vocab_size).float()
