"""index_put_ that accumulates."""


def bigram_counts(ids, vocab_size):
    if ids.numel() and (int(ids.min()) < 0 or int(ids.max()) >= vocab_size):
        raise ValueError(f"pass ids below {vocab_size}, none negative")
    counts = torch.zeros((vocab_size, vocab_size), dtype=torch.long)
    return counts.index_put_((ids[:-1], ids[1:]), torch.ones(max(len(ids) - 1, 0), dtype=torch.long), accumulate=True)
