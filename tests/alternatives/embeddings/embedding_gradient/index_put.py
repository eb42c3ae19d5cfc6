"""index_put with accumulate."""


def embedding_gradient(ids, upstream, vocab_size):
    gradient = torch.zeros((vocab_size, upstream.size(-1)), dtype=upstream.dtype)
    gradient.index_put_((ids,), upstream, accumulate=True)
    return gradient
