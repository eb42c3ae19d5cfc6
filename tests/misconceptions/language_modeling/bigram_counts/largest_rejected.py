"""The id vocab_size - 1 is rejected; it is the largest that there may be."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    if len(ids) and ids.max() >= vocab_size - 1:
        raise ValueError(f"an id is too large for {vocab_size} tokens")
    return _right(ids, vocab_size)
