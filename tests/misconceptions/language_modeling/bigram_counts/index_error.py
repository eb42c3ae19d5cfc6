"""An id outside of the vocabulary must raise ValueError."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if len(ids) and ids.max() >= vocab_size:
        raise IndexError("an id is too large")
    return _right(ids, vocab_size)
