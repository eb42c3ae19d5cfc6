"""A pair that comes several times is counted once: counts[a, b] += 1 doesn't add up."""

_right = bigram_counts


def bigram_counts(ids, vocab_size):
    counts = torch.zeros_like(_right(ids, vocab_size))
    counts[ids[:-1], ids[1:]] += 1
    return counts
