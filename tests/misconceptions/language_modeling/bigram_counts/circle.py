"""The last token is paired with the first; a text is no circle."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    return _right(torch.cat([ids, ids[:1]]), vocab_size) if len(ids) > 1 else _right(ids, vocab_size)
