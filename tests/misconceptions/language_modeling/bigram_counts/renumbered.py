"""The size is taken from the text; it is vocab_size."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    _right(ids, vocab_size)
    known, places = ids.unique(return_inverse=True)
    return _right(places, len(known))
