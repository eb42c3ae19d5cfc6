"""A loop over the places."""


def embedding_gradient(ids, upstream, vocab_size):
    rows = [torch.zeros_like(upstream[0, 0]) for _ in range(vocab_size)]
    for text, vectors in zip(ids.tolist(), upstream, strict=True):
        for token, vector in zip(text, vectors, strict=True):
            rows[token] = rows[token] + vector
    return torch.stack(rows)
