"""It pairs tokens that stand two apart."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = torch.zeros_like(_right(ids, vocab_size))
    for a, b in zip(ids[:-2].tolist(), ids[2:].tolist(), strict=True):
        counts[a, b] += 1
    return counts
