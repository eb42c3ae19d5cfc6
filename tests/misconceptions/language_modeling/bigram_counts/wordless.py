"""An id outside of the vocabulary raises ValueError without a message; say why."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if len(ids) and (ids.min() < 0 or ids.max() >= vocab_size):
        raise ValueError
    return _right(ids, vocab_size)
