"""Of several occurrences of a token only one is counted; their vectors add up."""


def embedding_gradient(ids, upstream, vocab_size):
    gradient = upstream.new_zeros(vocab_size, upstream.shape[-1])
    gradient[ids] += upstream
    return gradient
