"""bigram_counts changes its input in place."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    found = _right(ids, vocab_size)
    ids *= vocab_size
    return found
