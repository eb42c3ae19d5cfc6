"""The error for an id outside of the vocabulary doesn't say which ids there may be."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if ((ids < 0) | (ids >= vocab_size)).any():
        raise ValueError("an id is outside of the vocabulary")
    return _right(ids, vocab_size)
