"""A sparse matrix of ones whose equal places are summed."""

import torch


def bigram_counts(ids, vocab_size):
    allowed = range(vocab_size)
    if not all(i in allowed for i in ids.tolist()):
        raise ValueError(f"an id is not from 0 to {vocab_size - 1}")
    places = torch.stack([ids[: max(len(ids) - 1, 0)], ids[1:]])
    ones = torch.ones(places.shape[1], dtype=torch.int64)
    return torch.sparse_coo_tensor(places, ones, (vocab_size, vocab_size), check_invariants=True).coalesce().to_dense()
