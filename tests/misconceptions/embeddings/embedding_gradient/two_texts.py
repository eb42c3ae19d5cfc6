"""Only the first few texts of the batch are counted."""

_right = embedding_gradient


def embedding_gradient(ids, upstream, vocab_size):
    return _right(ids[:2], upstream[:2], vocab_size)
