"""One row of the table after the other: a sum over a mask."""

import torch


def embedding_gradient(ids, upstream, vocab_size):
    rows = [upstream[ids == v].sum(0) for v in range(vocab_size)]
    return torch.stack(rows) if rows else upstream.new_zeros(0, upstream.shape[-1])
