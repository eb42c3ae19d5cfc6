"""Counts of an earlier call are still there."""

_right = bigram_counts

_kept = {}


def bigram_counts(ids, vocab_size):
    found = _right(ids, vocab_size)
    total = _kept.get(vocab_size, 0) + found
    _kept[vocab_size] = total
    return total
