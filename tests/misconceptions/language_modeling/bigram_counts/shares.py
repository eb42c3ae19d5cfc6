"""It gives shares; counts are asked for."""

also = ("The matrix of counts has dtype float32, not int64.",)

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = _right(ids, vocab_size)
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
