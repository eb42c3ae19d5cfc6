"""A text of no token or of one is rejected; it has no pairs, so all counts are 0."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if len(ids) < 2:
        raise ValueError("a text needs 2 tokens")
    return _right(ids, vocab_size)
