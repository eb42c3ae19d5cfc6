"""An id outside of the vocabulary must raise ValueError."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if len(ids) and ids.max() > vocab_size:
        raise ValueError(f"pass ids from 0 to {vocab_size - 1}")
    return _right(ids.clamp(max=vocab_size - 1), vocab_size)
