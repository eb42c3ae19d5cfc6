"""Each pair is counted in both directions."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = _right(ids, vocab_size)
    return counts + counts.T
